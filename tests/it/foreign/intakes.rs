//! The bundle's intakes.

use super::{
    places::{Slice, slices},
    rows::{self, Row},
};

pub const COLUMNS: [&str; 15] = [
    "Anmälan-id",
    "Personnummer",
    "Ofött barn",
    "Kön",
    "Skyddad identitet",
    "Inkom",
    "Typ",
    "Anmälare",
    "Orsak",
    "Skyddsbedömning",
    "Beslut",
    "Beslutsdatum",
    "Lagrum",
    "Utredning-id",
    "Stadsdel",
];

/// An `Anmälan` from a school about one child.
pub fn row(slice: Slice, id: &str, child: &str, received: &str) -> Row {
    let of_child = [("Anmälan-id", id), ("Personnummer", child), ("Inkom", received)];
    let [id, child, received] = of_child;
    rows::row(slice, [id, child, received, ("Typ", "Anmälan"), ("Anmälare", "Skola")])
}

impl Row {
    pub fn kind(self, cell: &str, label: &'static str) -> Self {
        self.reads("Typ", cell, label)
    }
    pub fn by(self, cell: &str, label: &'static str) -> Self {
        self.reads("Anmälare", cell, label)
    }

    /// Unborn, or 0–17 on the day of the intake; by year where the number has no month or day.
    pub fn is_minor(&self) -> bool {
        if self.is_unborn() {
            return true;
        }
        let number = |text: &str| text.parse::<i32>().expect("digits");
        let (year, month, day) = (number(&self.child[..4]), number(&self.child[4..6]), number(&self.child[6..8]) % 60);
        let received = &self.cells["Inkom"];
        let on = (number(&received[5..7]), number(&received[8..10]));
        let before_birthday = month > 0 && day > 0 && on < (month, day);
        number(&received[..4]) - year - i32::from(before_birthday) < 18
    }
}

/// Children of the files that show nothing particular; none is protected.
const OTHERS: [&str; 8] = [
    "199706132397",
    "199710162398",
    "199803272393",
    "199905252384",
    "199908202386",
    "200012122388",
    "200103262382",
    "200109302398",
];

/// Slices written by hand elsewhere, or left with a header only.
const PARTICULAR: [Slice; 6] = [("01", 2006), ("02", 2006), ("03", 2006), ("12", 2006), ("24", 2006), ("12", 2007)];

/// Plain intakes of each file that is not particular.
pub fn plain() -> impl Iterator<Item = Row> {
    slices().filter(|slice| !PARTICULAR.contains(slice)).enumerate().flat_map(|(at, slice)| {
        let year = slice.1;
        let first = row(slice, &format!("{}-{year}-1", slice.0), OTHERS[at % 8], &format!("{year}-03-0{}", 1 + at % 9))
            .with("Orsak", "Annat");
        let second =
            row(slice, &format!("{}-{year}-2", slice.0), OTHERS[(at + 3) % 8], &format!("{year}-10-1{}", at % 9));
        let second = if at % 3 == 0 { second.by("Polis", "Polis") } else { second };
        let decisions = ["Utredning inleds", "Utredning inleds ej", "Pågår redan", "Utredning inleds", ""];
        let [first, second] = [first.with("Beslut", decisions[at % 5]), second.with("Beslut", decisions[(at + 2) % 5])];
        let third = row(slice, &format!("{}-{year}-3", slice.0), OTHERS[at % 8], &format!("{year}-11-01"))
            .kind("Ansökan", "Ansökan");
        [first, second, third.by("Vårdnadshavare", "Vårdnadshavare")]
    })
}

//! The bundle's investigations: plain ones of every district, every legal form of a row, and every reason to reject one.

use super::{
    places::{Slice, slices},
    rows::{self, Row},
};

pub const COLUMNS: [&str; 12] = [
    "Utredning-id",
    "Personnummer",
    "Ofött barn",
    "Kön",
    "Skyddad identitet",
    "Startdatum",
    "Förlängd till",
    "Slutdatum",
    "Lagrum",
    "Resultat",
    "Kvarstående oro",
    "Stadsdel",
];

/// An investigation that goes on.
fn row(slice: Slice, id: &str, child: &str, start: &str) -> Row {
    rows::row(slice, [("Utredning-id", id), ("Personnummer", child), ("Startdatum", start), ("Lagrum", "11:1")])
}

impl Row {
    fn ended(self, date: &str, result: &str) -> Self {
        self.with("Slutdatum", date).with("Resultat", result).with("Kvarstående oro", "Nej")
    }
}

pub fn all() -> Vec<Row> {
    [forms(), codes(), protected(), faults()].into_iter().flatten().chain(plain()).collect()
}

/// Rinkeby's file of 2006: every form of a child, and the edges of months and years.
fn forms() -> Vec<Row> {
    let of = |id: &str, child: &str, start: &str| row(("01", 2006), id, child, start);
    vec![
        // From the first day of the year to the last of a month; a sibling shares the id.
        of("U1", "200001012384", "2006-01-01").ended("2006-05-31", "Insats"),
        of("U1", "199611262396", "2006-01-01").written("961126-2396").ended("2006-06-01", "Ingen insats"),
        // Opened and closed on one day.
        of("U2", "200003212396", "2006-02-28").written("20000321-2396").ended("2006-02-28", "Ingen insats"),
        // Into the next year, when Rinkeby-Kista is its district.
        of("U3", "199004032380", "2006-12-31").ended("2007-01-31", "Erbjuden insats avböjd"),
        // The unborn child of the intakes, and one that no intake knows.
        of("U-1", "", "2006-07-04").unborn("U-1"),
        of("U5", "", "2006-07-05").unborn("U5").with("Kön", "P").ended("2006-12-31", "Ingen insats"),
        // A number without month or day of birth.
        of("U6", "199000702390", "2006-08-01").written("900070-2390").with("Lagrum", "11:2"),
        // Days to come: a decided extension and an agreed end.
        of("U7", "200112172390", "2006-09-01").with("Förlängd till", "2027-02-01").ended("2027-01-31", "Insats"),
        // Twenty for one more day; and the day is the last of the year.
        of("U8", "198601012399", "2006-12-31").ended("2007-12-31", "Insats"),
        of("U8", "198601012399", "2006-12-31").ended("2007-12-31", "Insats").copy(),
        of("U9", "200007262397", "2006-03-01").rejected(&["key.conflict"]),
        of("U9", "200007262397", "2006-03-01").ended("2006-04-01", "Insats").rejected(&["key.conflict"]),
    ]
}

/// Kista's file of 2006: every mark, and codes in other letters.
fn codes() -> Vec<Row> {
    let of = |id: &str, start: &str| row(("02", 2006), id, "200001012384", start);
    vec![
        of("V1", "2006-02-01")
            .reads("Resultat", "\u{a0}erbjuden INSATS avbo\u{308}jd", "Erbjuden insats avböjd")
            .with("Slutdatum", " 2006-03-31 ")
            .with("Kvarstående oro", "JA"),
        of("V2", "2006-02-02").with("Förlängd till", ".").with("Kvarstående oro", ".."),
        of("V3", "2006-02-03").reads("Resultat", "Överflyttad", "Överflyttad").with("Slutdatum", "2006-04-30"),
        // The unborn child of both districts, who is one since the merger.
        of("U-1", "2006-02-04").unborn("U-1").with("Kön", "f"),
        of("V5", "2006-02-05").with("Förlängd till", "2006-06-05").ended("2006-06-05", "Insats"),
    ]
}

/// Södermalm before and after 2007: children who are protected because some file says so.
fn protected() -> Vec<Row> {
    let before = |id: &str, child: &str, start: &str| row(("12", 2006), id, child, start);
    let after = |id: &str, child: &str, start: &str| row(("12", 2007), id, child, start);
    vec![
        // Only the intakes say that this child is protected …
        before("W1", "200202222386", "2006-10-01").ended("2006-11-01", "Insats"),
        // … only this file of this one, whose other rows are Liljeholmen's of the year before …
        after("W2", "200209162395", "2007-04-02").with("Skyddad identitet", "ja").ended("2007-05-02", "Ingen insats"),
        row(("22", 2006), "W3", "200209162395", "2006-05-05").with("Skyddad identitet", "Nej"),
        // … and only the interventions of this one.
        after("W4", "199607042398", "2007-06-01"),
        after("W5", "200602282386", "2007-07-01").ended("2007-07-31", "Insats"),
    ]
}

/// Skärholmen's file of 2006: every reason to reject a row, among a sound one.
fn faults() -> Vec<Row> {
    let of = |id: &str| row(("24", 2006), id, "199712222398", "2006-05-01");
    vec![
        of("").rejected(&["utredning_id.required"]),
        of("..").rejected(&["utredning_id.required"]),
        of(&"y".repeat(65)).rejected(&["utredning_id.length"]),
        of("X4").with("Startdatum", "").rejected(&["startdatum.required"]),
        of("X5").with("Startdatum", "2007-01-01").rejected(&["startdatum.period"]),
        of("X6").with("Startdatum", "2006-5-1").rejected(&["startdatum.type"]),
        of("X7").with("Slutdatum", "2006-04-30").rejected(&["UTR-001"]),
        of("X8").with("Förlängd till", "2006-04-30").rejected(&["UTR-002"]),
        of("X9").with("Lagrum", "").rejected(&["lagrum.required"]),
        of("X10").with("Lagrum", "..").rejected(&["lagrum.required"]),
        of("X11").with("Lagrum", "14:1").rejected(&["lagrum.code"]),
        of("X12").with("Kvarstående oro", "Kanske").rejected(&["kvarstaende_oro.type"]),
        of("X13").written("").rejected(&["child.required"]),
        of("X14").written("198504302384").rejected(&["child.age"]),
        of("X15").with("Resultat", "Insats åt 19900403-2380").rejected(&["row.personnummer"]),
        of("X16")
            .with("Slutdatum", "31 maj")
            .with("Förlängd till", "-")
            .rejected(&["forlangd_till.type", "slutdatum.type"]),
        of("X17").ragged(),
        of("X18").with("Ofött barn", "Ja").written("").with("Skyddad identitet", "Ja").rejected(&["child.required"]),
        of("X19").ended("2006-09-01", "Insats"),
    ]
}

const CHILDREN: [&str; 7] =
    ["199706132397", "199803272393", "199908202386", "200012122388", "200104152384", "199105202387", "200505052381"];

const PARTICULAR: [Slice; 4] = [("01", 2006), ("02", 2006), ("24", 2006), ("03", 2007)];

/// Three of each file that is not particular: closed in the year, closed in the next, and still open.
fn plain() -> impl Iterator<Item = Row> {
    slices().filter(|slice| !PARTICULAR.contains(slice)).enumerate().flat_map(|(at, slice)| {
        let (code, year) = slice;
        let of = |nth: usize, start: &str| row(slice, &format!("{code}-{year}-{nth}"), CHILDREN[(at + nth) % 7], start);
        [
            of(1, &format!("{year}-0{}-15", 1 + at % 5)).ended(&format!("{year}-0{}-10", 6 + at % 4), "Insats"),
            of(2, &format!("{year}-1{}-20", at % 3)).ended(&format!("{}-0{}-28", year + 1, 1 + at % 3), "Ingen insats"),
            of(3, &format!("{year}-06-{}", 10 + at % 20)),
        ]
    })
}

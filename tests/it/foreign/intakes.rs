//! The bundle's intakes: each row with what it must become, and the writer of the files.

use std::collections::BTreeMap;

use super::places::{Slice, heir, slices};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Loaded,
    Rejected,
    Copy,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub slice: Slice,
    pub fate: Fate,
    /// Twelve digits, or the district of fourteen and the case of an unborn child.
    pub child: String,
    pub cells: BTreeMap<&'static str, String>,
    pub kind: &'static str,
    pub reporter: &'static str,
    /// Cells left out at the end.
    ragged: bool,
}

/// An `Anmälan` from a school about one child.
pub fn row(slice: Slice, id: &str, child: &str, received: &str) -> Row {
    let cells = [
        ("Anmälan-id", id),
        ("Personnummer", child),
        ("Inkom", received),
        ("Typ", "Anmälan"),
        ("Anmälare", "Skola"),
        ("Stadsdel", slice.0),
    ];
    Row {
        slice,
        fate: Fate::Loaded,
        child: child.to_owned(),
        cells: cells.map(|(column, cell)| (column, cell.to_owned())).into(),
        kind: "Anmälan",
        reporter: "Skola",
        ragged: false,
    }
}

impl Row {
    pub fn with(mut self, column: &'static str, cell: &str) -> Self {
        assert!(COLUMNS.contains(&column));
        self.cells.insert(column, cell.to_owned());
        self
    }
    /// The number in another form.
    pub fn written(self, number: &str) -> Self {
        self.with("Personnummer", number)
    }
    pub fn kind(mut self, cell: &str, label: &'static str) -> Self {
        self.kind = label;
        self.with("Typ", cell)
    }
    pub fn by(mut self, cell: &str, label: &'static str) -> Self {
        self.reporter = label;
        self.with("Anmälare", cell)
    }
    pub fn unborn(mut self, case: &str) -> Self {
        self.child = format!("{}:{case}", heir(self.slice));
        self.written("").with("Ofött barn", "Ja")
    }
    pub fn rejected(mut self) -> Self {
        self.fate = Fate::Rejected;
        self
    }
    pub fn copy(mut self) -> Self {
        self.fate = Fate::Copy;
        self
    }
    pub fn ragged(mut self) -> Self {
        self.ragged = true;
        self.rejected()
    }

    pub fn is_unborn(&self) -> bool {
        self.child.contains(':')
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

    fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
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

/// Two plain intakes of each file that is not particular.
pub fn plain() -> impl Iterator<Item = Row> {
    slices().filter(|slice| !PARTICULAR.contains(slice)).enumerate().flat_map(|(at, slice)| {
        let year = slice.1;
        let first = row(slice, &format!("{}-{year}-1", slice.0), OTHERS[at % 8], &format!("{year}-03-0{}", 1 + at % 9))
            .with("Orsak", "Annat");
        let second =
            row(slice, &format!("{}-{year}-2", slice.0), OTHERS[(at + 3) % 8], &format!("{year}-10-1{}", at % 9));
        let second = if at % 3 == 0 { second.by("Polis", "Polis") } else { second };
        let third = row(slice, &format!("{}-{year}-3", slice.0), OTHERS[at % 8], &format!("{year}-11-01"))
            .kind("Ansökan", "Ansökan");
        [first, second, third.by("Vårdnadshavare", "Vårdnadshavare")]
    })
}

/// How one file is written.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub separator: char,
    pub line_end: &'static str,
    pub encoding: Encoding,
    /// Columns in another order, among columns that nobody knows.
    pub shuffled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Bom,
    Windows1252,
}

pub const PLAIN: Style = Style { separator: ';', line_end: "\n", encoding: Encoding::Utf8, shuffled: false };

pub fn file(rows: &[&Row], style: Style) -> Vec<u8> {
    let quote = |cell: &str| {
        let plain = !cell.contains([style.separator, '"', '\n', '\r']);
        if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    let mut columns = COLUMNS.to_vec();
    if style.shuffled {
        columns.reverse();
        columns.rotate_left(4);
        columns.insert(3, "Fri text");
        columns.push("Handläggare");
    }
    let separator = style.separator.to_string();
    let mut text = columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(&separator) + style.line_end;
    for row in rows {
        let cell = |column: &&str| match *column {
            "Fri text" => quote("Sade \"nej\";\r\nringde igen,\n19990525-2384\tsedan"),
            "Handläggare" => quote("Å. Öberg"),
            column => quote(row.cell(column)),
        };
        let cells: Vec<String> = columns.iter().map(cell).collect();
        let end = if row.ragged { cells.len() - 2 } else { cells.len() };
        text += &(cells[..end].join(&separator) + style.line_end);
    }
    match style.encoding {
        Encoding::Utf8 => text.into_bytes(),
        Encoding::Bom => [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        Encoding::Windows1252 => text.chars().map(|letter| u8::try_from(letter).expect("Latin 1")).collect(),
    }
}

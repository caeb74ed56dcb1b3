//! A row of any file of the bundle with what it must become, and the writer of the text files.

use std::collections::BTreeMap;

use super::places::{Slice, heir};

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
    /// What a cell must become that is written otherwise.
    labels: BTreeMap<&'static str, &'static str>,
    /// Every reason of a rejected row, as `column.constraint`.
    pub reasons: Vec<&'static str>,
    /// Cells left out at the end.
    pub ragged: bool,
}

/// A row of the file's own district, which is accepted as it stands.
pub fn row<const N: usize>(slice: Slice, cells: [(&'static str, &str); N]) -> Row {
    let row = Row {
        slice,
        fate: Fate::Loaded,
        child: String::new(),
        cells: cells.map(|(column, cell)| (column, cell.to_owned())).into(),
        labels: BTreeMap::new(),
        reasons: Vec::new(),
        ragged: false,
    };
    let child = row.cell("Personnummer").to_owned();
    Row { child, ..row }.with("Stadsdel", slice.0)
}

impl Row {
    pub fn with(mut self, column: &'static str, cell: &str) -> Self {
        self.cells.insert(column, cell.to_owned());
        self
    }
    /// A code in other letters, or a mark, and the label of the member that it must become.
    pub fn reads(mut self, column: &'static str, cell: &str, label: &'static str) -> Self {
        self.labels.insert(column, label);
        self.with(column, cell)
    }
    /// The number in another form.
    pub fn written(self, number: &str) -> Self {
        self.with("Personnummer", number)
    }
    pub fn unborn(mut self, case: &str) -> Self {
        self.child = format!("{}:{case}", heir(self.slice));
        self.written("").with("Ofött barn", "Ja")
    }
    pub fn rejected(mut self, reasons: &[&'static str]) -> Self {
        self.fate = Fate::Rejected;
        self.reasons = reasons.to_vec();
        self
    }
    pub fn copy(mut self) -> Self {
        self.fate = Fate::Copy;
        self
    }
    pub fn ragged(mut self) -> Self {
        self.ragged = true;
        self.rejected(&["row.ragged"])
    }

    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// The label of a code's member.
    pub fn label(&self, column: &str) -> &str {
        self.labels.get(column).copied().unwrap_or_else(|| self.cell(column))
    }

    pub fn is_unborn(&self) -> bool {
        self.child.contains(':')
    }

    pub fn protects(&self) -> bool {
        self.fate == Fate::Loaded && matches!(self.cell("Skyddad identitet").to_lowercase().as_str(), "ja" | "..")
    }
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

pub fn file(columns: &[&'static str], rows: &[&Row], style: Style) -> Vec<u8> {
    let quote = |cell: &str| {
        let plain = !cell.contains([style.separator, '"', '\n', '\r']);
        if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    let mut columns = columns.to_vec();
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
            "Fri text" => quote("Sade \"nej\";\r\nringde igen,\n19990525-2385\tsedan"),
            "Handläggare" => quote("Å. Öberg"),
            column => quote(row.cell(column)),
        };
        assert!(row.cells.keys().all(|column| columns.contains(column)), "{row:?}");
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

/// 4,000 letters in no order: as long as a text may be, and nothing that could be packed.
pub fn longest() -> &'static str {
    let mut seed: u32 = 1;
    let letters = (0..4_000).map(|_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'A' + u8::try_from((seed >> 24) % 26).expect("a letter"))
    });
    Box::leak(letters.collect::<String>().into_boxed_str())
}

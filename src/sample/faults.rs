//! Faults that are planted on demand, one of each kind, each in a place of its own.

use encoding_rs::WINDOWS_1252;

use super::{
    Faults, PlantedFault,
    children::Children,
    csv::Style,
    intakes::{HEADERS, Row},
};

/// What is wrong with a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileFault {
    /// A row of another district.
    WrongDistrict,
    /// UTF-8 that was read as Windows-1252 on its way.
    Mojibake,
    WrongHash,
    Missing,
    HeaderOnly,
    ManyBadRows,
    DoubledColumn,
    UnclosedQuote,
    Nul,
    Empty,
    Truncated,
    WrongChecksum,
}

struct Place {
    deliverer: &'static str,
    dataset: &'static str,
    period: i32,
    fault: FileFault,
}

const fn place(deliverer: &'static str, dataset: &'static str, period: i32, fault: FileFault) -> Place {
    Place { deliverer, dataset, period, fault }
}

/// The file with bad rows; it loads all the same.
const ROWS_AT: (&str, i32) = ("15", 2007);

const DEMO: [Place; 2] =
    [place("10", "anmalningar", 2008, FileFault::WrongHash), place("18", "anmalningar", 2008, FileFault::Missing)];

const ALL: [Place; 10] = [
    place("06", "anmalningar", 2008, FileFault::WrongDistrict),
    place("08", "anmalningar", 2008, FileFault::Mojibake),
    place("21", "anmalningar", 2008, FileFault::HeaderOnly),
    place("22", "anmalningar", 2008, FileFault::ManyBadRows),
    place("03", "anmalningar", 2008, FileFault::DoubledColumn),
    place("12", "anmalningar", 2008, FileFault::UnclosedQuote),
    place("14", "anmalningar", 2008, FileFault::Nul),
    place("04", "anmalningar", 2008, FileFault::Empty),
    place("24", "ekonomi", 2006, FileFault::Truncated),
    place("09", "ekonomi", 2005, FileFault::WrongChecksum),
];

/// The fault of a file, if it gets one.
pub(super) fn of_file(faults: Faults, deliverer: &str, dataset: &str, period: i32) -> Option<FileFault> {
    let planted: &[&[Place]] = match faults {
        Faults::None => &[],
        Faults::Demo => &[&DEMO],
        Faults::All => &[&DEMO, &ALL],
    };
    let here = |place: &&Place| place.deliverer == deliverer && place.dataset == dataset && place.period == period;
    planted.iter().flat_map(|places| places.iter()).find(here).map(|place| place.fault)
}

/// True when bad rows are planted in this file.
pub(super) fn has_bad_rows(faults: Faults, deliverer: &str, period: i32) -> bool {
    faults != Faults::None && (deliverer, period) == ROWS_AT
}

impl FileFault {
    /// Name, what must become of the file, and the code where extract is the judge.
    pub fn manifest(self, path: &str) -> PlantedFault {
        let (fault, expect, code) = match self {
            Self::WrongDistrict => ("wrong_district", "file_refused", None),
            Self::Mojibake => ("mojibake", "file_refused", None),
            Self::WrongHash => ("wrong_sha256", "file_refused", Some("EXTR-013")),
            Self::Missing => ("missing", "file_missing", None),
            Self::HeaderOnly => ("header_only", "file_loaded_with_warning", None),
            Self::ManyBadRows => ("many_bad_rows", "file_refused", None),
            Self::DoubledColumn => ("doubled_column", "file_refused", None),
            Self::UnclosedQuote => ("unclosed_quote", "file_refused", None),
            Self::Nul => ("nul", "file_refused", None),
            Self::Empty => ("empty", "file_refused", Some("EXTR-007")),
            Self::Truncated => ("truncated_sie", "file_refused", None),
            Self::WrongChecksum => ("wrong_ksumma", "file_refused", None),
        };
        PlantedFault { fault, path: path.to_owned(), record: None, expect, code }
    }

    /// Spoils rows before they are written.
    pub fn spoil_rows(self, rows: &mut Vec<Row>) {
        match self {
            Self::WrongDistrict => {
                if let Some(row) = rows.last_mut() {
                    "08".clone_into(&mut row.cells[column("Stadsdel")]);
                }
            }
            Self::HeaderOnly => rows.clear(),
            Self::ManyBadRows => {
                // More than twenty, and more than five per cent.
                let bad = 21.max(rows.len() / 10).min(rows.len());
                for row in &mut rows[..bad] {
                    "2008-02-30".clone_into(&mut row.cells[column("Inkom")]);
                }
            }
            _ => {}
        }
    }

    /// Spoils the bytes; `None` when there is no file at all.
    pub fn spoil_bytes(self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        match self {
            Self::Missing => None,
            Self::Empty => Some(Vec::new()),
            Self::Mojibake => {
                let misread = |bytes: &[u8]| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
                let text = String::from_utf8(bytes).unwrap_or_else(|other| misread(other.as_bytes()));
                Some(misread(text.as_bytes()).into_bytes())
            }
            Self::UnclosedQuote => Some([&bytes[..], b"\"ANM-08"].concat()),
            Self::Nul => Some([&bytes[..], b"\0"].concat()),
            // Cut while the accounts' totals are listed, so that they cannot close against #RES. A cut behind them can be told
            // by the side file or the checksum only.
            Self::Truncated => {
                let cut = memchr::memmem::find_iter(&bytes, b"#PSALDO").nth(30).unwrap_or(bytes.len() / 3);
                Some(bytes[..cut + 12].to_vec())
            }
            _ => Some(bytes),
        }
    }

    /// Spoils the header.
    pub fn spoil_header(self, header: &mut Vec<String>) {
        if self == Self::DoubledColumn {
            header.push("Inkom".to_owned());
        }
    }
}

fn column(header: &str) -> usize {
    HEADERS.iter().position(|name| *name == header).unwrap_or_default()
}

/// Bad records to stand after the good ones, and what must become of each.
pub(super) fn bad_rows(
    style: &Style,
    good: &[Row],
    path: &str,
    children: &Children,
) -> (Vec<Vec<String>>, Vec<PlantedFault>) {
    let mut bad = BadRows { style, good, path, records: Vec::new(), faults: Vec::new() };
    let Some(last) = good.iter().rfind(|row| row.child.is_some()) else { return (Vec::new(), Vec::new()) };
    bad.cell("bad_check_digit", "row_rejected", "Personnummer", last, &with_wrong_check_digit(&last.cells[1]));
    bad.cell("no_identity", "row_rejected", "Personnummer", last, "");
    bad.cell("future_date", "row_rejected", "Skyddsbedömning", last, "2099-01-01");
    bad.cell("date_of_another_year", "row_rejected", "Inkom", last, "2005-12-31");
    bad.cell("impossible_date", "row_rejected", "Inkom", last, "2007-02-30");
    bad.cell("unknown_required_code", "row_rejected", "Typ", last, "Okänd typ");
    bad.cell("unknown_optional_code", "row_loaded_with_warning", "Orsak", last, "Lokal kod 17");
    bad.cell("number_in_another_cell", "row_rejected", "Utredning-id", last, &children.get(0).number);
    bad.ragged(last);
    bad.conflict(last);
    bad.copy(&good[0]);
    (bad.records, bad.faults)
}

/// A number that cannot be anyone's.
fn with_wrong_check_digit(number: &str) -> String {
    let (head, last) = number.split_at(number.len() - 1);
    format!("{head}{}", (last.parse::<u8>().unwrap_or_default() + 1) % 10)
}

struct BadRows<'a> {
    style: &'a Style,
    good: &'a [Row],
    path: &'a str,
    records: Vec<Vec<String>>,
    faults: Vec<PlantedFault>,
}

impl BadRows<'_> {
    /// A row of its own, with one cell changed.
    fn cell(&mut self, fault: &'static str, expect: &'static str, header: &str, like: &Row, cell: &str) {
        let mut row = self.fresh(like);
        cell.clone_into(&mut row.cells[column(header)]);
        self.push(fault, expect, self.style.record(0, &row));
    }

    fn ragged(&mut self, like: &Row) {
        let mut record = self.style.record(0, &self.fresh(like));
        record.truncate(record.len() - 2);
        self.push("ragged_row", "row_rejected", record);
    }

    /// Two rows of one key that say different things: both are rejected.
    fn conflict(&mut self, like: &Row) {
        let one = self.fresh(like);
        let mut other = one.clone();
        "2007-01-02".clone_into(&mut other.cells[column("Inkom")]);
        if other.cells == one.cells {
            "2007-01-01".clone_into(&mut other.cells[column("Inkom")]);
        }
        for column in ["Skyddsbedömning", "Beslut", "Beslutsdatum", "Lagrum", "Utredning-id"].map(column) {
            other.cells[column].clear();
        }
        self.push("conflicting_duplicate", "row_rejected", self.style.record(0, &one));
        self.push("conflicting_duplicate", "row_rejected", self.style.record(0, &other));
    }

    /// The same row once more: dropped with a warning.
    fn copy(&mut self, of: &Row) {
        self.push("identical_duplicate", "row_dropped", self.style.record(0, of));
    }

    fn fresh(&self, like: &Row) -> Row {
        let mut row = like.clone();
        row.cells[0] = format!("FEL-{:05}", self.records.len() + 1);
        row
    }

    fn push(&mut self, fault: &'static str, expect: &'static str, record: Vec<String>) {
        self.records.push(record);
        let record = Some((self.good.len() + self.records.len()) as u64);
        self.faults.push(PlantedFault { fault, path: self.path.to_owned(), record, expect, code: None });
    }
}

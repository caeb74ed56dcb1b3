//! Faults that are planted on demand, one of each kind, each in a place of its own.

mod records;
mod rows;

use encoding_rs::WINDOWS_1252;

use super::{Faults, PlantedFault, table::Row, workbook::Misplaced};

pub(super) use records::bad_records;
pub(super) use rows::bad_rows;

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
    /// A web page under the name of a workbook.
    WebPage,
    /// A workbook that was cut off on its way.
    CutWorkbook,
    /// A workbook whose columns have been renamed.
    OtherColumns,
}

/// The required date of each dataset.
const DATES: [&str; 3] = ["Inkom", "Startdatum", "Beslutsdatum"];

/// A district that delivers for itself.
pub(super) const OTHER_DISTRICT: &str = "09";

/// What a portal answers to whoever is not signed in.
const LOGIN: &[u8] =
    b"<!DOCTYPE html>\n<html><head><title>Logga in (p&aring;hittad)</title></head><body><form></form></body></html>\n";

struct Place {
    deliverer: &'static str,
    dataset: &'static str,
    period: i32,
    fault: FileFault,
}

const fn place(deliverer: &'static str, dataset: &'static str, period: i32, fault: FileFault) -> Place {
    Place { deliverer, dataset, period, fault }
}

/// The office and year whose files have bad rows; they load all the same.
const ROWS_AT: (&str, i32) = ("15", 2007);

const DEMO: [Place; 3] = [
    place("10", "anmalningar", 2008, FileFault::WrongHash),
    place("18", "anmalningar", 2008, FileFault::Missing),
    place("21", "personal", 2008, FileFault::CutWorkbook),
];

const ALL: [Place; 17] = [
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
    place("06", "utredningar", 2008, FileFault::WrongDistrict),
    place("22", "utredningar", 2008, FileFault::ManyBadRows),
    place("03", "insatser", 2008, FileFault::DoubledColumn),
    place("12", "insatser", 2008, FileFault::UnclosedQuote),
    place("06", "personal", 2008, FileFault::WrongDistrict),
    place("08", "personal", 2008, FileFault::WebPage),
    place("14", "personal", 2008, FileFault::OtherColumns),
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

/// True when bad rows are planted in the files of this office and year.
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
            Self::WebPage => ("web_page", "file_refused", None),
            Self::CutWorkbook => ("cut_workbook", "file_refused", None),
            Self::OtherColumns => ("other_columns", "file_refused", None),
        };
        PlantedFault { fault, path: path.to_owned(), record: None, expect, code }
    }

    /// Spoils rows before they are written.
    pub fn spoil_rows(self, headers: &[&str], rows: &mut Vec<Row>) {
        match self {
            Self::WrongDistrict => {
                if let Some(row) = rows.last_mut() {
                    OTHER_DISTRICT.clone_into(&mut row.cells[column(headers, "Stadsdel")]);
                }
            }
            Self::HeaderOnly => rows.clear(),
            Self::ManyBadRows => {
                // More than twenty, and more than five per cent.
                let bad = 21.max(rows.len() / 10).min(rows.len());
                let date = headers.iter().position(|header| DATES.contains(header)).unwrap_or_default();
                for row in &mut rows[..bad] {
                    "2008-02-30".clone_into(&mut row.cells[date]);
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
            Self::WebPage => Some(LOGIN.to_vec()),
            Self::CutWorkbook => Some(bytes[..bytes.len() * 2 / 3].to_vec()),
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
            header.push("Stadsdel".to_owned());
        }
    }

    pub fn misplaced(self) -> Misplaced {
        if self == Self::OtherColumns { Misplaced::OtherColumns } else { Misplaced::No }
    }
}

fn column(headers: &[&str], header: &str) -> usize {
    headers.iter().position(|name| *name == header).unwrap_or_default()
}

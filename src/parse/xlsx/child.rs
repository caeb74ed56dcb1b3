//! The process that reads a workbook: it gives up what it does not need, then turns the file into frames.
//!
//! In: the workbook on its input, the [`Request`] as its argument. Out: frames. It has no secret (its environment is empty), opens no
//! file but what the kernel counts of it, starts no process, and lives within [`MOST_MEMORY`] and [`MOST_SECONDS`]. What is allocated beyond ends it, and that is
//! all that ends: no other part of the night is in it.

use std::{
    fs::File,
    io::{BufWriter, Read, Seek, Write},
};

use rlimit::{Resource, setrlimit};
use serde::{Deserialize, Serialize};

use super::{
    book::{Book, Tab},
    frame::{Kind, Outlet},
    heading::Heading,
};
use crate::{
    error::{Error, Result, codes},
    parse::header::folded,
    pipeline::fold,
};

/// Most memory of the process in KiB, with the program's own pages.
const MOST_MEMORY: u64 = 64 << 10;
/// KiB of it that are kept for pages of the program not yet touched.
const PROGRAM: u64 = 6 << 10;
/// KiB that reading may have, however large the program is.
const LEAST_MEMORY: u64 = 16 << 10;
/// Seconds of computing.
const MOST_SECONDS: u64 = 4;
/// Input, output, errors, the file read from and the process's own figures.
const MOST_FILES: u64 = 5;

/// What is asked of a workbook.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub sheet: Option<String>,
    pub header_rows: u32,
    /// Headings of the declared columns, by which a renamed sheet is known.
    pub fields: Vec<String>,
}

/// The sheet that is read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Chosen {
    /// From 1.
    pub sheet: usize,
    pub renamed: bool,
    pub date_1904: bool,
    pub hidden_columns: Vec<(u16, u16)>,
}

/// What is known at the end of the sheet.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rest {
    pub merged: u32,
    /// Most memory the process had, in KiB.
    pub peak_kib: Option<u64>,
}

/// Why a workbook is not read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Refusal {
    pub code: String,
    pub detail: String,
    pub place: Option<String>,
    pub peak_kib: Option<u64>,
}

/// Reads the workbook on `input`, within the limits it sets itself. Ends without a word when that cannot be done.
pub(in crate::parse) fn run(request: &str, input: File, output: impl Write) -> Option<()> {
    let request = serde_json::from_str(request).ok()?;
    let mut figures = Figures(File::open("/proc/self/status").ok()?);
    confine(&mut figures)?;
    let mut outlet = Outlet::new(BufWriter::with_capacity(1 << 16, output));
    outlet.send(Kind::Ready, &[]).ok()?;
    // Told at once, so that whatever comes now is the workbook's doing.
    outlet.flush().ok()?;
    let last = match read(&request, input, &mut outlet) {
        Ok(merged) => (Kind::End, serde_json::to_vec(&Rest { merged, peak_kib: figures.kib("VmHWM:") }).ok()?),
        Err(error) => (Kind::Refused, refusal(&error, figures.kib("VmHWM:"))?),
    };
    outlet.send(last.0, &last.1).ok()?;
    outlet.flush().ok()
}

/// Gives up memory, time, files, processes that reading does not need. What `RLIMIT_DATA` bounds is memory that may be written;
/// together with what the program has in memory already it stays below [`MOST_MEMORY`].
fn confine(figures: &mut Figures) -> Option<()> {
    let (present, written) = (figures.kib("VmRSS:")?, figures.kib("VmData:")?);
    let left = MOST_MEMORY.saturating_sub(present + PROGRAM).max(LEAST_MEMORY);
    let limits = [
        (Resource::CORE, 0),
        (Resource::FSIZE, 0),
        (Resource::NPROC, 0),
        (Resource::NOFILE, MOST_FILES),
        (Resource::CPU, MOST_SECONDS),
        (Resource::DATA, (written + left) << 10),
    ];
    limits.into_iter().try_for_each(|(resource, most)| setrlimit(resource, most, most)).ok()
}

/// Sends the chosen sheet, row by row; gives the number of merged ranges below its heading.
pub(super) fn read(request: &Request, source: impl Read + Seek, outlet: &mut Outlet<impl Write>) -> Result<u32> {
    let mut book = Book::open(source)?;
    let (place, renamed) = choose(&mut book, request)?;
    let date_1904 = book.date_1904();
    let mut sheet = book.sheet(place)?;
    let heading = Heading::read(&mut sheet, request.header_rows)?;
    sheet.set_heading_end(heading.last_row);
    let hidden_columns = sheet.hidden_columns().to_vec();
    let chosen = Chosen { sheet: place + 1, renamed, date_1904, hidden_columns };
    outlet.send(Kind::Sheet, &serde_json::to_vec(&chosen).map_err(|_| unsent())?).map_err(|_| unsent())?;
    outlet.send(Kind::Heading, heading.to_row().bytes()).map_err(|_| unsent())?;
    if let Some(row) = &heading.next {
        outlet.send(Kind::Row, row).map_err(|_| unsent())?;
    }
    while let Some(row) = sheet.next_row()? {
        outlet.send(Kind::Row, row.bytes()).map_err(|_| unsent())?;
    }
    Ok(sheet.merged())
}

/// The declared sheet, or the only visible one with the declared columns; true when it is called otherwise.
fn choose<S: Read + Seek>(book: &mut Book<S>, request: &Request) -> Result<(usize, bool)> {
    if let Some(name) = &request.sheet {
        let name = fold(&folded(name));
        let called = |tab: &&Tab| fold(&folded(&tab.name)) == name;
        let mut named = book.sheets().iter().enumerate().filter(|(_, tab)| called(tab));
        match (named.next(), named.next()) {
            (Some((place, tab)), None) if tab.visible => return Ok((place, false)),
            (Some(_), None) => return Err(no_sheet("the declared sheet is hidden")),
            (Some(_), Some(_)) => return Err(no_sheet("more than one sheet has the declared name")),
            (None, _) => {}
        }
    }
    let mut fitting = Vec::new();
    for place in 0..book.sheets().len() {
        if book.sheets()[place].visible && has_columns(book, place, request)? {
            fitting.push(place);
        }
    }
    match fitting.as_slice() {
        [place] => Ok((*place, request.sheet.is_some())),
        [] => Err(no_sheet("no visible sheet has the declared name, or the declared columns")),
        _ => Err(no_sheet("more than one visible sheet has the declared columns")),
    }
}

fn has_columns<S: Read + Seek>(book: &mut Book<S>, place: usize, request: &Request) -> Result<bool> {
    let heading = Heading::read(&mut book.sheet(place)?, request.header_rows)?;
    let names: Vec<String> = heading.names.values().map(|name| folded(name)).collect();
    let stands_once = |field: &String| names.iter().filter(|name| **name == folded(field)).count() == 1;
    Ok(request.fields.iter().all(stands_once))
}

fn no_sheet(detail: &str) -> Error {
    Error::new(&codes::parse::XLSX_NO_SHEET).detail(detail)
}

/// Nobody reads on, so nobody reads this either.
fn unsent() -> Error {
    Error::new(&codes::parse::XLSX_READER_DIED).detail("a frame could not be sent")
}

pub(super) fn refusal(error: &Error, peak_kib: Option<u64>) -> Option<Vec<u8>> {
    let refusal = Refusal {
        code: error.code().id.to_owned(),
        detail: error.detail_text().to_owned(),
        place: error.place().map(str::to_owned),
        peak_kib,
    };
    serde_json::to_vec(&refusal).ok()
}

/// What the kernel counts of this process; opened before files are given up.
struct Figures(File);

impl Figures {
    /// The figure of that name (`VmHWM:`, the most memory it had) in KiB.
    fn kib(&mut self, name: &str) -> Option<u64> {
        let mut text = String::new();
        self.0.rewind().ok()?;
        self.0.read_to_string(&mut text).ok()?;
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().split(' ').next()?.parse().ok())
    }
}

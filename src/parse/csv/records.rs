//! The file's records, one at a time, with the physical line each begins on. Quoting is `csv-core`'s work.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr_iter;

use super::{quotes::Quotes, source::Source};
use crate::{
    error::{Code, Error, Result, codes},
    parse::cell::{may_be_marked, wrongly_decoded},
};

/// A record longer than this is no row: a quote was never closed.
const RECORD_BYTES: usize = 16 << 20;
/// More cells than any header has.
const RECORD_CELLS: usize = 1 << 16;

/// One record; borrowed from the buffer that the next one overwrites.
pub(super) struct Record<'a> {
    text: &'a str,
    ends: &'a [usize],
    line: i64,
}

impl<'a> Record<'a> {
    pub fn cells(&self) -> usize {
        self.ends.len()
    }

    /// The cell at that place, unquoted.
    pub fn cell(&self, place: usize) -> &'a str {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.text[start..self.ends[place]]
    }

    pub fn line(&self) -> i64 {
        self.line
    }
}

pub(super) struct Records {
    source: Source,
    quotes: Quotes,
    reader: Reader,
    chunk: Vec<u8>,
    /// Bytes of the chunk already read.
    used: usize,
    /// Line breaks between records, which the reader never sees.
    skipped_lines: u64,
    at_end: bool,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    pub fn new(source: Source, separator: u8) -> Self {
        Self {
            source,
            quotes: Quotes::new(separator),
            reader: ReaderBuilder::new().delimiter(separator).build(),
            chunk: Vec::new(),
            used: 0,
            skipped_lines: 0,
            at_end: false,
            text: vec![0; 4096],
            ends: vec![0; 64],
        }
    }

    /// The next record, if there is one. Empty lines are none.
    pub fn next(&mut self) -> Result<Option<Record<'_>>> {
        if !self.skip_line_breaks()? {
            return Ok(None);
        }
        let line = self.line();
        let (bytes, cells) = self.read_record(line)?;
        let text =
            std::str::from_utf8(&self.text[..bytes]).map_err(|_| refused(&codes::parse::WRONG_DECODING, line))?;
        let record = Record { text, ends: &self.ends[..cells], line };
        // Looked at cell by cell, because the text of a record runs on from one to the next.
        if may_be_marked(text.as_bytes()) && (0..cells).any(|place| wrongly_decoded(record.cell(place))) {
            return Err(refused(&codes::parse::WRONG_DECODING, line));
        }
        Ok(Some(record))
    }

    /// Physical line of the next byte.
    fn line(&self) -> i64 {
        i64::try_from(self.reader.line() + self.skipped_lines).unwrap_or(i64::MAX)
    }

    /// Moves to the first byte of a record; false at the end of the file.
    fn skip_line_breaks(&mut self) -> Result<bool> {
        loop {
            while let Some(byte @ (b'\r' | b'\n')) = self.chunk.get(self.used) {
                self.skipped_lines += u64::from(*byte == b'\n');
                self.used += 1;
            }
            if self.used < self.chunk.len() {
                return Ok(true);
            }
            if self.at_end || !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Reads on to the end of the record: its bytes, and its number of cells.
    fn read_record(&mut self, line: i64) -> Result<(usize, usize)> {
        let (mut bytes, mut cells) = (0, 0);
        loop {
            // A last line without its line break ends with the file.
            let input = if self.at_end { b"\n" } else { &self.chunk[self.used..] };
            let (result, read, written, ended) =
                self.reader.read_record(input, &mut self.text[bytes..], &mut self.ends[cells..]);
            self.used += read;
            bytes += written;
            cells += ended;
            match result {
                ReadRecordResult::Record => return Ok((bytes, cells)),
                ReadRecordResult::OutputFull if bytes < RECORD_BYTES => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if cells < RECORD_CELLS => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    return Err(refused(&codes::parse::RECORD_TOO_LONG, line));
                }
                ReadRecordResult::InputEmpty if !self.at_end => self.at_end = !self.fill()?,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {
                    return Err(refused(&codes::parse::UNCLOSED_QUOTE, line));
                }
            }
        }
    }

    /// The next chunk; false at the end of the file.
    fn fill(&mut self) -> Result<bool> {
        let line = self.line();
        let bytes = self.source.next()?;
        self.chunk.clear();
        self.chunk.extend_from_slice(bytes);
        self.used = 0;
        if let Some(at) = self.quotes.watch(&self.chunk) {
            let breaks = memchr_iter(b'\n', &self.chunk[..at]).count();
            return Err(refused(&codes::parse::UNCLOSED_QUOTE, line + i64::try_from(breaks).unwrap_or(0)));
        }
        Ok(!self.chunk.is_empty())
    }
}

fn refused(code: &'static Code, line: i64) -> Error {
    Error::new(code).at(format_args!("line {line}"))
}

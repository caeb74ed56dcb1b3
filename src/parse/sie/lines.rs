//! A SIE file, line by line: records numbered, lines counted, length bounded. One line is in memory at a time.

use std::io::{BufRead, Read};

use super::token::{self, Fault, Line};
use crate::{Error, Result, error::codes::parse as codes};

/// No honest row is longer; a file without line ends is no SIE file.
const MAX_LINE: usize = 1 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    line: i64,
    record: i64,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// 1 = the first row of the file, that is, the first line with a label.
    pub(super) record: i64,
    pub(super) line: i64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, buffer: Vec::new(), line: 0, record: 0 }
    }

    /// The next line, blank or not.
    pub(super) fn next(&mut self) -> Result<Option<(Place, Line<'_>)>> {
        if !self.advance()? {
            return Ok(None);
        }
        let line = self.line;
        let token = token::tokenise(&self.buffer).map_err(|fault| refused(fault).at(format!("line {line}")))?;
        if matches!(token, Line::Row(_)) {
            self.record += 1;
        }
        Ok(Some((Place { record: self.record, line }, token)))
    }

    /// Reads the next line into the buffer; false at the end.
    fn advance(&mut self) -> Result<bool> {
        self.buffer.clear();
        let limit = MAX_LINE as u64 + 1;
        let read = (&mut self.source)
            .take(limit)
            .read_until(b'\n', &mut self.buffer)
            .map_err(|_| Error::new(&codes::LANDING_READ))?;
        self.line += i64::from(read > 0);
        if self.buffer.len() > MAX_LINE {
            return Err(Error::new(&codes::RECORD_TOO_LONG).at(format!("line {}", self.line)));
        }
        if self.line == 1 && self.buffer.starts_with(BOM) {
            self.buffer.drain(..BOM.len());
        }
        Ok(read > 0)
    }
}

fn refused(fault: Fault) -> Error {
    match fault {
        Fault::UnclosedQuote => Error::new(&codes::SIE_QUOTE),
        Fault::NotARow => Error::new(&codes::SIE_NOT_SIE).detail("a line that is neither a row nor a brace"),
        Fault::Braces => Error::new(&codes::SIE_BRACES),
    }
}

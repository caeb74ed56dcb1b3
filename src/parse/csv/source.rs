//! Bytes of a landed file → UTF-8, in chunks of bounded size.

use std::io::{ErrorKind, Read};

use encoding_rs::{Decoder, WINDOWS_1252};

use crate::{
    error::{Error, Result, codes},
    land::Encoding,
};

/// Bytes read at once.
const CHUNK: usize = 256 * 1024;
/// Windows-1252 takes at most three bytes of UTF-8 for one of its own.
const GROWTH: usize = 3;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A reader with the decoding its encoding needs. UTF-8 passes as it is, without its BOM.
pub(super) struct Source {
    reader: Box<dyn Read + Send>,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    utf8: Vec<u8>,
    at_start: bool,
}

impl Source {
    pub fn new(reader: Box<dyn Read + Send>, encoding: Encoding) -> Self {
        let decoder = (encoding == Encoding::NotUtf8).then(|| WINDOWS_1252.new_decoder_without_bom_handling());
        let utf8 = if decoder.is_some() { vec![0; CHUNK * GROWTH] } else { Vec::new() };
        Self { reader, decoder, raw: vec![0; CHUNK], utf8, at_start: true }
    }

    /// The next bytes, in UTF-8; empty at the end.
    pub fn next(&mut self) -> Result<&[u8]> {
        let length = self.fill()?;
        let Some(decoder) = &mut self.decoder else {
            let skipped =
                if std::mem::take(&mut self.at_start) && self.raw[..length].starts_with(BOM) { BOM.len() } else { 0 };
            return if length > skipped || length == 0 { Ok(&self.raw[skipped..length]) } else { self.next() };
        };
        let (_, _, written, _) = decoder.decode_to_utf8(&self.raw[..length], &mut self.utf8, length == 0);
        Ok(&self.utf8[..written])
    }

    /// A whole chunk, but for the last: a short read must not split a BOM.
    fn fill(&mut self) -> Result<usize> {
        let mut length = 0;
        while length < self.raw.len() {
            match self.reader.read(&mut self.raw[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Error::new(&codes::parse::LANDING_READ)),
            }
        }
        Ok(length)
    }
}

//! What is noted of the bytes while they pass: hash, length, encoding, NUL.
//!
//! Pure and incremental; the result does not depend on where the chunks are cut.

use sha2::{Digest, Sha256};

use super::Encoding;
use crate::model::ContentHash;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Notes in the making.
#[derive(Default)]
pub(super) struct Taker {
    hasher: Sha256,
    bytes: u64,
    head: Vec<u8>,
    has_nul: bool,
    not_utf8: bool,
    /// Start of a UTF-8 sequence whose end is in the next chunk.
    open_sequence: Vec<u8>,
}

/// The notes of a whole file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Notes {
    pub hash: ContentHash,
    pub bytes: u64,
    pub encoding: Encoding,
    pub has_nul: bool,
}

impl Taker {
    pub fn take(&mut self, chunk: &[u8]) {
        self.hasher.update(chunk);
        self.bytes += chunk.len() as u64;
        self.head.extend(chunk.iter().take(BOM.len() - self.head.len()));
        self.has_nul = self.has_nul || memchr::memchr(0, chunk).is_some();
        if !self.not_utf8 {
            self.check_utf8(chunk);
        }
    }

    fn check_utf8(&mut self, mut chunk: &[u8]) {
        while !self.open_sequence.is_empty() && !chunk.is_empty() {
            self.open_sequence.push(chunk[0]);
            chunk = &chunk[1..];
            match std::str::from_utf8(&self.open_sequence) {
                Ok(_) => self.open_sequence.clear(),
                Err(error) if error.error_len().is_some() => {
                    self.not_utf8 = true;
                    return;
                }
                Err(_) => {}
            }
        }
        if let Err(error) = std::str::from_utf8(chunk) {
            self.not_utf8 = error.error_len().is_some();
            self.open_sequence.extend_from_slice(&chunk[error.valid_up_to()..]);
        }
    }

    pub fn finish(self) -> Notes {
        let encoding = if self.not_utf8 || !self.open_sequence.is_empty() {
            Encoding::NotUtf8
        } else if self.head == BOM {
            Encoding::Utf8Bom
        } else {
            Encoding::Utf8
        };
        Notes { hash: ContentHash(self.hasher.finalize().into()), bytes: self.bytes, encoding, has_nul: self.has_nul }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn notes(bytes: &[u8], chunk: usize) -> Notes {
        let mut taker = Taker::default();
        bytes.chunks(chunk).for_each(|chunk| taker.take(chunk));
        taker.finish()
    }

    #[test]
    fn encodings_are_told_whatever_the_chunks() {
        for chunk in 1..6 {
            assert_eq!(notes("Skärholmen – €🙂".as_bytes(), chunk).encoding, Encoding::Utf8);
            assert_eq!(notes("\u{FEFF}Älvsjö".as_bytes(), chunk).encoding, Encoding::Utf8Bom);
            assert_eq!(notes(b"Sk\xE4rholmen", chunk).encoding, Encoding::NotUtf8);
            assert_eq!(notes(b"cut \xE2\x82", chunk).encoding, Encoding::NotUtf8);
            assert!(notes(b"a\0b", chunk).has_nul);
        }
        assert_eq!(notes(b"", 1).encoding, Encoding::Utf8);
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(bytes in prop::collection::vec(any::<u8>(), 0..64), chunk in 1usize..9) {
            let whole = notes(&bytes, 64);
            prop_assert_eq!(whole.encoding == Encoding::NotUtf8, std::str::from_utf8(&bytes).is_err());
            prop_assert_eq!(notes(&bytes, chunk), whole);
        }
    }
}

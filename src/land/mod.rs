//! Keeps what was extracted: immutable, content-addressed, encrypted, fsync'd, and verified before it is parsed.

use crate::model::ContentHash;

/// How the bytes of a text file are encoded, as noted while hashing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    /// Not valid UTF-8: read as Windows-1252 (CSV), CP437 or Windows-1252 (SIE).
    NotUtf8,
}

/// A landed file whose content was read once and proven against its hash. Made by [`Landing`] only.
#[derive(Debug, Clone)]
pub struct LandedFile {
    hash: ContentHash,
    bytes: u64,
    encoding: Encoding,
    has_nul: bool,
}

impl LandedFile {
    pub fn hash(&self) -> ContentHash {
        self.hash
    }
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
    pub fn has_nul(&self) -> bool {
        self.has_nul
    }
    /// The bytes as delivered, decrypted while they are read.
    pub fn reader(&self) -> crate::Result<Box<dyn std::io::Read + Send>> {
        unreachable!("{:?}", self.hash)
    }
}

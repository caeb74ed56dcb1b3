//! Keeps what was extracted: immutable, content-addressed, encrypted, fsync'd, and verified before it is parsed.
//!
//! In: an observed resource, or bytes that are being pulled. Out: a [`LandedFile`], which only a whole pass over the stored bytes can make.
//! Plain bytes never touch the disk here, and a landed file is never changed, only replaced by the same content.

mod files;
mod incoming;
mod landing;
mod notes;
mod seal;

use std::path::PathBuf;

use crate::{Result, model::ContentHash};

pub use incoming::Incoming;
pub use landing::Landing;
pub use seal::Key;

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
    path: PathBuf,
    key: Key,
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
    /// The bytes as delivered, decrypted while they are read. A read error means that the file was damaged since it
    /// was verified (`LAND-007`); each block read is authentic.
    pub fn reader(&self) -> Result<Box<dyn std::io::Read + Send>> {
        Ok(Box::new(files::open(&self.path, &self.key)?))
    }
}

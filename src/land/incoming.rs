//! A resource on its way into landing: sealed and noted as its bytes come, so that no plain byte touches the disk.
//!
//! In: bytes, in pieces of any size. Out: a sealed draft and its hash. One that is dropped leaves nothing behind.

use std::{
    fmt,
    io::{Result as IoResult, Write},
};

use age::stream::StreamWriter;

use super::{Key, files, notes::Taker};
use crate::{Result, disk::Draft, model::ContentHash};

/// A place for the bytes of one attempt to fetch a resource. Made by [`Landing`](super::Landing), which also keeps it.
pub struct Incoming {
    sealed: StreamWriter<Draft>,
    taker: Taker,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Incoming(…)")
    }
}

impl Incoming {
    pub(super) fn new(key: &Key, draft: Draft) -> Result<Self> {
        Ok(Self { sealed: key.seal(draft)?, taker: Taker::default() })
    }

    /// Ends the sealed file, without which it would not open.
    pub(super) fn finish(self) -> Result<(ContentHash, Draft)> {
        let draft = self.sealed.finish().map_err(|error| files::write_problem(&error))?;
        Ok((self.taker.finish().hash, draft))
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        let written = self.sealed.write(bytes)?;
        self.taker.take(&bytes[..written]);
        Ok(written)
    }
    fn flush(&mut self) -> IoResult<()> {
        self.sealed.flush()
    }
}

//! The landing directory: `<aa>/<sha256>.age`, written once, verified whenever it is taken out.

use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use age::x25519::Identity;

use super::{
    Incoming, Key, LandedFile, files,
    notes::{Notes, Taker},
};
use crate::{
    Error, Result,
    disk::{self, Draft},
    error::codes::{extract, land as codes},
    extract::Observed,
    model::ContentHash,
};

const CHUNK_BYTES: usize = 256 * 1024;
/// Where files stand until they get their name.
const PARTIALS: &str = "partial";

static NEXT_PARTIAL: AtomicU64 = AtomicU64::new(0);

/// The landing directory with its key. Cheap to clone; safe to use from several threads and for equal files at once.
#[derive(Debug, Clone)]
pub struct Landing {
    dir: PathBuf,
    key: Key,
}

impl Landing {
    /// Opens the directory, making it where it is missing. Sweeps nothing.
    pub fn open(dir: &Path, identity: Identity) -> Result<Self> {
        files::private_directory(dir)?;
        files::private_directory(&dir.join(PARTIALS))?;
        Ok(Self { dir: dir.to_owned(), key: identity.into() })
    }

    /// Removes what an interrupted run left half-written, and says how many. Call it under the run lock only.
    pub fn sweep(&self) -> Result<usize> {
        let problem = |error: std::io::Error| Error::new(&codes::DIRECTORY).detail(error.kind());
        let mut swept = 0;
        for entry in fs::read_dir(self.dir.join(PARTIALS)).map_err(problem)? {
            fs::remove_file(entry.map_err(problem)?.path()).map_err(problem)?;
            swept += 1;
        }
        Ok(swept)
    }

    /// Lands an observed resource, whose bytes are read again and must have the observed hash. What is landed already
    /// is verified and reused; what is damaged is replaced. Blocks on disk.
    pub fn land(&self, observed: &Observed) -> Result<LandedFile> {
        let hash = observed.hash();
        let place = &observed.resource().slice;
        match self.open_landed(hash) {
            Err(error) if is_replaceable(&error) => {}
            landed => return landed,
        }
        let source = observed.open()?;
        self.write(source, Some(hash)).map_err(|error| error.at(place))?;
        self.open_landed(hash)
    }

    /// Lands bytes from any source.
    pub fn land_bytes(&self, source: impl Read) -> Result<LandedFile> {
        let hash = self.write(source, None)?;
        self.open_landed(hash)
    }

    /// A place for bytes that are still on their way: sealed as they come, and gone unless they are kept.
    pub fn incoming(&self) -> Result<Incoming> {
        let number = NEXT_PARTIAL.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}.part", std::process::id());
        let draft = Draft::create(self.dir.join(PARTIALS).join(name), 0o600);
        Incoming::new(&self.key, draft.map_err(|error| files::write_problem(&error))?)
    }

    /// Lands what has come whole. The same content that is landed already is verified and stays; what is damaged is replaced.
    /// Blocks on disk.
    pub fn keep(&self, incoming: Incoming) -> Result<ContentHash> {
        let (hash, draft) = incoming.finish()?;
        match self.open_landed(hash) {
            Err(error) if is_replaceable(&error) => self.name(hash, draft)?,
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        Ok(hash)
    }

    /// Takes a landed file out: one pass over all its bytes proves the content and takes the notes. Blocks on disk.
    pub fn open_landed(&self, hash: ContentHash) -> Result<LandedFile> {
        let path = self.path(hash);
        let notes = self.verify(&path, hash).map_err(|error| error.at(hash))?;
        Ok(LandedFile {
            hash,
            bytes: notes.bytes,
            encoding: notes.encoding,
            has_nul: notes.has_nul,
            path,
            key: self.key.clone(),
        })
    }

    fn path(&self, hash: ContentHash) -> PathBuf {
        let name = hash.to_string();
        self.dir.join(&name[..2]).join(format!("{name}.age"))
    }

    fn verify(&self, path: &Path, hash: ContentHash) -> Result<Notes> {
        let mut plain = files::open(path, &self.key)?;
        let mut taker = Taker::default();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = plain.read(&mut chunk).map_err(|error| files::read_problem(&error))?;
            if length == 0 {
                break;
            }
            taker.take(&chunk[..length]);
        }
        let notes = taker.finish();
        if notes.hash == hash { Ok(notes) } else { Err(Error::new(&codes::DAMAGED)) }
    }

    /// Writes the source under its hash, which must be the expected one where that is known.
    fn write(&self, mut source: impl Read, expected: Option<ContentHash>) -> Result<ContentHash> {
        let mut incoming = self.incoming()?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length =
                source.read(&mut chunk).map_err(|error| Error::new(&extract::UNREADABLE).detail(error.kind()))?;
            if length == 0 {
                break;
            }
            incoming.write_all(&chunk[..length]).map_err(|error| files::write_problem(&error))?;
        }
        let (hash, draft) = incoming.finish()?;
        if expected.is_some_and(|expected| expected != hash) {
            return Err(Error::new(&codes::CHANGED));
        }
        self.name(hash, draft)?;
        Ok(hash)
    }

    fn name(&self, hash: ContentHash, draft: Draft) -> Result<()> {
        let problem = |error: std::io::Error| files::write_problem(&error);
        let path = self.path(hash);
        files::private_directory(path.parent().unwrap_or(&self.dir))?;
        draft.name(&path).map_err(problem)?;
        // The folder may be new: its own name must last as well.
        disk::flush_directory(&self.dir).map_err(problem)
    }
}

/// True when landing anew is the cure.
fn is_replaceable(error: &Error) -> bool {
    [codes::ABSENT.id, codes::DAMAGED.id, codes::LOCKED.id].contains(&error.code().id)
}

#[cfg(test)]
mod tests;

//! Opens a file of a deliverer's directory without following anything out of it and without ever blocking.
//!
//! In: a path. Out: an open regular file with its [`Stamp`], or nothing when there is none.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{Error as IoError, ErrorKind},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};

use crate::{Error, Result, error::codes::extract as codes};

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    pub bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    pub fn modified(&self) -> Option<DateTime<Utc>> {
        let (seconds, nanoseconds) = self.modified;
        DateTime::from_timestamp(seconds, u32::try_from(nanoseconds).unwrap_or_default())
    }
}

/// An open regular file, and the state it had when it was opened.
#[derive(Debug)]
pub(super) struct Source {
    pub file: File,
    pub stamp: Stamp,
}

/// Opens the file at `path`, or the file inside the same directory that a link there leads to.
pub(super) fn open(path: &Path) -> Result<Option<Source>> {
    let Some(target) = target(path)? else { return Ok(None) };
    // Judged before opening: opening a device may have effects, and a socket cannot be opened at all.
    let Some(before) = found(fs::symlink_metadata(&target))? else { return Ok(None) };
    require_file(&before)?;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW | libc::O_NOCTTY);
    let Some(file) = found(options.open(&target))? else { return Ok(None) };
    let metadata = file.metadata().map_err(|error| problem(&error))?;
    require_file(&metadata)?;
    Ok(Some(Source { stamp: Stamp::of(&metadata), file }))
}

/// The state of what stands at `path` now, if anything does.
pub(super) fn stamp(path: &Path) -> Result<Option<Stamp>> {
    Ok(found(fs::metadata(path))?.map(|metadata| Stamp::of(&metadata)))
}

/// The real path, proven to lie under the real directory of `path`.
fn target(path: &Path) -> Result<Option<PathBuf>> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Error::new(&codes::BAD_ADDRESS).detail("it names no file"));
    };
    let Some(directory) = found(fs::canonicalize(parent))? else { return Ok(None) };
    let plain = directory.join(name);
    let Some(metadata) = found(fs::symlink_metadata(&plain))? else { return Ok(None) };
    if !metadata.is_symlink() {
        return Ok(Some(plain));
    }
    let Some(target) = found(fs::canonicalize(&plain))? else { return Ok(None) };
    if !target.starts_with(&directory) {
        return Err(Error::new(&codes::OUTSIDE));
    }
    Ok(Some(target))
}

fn require_file(metadata: &Metadata) -> Result<()> {
    if metadata.is_file() { Ok(()) } else { Err(Error::new(&codes::NOT_A_FILE)) }
}

/// Nothing there is an answer, not an error.
fn found<T>(result: std::io::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(problem(&error)),
    }
}

/// The code of a system error.
pub(super) fn problem(error: &IoError) -> Error {
    let code = match error.kind() {
        ErrorKind::PermissionDenied => &codes::DENIED,
        ErrorKind::NotADirectory | ErrorKind::InvalidFilename => &codes::BAD_ADDRESS,
        _ if error.raw_os_error() == Some(libc::ELOOP) => &codes::OUTSIDE,
        _ => &codes::UNREADABLE,
    };
    Error::new(code).detail(error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_errors_have_their_own_codes() {
        for (number, code) in [
            (libc::EACCES, "EXTR-005"),
            (libc::EPERM, "EXTR-005"),
            (libc::EIO, "EXTR-006"),
            (libc::ESTALE, "EXTR-006"),
            (libc::ENOTDIR, "EXTR-001"),
            (libc::ENAMETOOLONG, "EXTR-001"),
            (libc::ELOOP, "EXTR-003"),
        ] {
            assert_eq!(problem(&IoError::from_raw_os_error(number)).code().id, code, "{number}");
        }
    }
}

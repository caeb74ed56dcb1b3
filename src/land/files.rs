//! Files and directories of landing: modes, flushes, renames, and the codes of what the system says.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{BufReader, Error as IoError, ErrorKind},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use age::stream::StreamReader;

use super::Key;
use crate::{Error, Result, error::codes::land as codes};

/// Makes a directory that only this account may search; an existing one is tightened.
pub(super) fn private_directory(path: &Path) -> Result<()> {
    let unusable = |error: &IoError| Error::new(&codes::DIRECTORY).detail(error.kind()).at(path.display());
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => write_problem(&error),
        _ => unusable(&error),
    })?;
    let mode = fs::metadata(path).map_err(|error| unusable(&error))?.permissions().mode() & 0o7777;
    if mode != 0o700 {
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(|error| unusable(&error))?;
    }
    Ok(())
}

/// A file in the making, removed unless it gets its name.
pub(super) struct Partial {
    path: PathBuf,
    named: bool,
}

impl Partial {
    pub fn create(path: PathBuf) -> Result<(Self, File)> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|error| write_problem(&error))?;
        Ok((Self { path, named: false }, file))
    }

    /// Flushes the content, gives the file its name, and flushes the directory, in this order.
    pub fn name(mut self, file: &File, path: &Path) -> Result<()> {
        file.sync_all().map_err(|error| write_problem(&error))?;
        fs::rename(&self.path, path).map_err(|error| write_problem(&error))?;
        self.named = true;
        path.parent().map_or(Ok(()), flush_directory)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.named {
            // One that cannot be removed now is swept at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes the names in a directory durable.
pub(super) fn flush_directory(path: &Path) -> Result<()> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(|error| write_problem(&error))
}

/// Opens a landed file for reading its plain bytes.
pub(super) fn open(path: &Path, key: &Key) -> Result<StreamReader<BufReader<File>>> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::new(&codes::ABSENT),
        _ => Error::new(&codes::UNREADABLE).detail(error.kind()),
    })?;
    key.open(BufReader::with_capacity(64 * 1024, file))
}

/// The code of an error met while reading plain bytes. The cipher reports what is not authentic as data or end errors.
pub(super) fn read_problem(error: &IoError) -> Error {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::Other | ErrorKind::InvalidInput => {
            Error::new(&codes::DAMAGED)
        }
        kind => Error::new(&codes::UNREADABLE).detail(kind),
    }
}

/// The code of an error met while writing.
pub(super) fn write_problem(error: &IoError) -> Error {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => &codes::FULL,
        ErrorKind::CrossesDevices => &codes::OTHER_DEVICE,
        _ => &codes::NOT_WRITTEN,
    };
    Error::new(code).detail(error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_errors_have_their_own_codes() {
        for (number, code) in [
            (libc::ENOSPC, "LAND-003"),
            (libc::EDQUOT, "LAND-003"),
            (libc::EXDEV, "LAND-005"),
            (libc::EIO, "LAND-004"),
            (libc::EROFS, "LAND-004"),
            (libc::EMFILE, "LAND-004"),
        ] {
            assert_eq!(write_problem(&IoError::from_raw_os_error(number)).code().id, code, "{number}");
        }
    }

    #[test]
    fn a_disk_error_is_not_taken_for_damage() {
        assert_eq!(read_problem(&IoError::from_raw_os_error(libc::ESTALE)).code().id, "LAND-009");
        assert_eq!(read_problem(&IoError::from(ErrorKind::UnexpectedEof)).code().id, "LAND-007");
    }

    #[test]
    fn a_partial_without_a_name_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.part");
        let (partial, file) = Partial::create(path.clone()).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        drop(partial);
        assert!(!path.exists());
    }
}

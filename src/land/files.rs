//! Files and directories of landing, and the codes of what the system says about them.

use std::{
    fs::File,
    io::{BufReader, Error as IoError, ErrorKind},
    path::Path,
};

use age::stream::StreamReader;

use super::Key;
use crate::{Error, Result, disk, error::codes::land as codes};

/// Makes a directory that only this account may search; an existing one is tightened.
pub(super) fn private_directory(path: &Path) -> Result<()> {
    disk::private_directory(path).map_err(|error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => write_problem(&error),
        kind => Error::new(&codes::DIRECTORY).detail(kind).at(path.display()),
    })
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
}

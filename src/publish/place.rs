//! Where snapshots lie: two sets, their names, and files that are written whole or not at all.
//!
//! A directory or file appears under its name only after its content is on disk.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::{
    disk::Draft,
    error::{Error, Result, codes::publish as codes},
};

const CURRENT: &str = "CURRENT";
/// Begins the name of what is being written; swept at the next start.
pub(super) const UNFINISHED: &str = ".tmp-";

/// A set of snapshots, by who may hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Marts and plain dimensions, for BI tools.
    Mart,
    /// The star at individual grain; directory mode 0700.
    Core,
}

impl Set {
    pub const ALL: [Self; 2] = [Self::Mart, Self::Core];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Mart => "mart",
            Self::Core => "core",
        }
    }

    /// Who the manifest says may read it.
    pub(super) const fn audience(self) -> &'static str {
        match self {
            Self::Mart => "buss_analyst",
            Self::Core => "buss_loader and those who may hold the star",
        }
    }

    const fn mode(self) -> u32 {
        match self {
            Self::Mart => 0o755,
            Self::Core => 0o700,
        }
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The snapshot directory and the directory of slice files.
#[derive(Debug, Clone)]
pub struct Place {
    pub snapshots: PathBuf,
    pub slices: PathBuf,
}

impl Place {
    pub(super) fn set(&self, set: Set) -> PathBuf {
        self.snapshots.join(set.name())
    }

    pub fn snapshot(&self, set: Set, name: &str) -> PathBuf {
        self.set(set).join(name)
    }

    /// Makes the directory of a set with its mode.
    pub(super) fn prepare(&self, set: Set) -> Result<()> {
        fs::create_dir_all(&self.snapshots).map_err(|error| failed(&self.snapshots, &error))?;
        make_dir(&self.set(set), set)
    }

    /// What `CURRENT` names, if it is there.
    pub fn current(&self, set: Set) -> Option<String> {
        fs::read_to_string(self.set(set).join(CURRENT)).ok().map(|name| name.trim_end().to_owned())
    }

    /// Renames a new `CURRENT` into place.
    pub(super) fn point(&self, set: Set, name: &str) -> Result<()> {
        let dir = self.set(set);
        let (unfinished, current) = (dir.join(format!("{UNFINISHED}{CURRENT}")), dir.join(CURRENT));
        let write = || {
            let mut draft = Draft::create(unfinished, set.mode() & 0o644)?;
            writeln!(draft, "{name}")?;
            draft.name(&current)
        };
        write().map_err(|error| failed(&current, &error))
    }

    /// Entries of a set beside `CURRENT`: finished snapshots and what a killed run left.
    pub(super) fn entries(&self, set: Set) -> Result<Vec<String>> {
        let dir = self.set(set);
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&dir, &error)),
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name != CURRENT)
            .collect();
        names.sort();
        Ok(names)
    }

    /// Removes an entry of a set, whatever it is.
    pub(super) fn remove(&self, set: Set, name: &str) -> Result<()> {
        let path = self.set(set).join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|error| failed(&path, &error))
    }
}

/// Makes a directory of a set unless it is there.
pub(super) fn make_dir(path: &Path, set: Set) -> Result<()> {
    match fs::DirBuilder::new().mode(set.mode()).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(path, &error)),
        _ => Ok(()),
    }
}

/// A new file that only its owner may write, and in `core` read.
pub(super) fn new_file(path: &Path, set: Set) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(set.mode() & 0o644).open(path)
}

pub(super) fn write_text(path: &Path, set: Set, text: &str) -> Result<()> {
    let write = || {
        let mut file = new_file(path, set)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| failed(path, &error))
}

/// A file-system error with the path, and without anything of the content.
pub(super) fn failed(path: &Path, error: &io::Error) -> Error {
    Error::new(&codes::WRITE_FAILED).detail(error.kind()).at(path.display())
}

//! Where the cluster's files are, and the two locks that order the commands.
//!
//! `holders.lock` is held shared by every command that uses the cluster; `start.lock` is held alone while one of them starts or stops it.
//! Both are released by the system when a command is killed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::account::Account;
use crate::{
    disk::Draft,
    error::{Error, Result, codes::warehouse as codes},
};

/// `sun_path` holds 108 bytes with its end; the socket's name is up to 18 of them (`/.s.PGSQL.65535`).
const LONGEST_SOCKET_DIR: usize = 107 - 18;

/// The directory `postgresql` under the data directory, absolute.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The directory, which need not be there.
    pub(super) fn of(root: &Path) -> Self {
        Self { root: fs::canonicalize(root).unwrap_or_else(|_| root.to_owned()) }
    }

    /// Makes the directory where it is missing.
    pub(super) fn at(root: &Path) -> Result<Self> {
        let made = make_passable(root.parent().unwrap_or(root)).and_then(|()| {
            match fs::DirBuilder::new().mode(0o700).create(root) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => fs::canonicalize(root),
            }
        });
        Ok(Self { root: made.map_err(|error| unusable(root, &error))? })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }
    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }
    /// Stands while `buss db start` keeps the cluster up; holds the address it listens on.
    pub(super) fn keep(&self) -> PathBuf {
        self.root.join("keep")
    }
    /// Password of `buss_analyst` for BI tools.
    pub(super) fn password(&self) -> PathBuf {
        self.root.join("analyst.password")
    }

    /// Major version of the data, when there are any.
    pub(super) fn data_major(&self) -> Result<Option<u32>> {
        let path = self.data().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.trim().split('.').next().and_then(|major| major.parse().ok())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&path, &error)),
        }
    }

    /// Waits for the right to start or stop the cluster.
    pub(super) fn lock_start(&self) -> Result<File> {
        let path = self.root.join("start.lock");
        open_lock(&path).and_then(|file| file.lock().map(|()| file)).map_err(|error| unusable(&path, &error))
    }

    /// The lock that users of the cluster share; to be locked under the start lock only.
    pub(super) fn holders(&self) -> Result<File> {
        let path = self.root.join("holders.lock");
        open_lock(&path).map_err(|error| unusable(&path, &error))
    }

    /// What the `keep` marker says, when it stands.
    pub(super) fn kept(&self) -> Option<String> {
        fs::read_to_string(self.keep()).ok().map(|text| text.trim().to_owned())
    }

    /// A directory of mode 0700 for the socket with a path short enough, owned by the account.
    pub(super) fn socket_dir(&self, account: Account) -> Result<PathBuf> {
        let name = format!("buss-{}", &hex::encode(Sha256::digest(self.root.as_os_str().as_encoded_bytes()))[..16]);
        let runtime = std::env::var_os("XDG_RUNTIME_DIR")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute() && owned_by(dir, account));
        let parents = runtime.into_iter().chain([PathBuf::from("/tmp")]);
        let tries = parents.flat_map(|parent| (0..10).map(move |n| (parent.clone(), n)));
        for (parent, n) in tries {
            let dir = parent.join(if n == 0 { name.clone() } else { format!("{name}-{n}") });
            if dir.as_os_str().len() <= LONGEST_SOCKET_DIR && make_private(&dir, account) {
                return Ok(dir);
            }
        }
        Err(Error::new(&codes::NO_SOCKET_DIR))
    }
}

/// Replaces a small private file in one step.
pub(super) fn write(path: &Path, text: &str, account: Account) -> Result<()> {
    let written = || -> io::Result<()> {
        let mut draft = Draft::create(path.with_extension("next"), 0o600)?;
        draft.write_all(text.as_bytes())?;
        account.own(draft.path())?;
        draft.name(path)
    };
    written().map_err(|error| unusable(path, &error))
}

/// Makes the missing directories of a path. What root makes lets others pass, whatever its umask: the server's account must.
pub(in crate::warehouse) fn make_passable(dir: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists()).collect();
    for dir in missing.into_iter().rev() {
        match fs::create_dir(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) if uzers::get_effective_uid() == 0 => {
                let mode = fs::metadata(dir)?.permissions().mode();
                fs::set_permissions(dir, fs::Permissions::from_mode(mode | 0o111))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// An existing directory is taken only when it is a real one of the account with mode 0700: in /tmp anyone may have made it.
fn make_private(dir: &Path, account: Account) -> bool {
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => account.own(dir).is_ok(),
        Err(_) => owned_by(dir, account),
    }
}

fn owned_by(dir: &Path, account: Account) -> bool {
    fs::symlink_metadata(dir)
        .is_ok_and(|found| found.is_dir() && found.uid() == account.uid && found.permissions().mode() & 0o777 == 0o700)
}

/// A file or directory that cannot be used, by path and kind of failure.
pub(super) fn unusable(path: &Path, error: &io::Error) -> Error {
    Error::new(&codes::CLUSTER_FILES).detail(error.kind()).at(path.display())
}

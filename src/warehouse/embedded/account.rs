//! The account that runs the server: the user's own, or for root one that exists, because PostgreSQL refuses root.

use std::{
    fmt, fs,
    io::ErrorKind,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use crate::error::{Error, Result, codes::warehouse as codes};

const ROOT: u32 = 0;

/// Under whom the programs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::warehouse) struct Account {
    pub(super) uid: u32,
    gid: u32,
    /// The command itself is root and steps down to the account.
    steps_down: bool,
}

impl fmt::Display for Account {
    /// The account's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match uzers::get_user_by_uid(self.uid) {
            Some(user) => f.write_str(&user.name().to_string_lossy()),
            None => write!(f, "{}", self.uid),
        }
    }
}

impl Account {
    /// The account for a cluster: the owner of existing data, else the user, else (for root) `postgres` or `nobody`.
    pub(super) fn choose(data: &Path) -> Result<Self> {
        let own = uzers::get_effective_uid();
        let owner = match fs::metadata(data) {
            Ok(found) => Some(found.uid()),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(Error::new(&codes::NOT_OWNER).at(data.display()));
            }
            Err(_) => None,
        };
        match owner {
            Some(owner) if own != ROOT && owner != own => Err(Error::new(&codes::NOT_OWNER).at(data.display())),
            _ if own != ROOT => Ok(Self { uid: own, gid: uzers::get_effective_gid(), steps_down: false }),
            Some(owner) if owner != ROOT => Self::of(uzers::get_user_by_uid(owner)),
            _ => Self::of(["postgres", "nobody"].iter().find_map(uzers::get_user_by_name)),
        }
    }

    fn of(user: Option<uzers::User>) -> Result<Self> {
        let user = user.ok_or_else(|| Error::new(&codes::NO_ACCOUNT))?;
        Ok(Self { uid: user.uid(), gid: user.primary_group_id(), steps_down: true })
    }

    /// A program run under the account, deaf to the terminal's Ctrl-C, without the caller's environment.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("TZ", "UTC").env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::null()).process_group(0);
        if self.steps_down {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Gives a file or directory to the account.
    pub(super) fn own(self, path: &Path) -> std::io::Result<()> {
        if self.steps_down { chown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Proves that the account can enter a directory, by entering it.
    pub(super) fn check_reach(self, dir: &Path) -> Result<()> {
        let mut probe = self.command(Path::new("/bin/sh"));
        probe.args(["-c", "exit 0"]).current_dir(dir).stdout(Stdio::null()).stderr(Stdio::null());
        match probe.status() {
            Ok(status) if status.success() => Ok(()),
            _ => {
                let closed = self.closed_ancestor(dir).unwrap_or(dir);
                Err(Error::new(&codes::UNREACHABLE_DIR).detail(format!("account {self}")).at(closed.display()))
            }
        }
    }

    /// The outermost directory that does not let the account pass, by its mode.
    fn closed_ancestor(self, dir: &Path) -> Option<&Path> {
        let ancestors: Vec<&Path> = dir.ancestors().collect();
        ancestors.into_iter().rev().find(|ancestor| {
            fs::metadata(ancestor).is_ok_and(|found| {
                let shift = if found.uid() == self.uid {
                    6
                } else if found.gid() == self.gid {
                    3
                } else {
                    0
                };
                (found.permissions().mode() >> shift) & 1 == 0
            })
        })
    }
}

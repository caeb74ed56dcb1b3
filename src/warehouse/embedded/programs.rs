//! The machine's own PostgreSQL programs.
//!
//! In: `[warehouse] programs`, the machine's directories and the version of existing data. Out: one directory with initdb, postgres and pg_ctl
//! of a version that can serve them.

use std::{
    env,
    ffi::OsStr,
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::error::{Error, Result, codes::warehouse as codes};

const OLDEST: u32 = 15;
const DEBIAN_ROOT: &str = "/usr/lib/postgresql";

/// A directory of programs with their major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    dir: PathBuf,
    pub(super) major: u32,
}

impl fmt::Display for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL {} in {}", self.major, self.dir.display())
    }
}

impl Programs {
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.dir.join(program)
    }

    /// The programs to use: of the data's own version where there are data, else the newest.
    pub(super) fn find(configured: Option<&Path>, data_major: Option<u32>) -> Result<Self> {
        let mut found: Vec<Self> = candidates(configured).into_iter().filter_map(at).collect();
        found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
        choose(found, data_major)
    }
}

fn choose(found: Vec<Programs>, data_major: Option<u32>) -> Result<Programs> {
    let newest = found.first().map(|programs| programs.major);
    match (data_major, newest) {
        (_, None) => Err(Error::new(&codes::NO_PROGRAMS)),
        (None, Some(_)) => found.into_iter().next().ok_or_else(|| Error::new(&codes::NO_PROGRAMS)),
        (Some(data), Some(newest)) => found.into_iter().find(|programs| programs.major == data).ok_or_else(|| {
            Error::new(&codes::OTHER_VERSION)
                .detail(format!("the data are of version {data}, the programs found of version {newest}"))
        }),
    }
}

/// Where programs may be, in order of preference. A configured directory is the only one.
fn candidates(configured: Option<&Path>) -> Vec<PathBuf> {
    if let Some(dir) = configured {
        return vec![dir.to_owned()];
    }
    let debian = fs::read_dir(DEBIAN_ROOT).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    debian.chain(env::split_paths(&path)).collect()
}

/// The programs of a directory, when all three are there and new enough.
fn at(dir: PathBuf) -> Option<Programs> {
    let complete = ["initdb", "postgres", "pg_ctl"].iter().all(|program| dir.join(program).is_file());
    let major = complete.then(|| version(&dir.join("postgres"))).flatten()?;
    (major >= OLDEST).then_some(Programs { dir, major })
}

fn version(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres).arg("--version").env("LC_ALL", OsStr::new("C")).output().ok()?;
    // postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().nth(2)?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(major: u32) -> Programs {
        Programs { dir: PathBuf::from("/x"), major }
    }

    #[test]
    fn data_choose_their_own_version() {
        let found = || vec![programs(17), programs(15)];
        assert_eq!(choose(found(), None).expect("newest").major, 17);
        assert_eq!(choose(found(), Some(15)).expect("own").major, 15);
        let error = choose(found(), Some(16)).expect_err("no such version");
        assert_eq!(error.code().id, "WARE-031");
        assert_eq!(choose(Vec::new(), None).expect_err("none").code().id, "WARE-030");
    }

    #[test]
    fn a_configured_directory_is_the_only_one() {
        let error = Programs::find(Some(Path::new("/nonexistent")), None).expect_err("nothing there");
        assert_eq!(error.code().id, "WARE-030");
    }
}

//! Where the demo goes: beside the program's sources, or in /var/tmp where the database could not live there.
//!
//! PostgreSQL does not run as root. Root starts it under another account, which a closed directory above (`/root`) keeps out.

use std::{
    fs::{self, DirBuilder, Permissions},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    error::{
        Error, Result,
        codes::{sample as codes, warehouse},
    },
    warehouse::{db, doctor},
};

const DEFAULT: &str = "var/demo";
/// Survives a restart of the machine, and everyone may make a directory there.
const ELSEWHERE: &str = "/var/tmp";

/// A directory for the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPlace {
    pub dir: PathBuf,
    /// A sentence, where it is not the usual place.
    pub why: Option<String>,
}

/// The directory asked for, else `var/demo` in the working directory, else one of its own in `/var/tmp`.
/// It is made here, open to the database's account, because the sample would make it as the umask says.
pub fn demo_place(asked: Option<PathBuf>) -> Result<DemoPlace> {
    let place = choose(asked)?;
    db::make_directory(&place.dir)?;
    Ok(place)
}

fn choose(asked: Option<PathBuf>) -> Result<DemoPlace> {
    if let Some(dir) = asked {
        return Ok(DemoPlace { dir, why: None });
    }
    let usual = PathBuf::from(DEFAULT);
    let bad = |_| Error::new(&codes::BAD_DIRECTORY).at(DEFAULT);
    let full = std::path::absolute(&usual).map_err(bad)?;
    match doctor::account_reaches(&full.join("var/postgresql")) {
        Err(error) if error.code() == &warehouse::UNREACHABLE_DIR => {
            let dir = elsewhere(Path::new(ELSEWHERE), &full)?;
            let (who, closed) = (error.detail_text(), error.place().unwrap_or_default());
            let why = format!(
                "The demo is in {}, because the {who} that runs the database cannot pass through {closed}. `--dir DIR` chooses another place.",
                dir.display()
            );
            Ok(DemoPlace { dir, why: Some(why) })
        }
        // Anything else is told by what needs it.
        _ => Ok(DemoPlace { dir: usual, why: None }),
    }
}

/// A directory named after the usual place, so that each clone finds its own again. One that somebody else made beforehand is not taken.
fn elsewhere(parent: &Path, usual: &Path) -> Result<PathBuf> {
    let name = &hex::encode(Sha256::digest(usual.as_os_str().as_encoded_bytes()))[..12];
    let names = (0..10).map(|n| if n == 0 { format!("buss-demo-{name}") } else { format!("buss-demo-{name}-{n}") });
    names
        .map(|name| parent.join(name))
        .find(|dir| is_ours(dir))
        .ok_or_else(|| Error::new(&codes::BAD_DIRECTORY).at(parent.join(format!("buss-demo-{name}")).display()))
}

/// Makes the directory, or takes one that only this account can have made and may write.
fn is_ours(dir: &Path) -> bool {
    match DirBuilder::new().mode(0o755).create(dir) {
        // Whatever the umask: the database's account must pass.
        Ok(()) => fs::set_permissions(dir, Permissions::from_mode(0o755)).is_ok(),
        Err(_) => fs::symlink_metadata(dir).is_ok_and(|found| {
            found.is_dir() && found.uid() == uzers::get_effective_uid() && found.mode() & 0o022 == 0
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_finds_its_own_place_again_and_takes_no_stranger() {
        let parent = tempfile::tempdir().unwrap();
        let (one, other) = (Path::new("/root/a/var/demo"), Path::new("/root/b/var/demo"));
        let first = elsewhere(parent.path(), one).unwrap();
        assert_eq!(elsewhere(parent.path(), one).unwrap(), first);
        assert_ne!(elsewhere(parent.path(), other).unwrap(), first);
        // A link that leads to a directory of ours, and a directory that others may write, could be traps.
        fs::remove_dir(&first).unwrap();
        std::os::unix::fs::symlink(parent.path(), &first).unwrap();
        let second = elsewhere(parent.path(), one).unwrap();
        assert_ne!(second, first);
        fs::set_permissions(&second, Permissions::from_mode(0o777)).unwrap();
        let third = elsewhere(parent.path(), one).unwrap();
        assert!(third != first && third != second && third.is_dir());
    }

    #[test]
    fn a_place_that_was_asked_for_is_taken() {
        let asked = PathBuf::from("/somewhere");
        assert_eq!(choose(Some(asked.clone())).unwrap(), DemoPlace { dir: asked, why: None });
    }
}

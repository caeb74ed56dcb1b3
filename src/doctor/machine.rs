//! The machine: declarations, keys, directories, disk, deliverers, PostgreSQL's programs, snapshots on disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use futures::{StreamExt, stream};
use rustix::fs::{Access, access, statvfs};

use super::Check;
use crate::{
    error::{Error, Result},
    extract::{self, http::Puller},
    pipeline::Declarations,
    privacy::keys,
    publish::{self, Place, Set},
    run,
    settings::{Deliverer, Paths, Settings},
    warehouse::doctor,
};

/// Less free space than this is too little for a night.
const LEAST_FREE_BYTES: u64 = 1 << 30;

/// Pipelines, reference data and SQL, as `buss validate` checks them.
pub(super) async fn declarations(settings: &Settings, loaded: Result<&Declarations, &Error>) -> Check {
    const NAME: &str = "declarations";
    let declarations = match loaded {
        Ok(declarations) => declarations,
        Err(error) => return Check::failed(NAME, error),
    };
    let checked = run::check(settings, declarations).await;
    Check::of(NAME, checked.map(|()| format!("{} pipelines, no findings", declarations.pipelines.len())))
}

/// Both keys are there, well-formed, and nobody else's to read.
pub(super) fn keys(settings: &Settings) -> Check {
    let found = keys::examine(settings).map(|there| match (there, settings.secrets.generate) {
        (true, false) => "both readable",
        (true, true) => "both readable; made on this machine, which is for the demo only",
        (false, _) => "made by the next run, which is for the demo only",
    });
    Check::of("keys", found)
}

/// Where the program writes.
fn places(paths: &Paths) -> [(&'static str, std::path::PathBuf); 5] {
    [
        ("data_dir", paths.data_dir.clone()),
        ("landing", paths.landing()),
        ("snapshots", paths.snapshots()),
        ("slices", paths.slices()),
        ("spool", paths.spool()),
    ]
}

/// The directory itself, or the nearest one above it, in which it would be made.
fn nearest(path: &Path) -> std::path::PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.ancestors().find(|above| above.symlink_metadata().is_ok()).map_or_else(|| path.clone(), Path::to_owned)
}

/// Each directory is ours to write, or can be made.
pub(super) fn directories(paths: &Paths) -> Check {
    const NAME: &str = "directories";
    let mut broken = BTreeSet::new();
    for (name, path) in places(paths) {
        let nearest = nearest(&path);
        if !nearest.is_dir() {
            broken.insert(format!("{name}: {} is not a directory", nearest.display()));
        } else if access(&nearest, Access::WRITE_OK | Access::EXEC_OK).is_err() {
            broken.insert(format!("{name}: {} may not be written", nearest.display()));
        }
    }
    if broken.is_empty() {
        return Check::well(NAME, format!("{} and what lies apart from it can be written", paths.data_dir.display()));
    }
    let detail: Vec<String> = broken.into_iter().collect();
    Check::broken(
        NAME,
        detail.join("; "),
        "Give the account that runs buss the directory, or set another one in [paths].",
    )
}

/// The file systems of data, landing and snapshots have room.
pub(super) fn disk(paths: &Paths) -> Check {
    let free = [paths.data_dir.clone(), paths.landing(), paths.snapshots()].map(|path| {
        let path = nearest(&path);
        let free = statvfs(&path).map(|found| found.f_bavail.saturating_mul(found.f_frsize));
        (free, path)
    });
    let mut least = (u64::MAX, String::new());
    for (free, path) in free {
        let path = path.display().to_string();
        match free {
            Ok(bytes) if bytes < least.0 => least = (bytes, path),
            Ok(_) => {}
            // What cannot be asked is told by the check of directories.
            Err(_) => return Check::well("disk", format!("the free space of {path} is not known")),
        }
    }
    room(least.0, &least.1)
}

fn room(free: u64, path: &str) -> Check {
    let detail = format!("{} MB free in {path}", free >> 20);
    if free < LEAST_FREE_BYTES {
        return Check::broken("disk", detail, "Free at least 1 GB, or set another place in [paths].");
    }
    Check::well("disk", detail)
}

/// Every deliverer's address leads somewhere: a directory that may be searched, or a server that answers and lets us in.
pub(super) async fn deliverers(settings: &Settings) -> Check {
    const NAME: &str = "deliverers";
    let deliverers: BTreeMap<(&str, &str), &Deliverer> = settings
        .deliverers
        .iter()
        .map(|deliverer| ((deliverer.code.as_str(), deliverer.base_url.as_str()), deliverer))
        .collect();
    if deliverers.is_empty() {
        return Check::broken(NAME, "none", "Name who delivers in [[deliverers]]; config/default.toml shows how.");
    }
    let puller = match Puller::new(settings) {
        Ok(puller) => puller,
        Err(error) => return Check::failed(NAME, &error),
    };
    let reached = deliverers.values().map(|deliverer| {
        let puller = &puller;
        async move { (&deliverer.code, reach(puller, deliverer).await) }
    });
    let reached: Vec<_> = stream::iter(reached).buffered(settings.http.parallel).collect().await;
    let mut hint = None;
    let mut broken = Vec::new();
    for (code, found) in &reached {
        if let Err(error) = found {
            hint.get_or_insert(error.code().hint);
            broken.push(format!("{code}: {error}"));
        }
    }
    match hint {
        Some(hint) => Check::broken(NAME, broken.join("; "), hint),
        None => Check::well(NAME, format!("{} addresses reached", reached.len())),
    }
}

async fn reach(puller: &Puller, deliverer: &Deliverer) -> Result<()> {
    if deliverer.base_url.starts_with("file:") {
        extract::reach(&deliverer.base_url)
    } else {
        puller.reach(deliverer).await
    }
}

/// What the embedded cluster stands on.
pub(super) fn embedded(settings: &Settings) -> [Check; 2] {
    [
        Check::of("programs", doctor::programs(settings)),
        Check::of(
            "account",
            doctor::account(settings).map(|account| format!("{account} reaches the database's directory")),
        ),
    ]
}

/// The snapshots that `CURRENT` names are whole.
pub(super) fn snapshot(settings: &Settings) -> Check {
    const NAME: &str = "snapshot";
    let place = place(&settings.paths);
    let mut names: BTreeSet<String> = Set::ALL.into_iter().filter_map(|set| place.current(set)).collect();
    // Two names are a disagreement with the publication, which is another check.
    let Some(name) = names.pop_last().filter(|_| names.is_empty()) else {
        return Check::well(NAME, "nothing to read");
    };
    Check::of(NAME, publish::verify(&place, Some(&name)).map(|files| format!("{name}: {files} files are whole")))
}

pub(super) fn place(paths: &Paths) -> Place {
    Place { snapshots: paths.snapshots(), slices: paths.slices() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_told() {
        assert!(room(LEAST_FREE_BYTES, "/x").ok);
        let little = room(LEAST_FREE_BYTES - 1, "/x");
        assert_eq!((little.ok, little.detail.as_str()), (false, "1023 MB free in /x"));
        assert!(little.hint.is_some());
    }

    #[test]
    fn what_is_not_there_is_judged_by_what_is_above() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(nearest(&dir.path().join("a/b/c")), dir.path());
    }
}

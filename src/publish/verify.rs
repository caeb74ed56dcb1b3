//! Snapshots as they lie on disk: what there is, and whether each file is what its manifest says.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use parquet::file::reader::{FileReader, SerializedFileReader};
use sha2::{Digest, Sha256};

use super::{
    manifest::{FileEntry, Manifest},
    place::{Place, Set, UNFINISHED},
};
use crate::error::{Error, Result, codes::publish as codes};

/// Written beside the tables; no file of a table.
const OWN_FILES: [&str; 2] = ["manifest.json", "datapackage.json"];

/// One snapshot, as `buss snapshot list` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    /// The sets that have it.
    pub sets: Vec<Set>,
    /// Named by `CURRENT` of every set that has it.
    pub current: bool,
    pub files: usize,
    pub rows: u64,
    pub bytes: u64,
}

/// All snapshots, oldest first.
pub fn list(place: &Place) -> Result<Vec<Listed>> {
    let mut names = BTreeSet::new();
    for set in Set::ALL {
        names.extend(place.entries(set)?.into_iter().filter(|name| !name.starts_with(UNFINISHED)));
    }
    names.into_iter().map(|name| listed(place, name)).collect()
}

fn listed(place: &Place, name: String) -> Result<Listed> {
    let sets: Vec<Set> = Set::ALL.into_iter().filter(|&set| place.snapshot(set, &name).is_dir()).collect();
    let mut listed = Listed { current: true, files: 0, rows: 0, bytes: 0, sets, name };
    for &set in &listed.sets {
        let manifest = manifest(place, set, &listed.name)?;
        for file in manifest.tables.iter().flat_map(|table| &table.files) {
            listed.files += 1;
            listed.rows += file.rows;
            listed.bytes += file.bytes;
        }
        listed.current &= place.current(set).as_deref() == Some(listed.name.as_str());
    }
    Ok(listed)
}

/// The manifest of a snapshot.
pub fn manifest(place: &Place, set: Set, name: &str) -> Result<Manifest> {
    let path = place.snapshot(set, name).join("manifest.json");
    let text =
        fs::read_to_string(&path).map_err(|_| Error::new(&codes::NO_SNAPSHOT).detail(name).at(path.display()))?;
    serde_json::from_str(&text).map_err(|_| damaged(&path, "not a manifest"))
}

/// Reads every file of a snapshot (default: the current one) in both sets; gives how many were proven, or all findings at once.
pub fn verify(place: &Place, name: Option<&str>) -> Result<usize> {
    let mut proven = 0;
    let mut findings = Vec::new();
    for set in Set::ALL {
        let name = match name {
            Some(name) => name.to_owned(),
            None => place.current(set).ok_or_else(|| Error::new(&codes::NO_SNAPSHOT).detail(set))?,
        };
        let dir = place.snapshot(set, &name);
        let manifest = manifest(place, set, &name)?;
        let files: Vec<&FileEntry> = manifest.tables.iter().flat_map(|table| &table.files).collect();
        for file in &files {
            match check(&dir, file) {
                Ok(()) => proven += 1,
                Err(finding) => findings.push(finding),
            }
        }
        let listed: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        findings.extend(strangers(&dir, &listed)?);
    }
    Error::all(findings).map_or(Ok(proven), Err)
}

fn check(dir: &Path, entry: &FileEntry) -> Result<()> {
    let path = dir.join(&entry.path);
    let file = File::open(&path).map_err(|_| damaged(&path, "missing"))?;
    if sha256(&file).map_err(|_| damaged(&path, "unreadable"))? != entry.sha256 {
        return Err(damaged(&path, "other content"));
    }
    let reader = SerializedFileReader::new(file).map_err(|_| damaged(&path, "not Parquet"))?;
    let rows = reader.metadata().file_metadata().num_rows();
    if u64::try_from(rows) == Ok(entry.rows) { Ok(()) } else { Err(damaged(&path, "another number of rows")) }
}

fn sha256(mut file: &File) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(digest.finalize())),
            read => digest.update(&buffer[..read]),
        }
    }
}

/// Files that the manifest does not list.
fn strangers(dir: &Path, listed: &BTreeSet<&str>) -> Result<Vec<Error>> {
    let unreadable = |_| damaged(dir, "unreadable");
    let mut found = Vec::new();
    for folder in fs::read_dir(dir).map_err(unreadable)? {
        let folder = folder.map_err(unreadable)?;
        let name = folder.file_name().to_string_lossy().into_owned();
        if folder.path().is_dir() {
            for file in fs::read_dir(folder.path()).map_err(unreadable)? {
                let file = file.map_err(unreadable)?;
                let path = format!("{name}/{}", file.file_name().to_string_lossy());
                if !listed.contains(path.as_str()) {
                    found.push(damaged(&file.path(), "not in the manifest"));
                }
            }
        } else if !OWN_FILES.contains(&name.as_str()) {
            found.push(damaged(&folder.path(), "not in the manifest"));
        }
    }
    Ok(found)
}

fn damaged(path: &Path, what: &str) -> Error {
    Error::new(&codes::DAMAGED).detail(what).at(path.display())
}

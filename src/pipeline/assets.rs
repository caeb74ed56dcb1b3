//! The files the program carries (pipelines, SQL, reference data), overlaid by the directories of `[paths]`.

use std::{collections::BTreeMap, fs, path::Path};

use include_dir::{Dir, include_dir};

use crate::{
    error::{Error, Result, codes},
    settings::Paths,
};

static PIPELINES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/pipelines");
static SQL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sql");
static REFERENCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config");

/// Text files by path relative to their root, in order of path. A file of an overlay replaces one of the same path.
#[derive(Debug, Clone, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Files under `folder` (`mart`), as (path, text), in order of path.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter().filter(move |(path, _)| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn embedded(dir: &Dir<'_>) -> Self {
        let mut files = Self::default();
        files.take_embedded(dir);
        files
    }

    fn take_embedded(&mut self, dir: &Dir<'_>) {
        for file in dir.files() {
            if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                self.0.insert(path.to_owned(), text.to_owned());
            }
        }
        for inner in dir.dirs() {
            self.take_embedded(inner);
        }
    }

    fn overlay(mut self, root: Option<&Path>) -> Result<Self> {
        if let Some(root) = root {
            self.take_directory(root, root)?;
        }
        Ok(self)
    }

    fn take_directory(&mut self, root: &Path, dir: &Path) -> Result<()> {
        let unreadable = |path: &Path| Error::new(&codes::settings::UNREADABLE).at(path.display());
        for entry in fs::read_dir(dir).map_err(|_| unreadable(dir))? {
            let path = entry.map_err(|_| unreadable(dir))?.path();
            if path.is_dir() {
                self.take_directory(root, &path)?;
            } else if let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                let text = fs::read_to_string(&path).map_err(|_| unreadable(&path))?;
                self.0.insert(relative.to_owned(), text);
            }
        }
        Ok(())
    }
}

/// Everything declared, as text.
#[derive(Debug, Clone)]
pub struct Assets {
    /// `anmalningar.toml`, …
    pub pipelines: Files,
    /// `migrations/…`, `conform/…`, `mart/…`, `audit/…`
    pub sql: Files,
    /// `districts.csv`, …
    pub reference: Files,
}

impl Assets {
    pub fn load(paths: &Paths) -> Result<Self> {
        Ok(Self {
            pipelines: Files::embedded(&PIPELINES).overlay(paths.pipelines.as_deref())?,
            sql: Files::embedded(&SQL).overlay(paths.sql.as_deref())?,
            reference: Files::embedded(&REFERENCE).overlay(paths.reference.as_deref())?,
        })
    }
}

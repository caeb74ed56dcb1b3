//! All declarations of the program: pipelines, SQL and reference data, read and checked together.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Value;

use super::{Assets, Files, Pipeline, Reference, check::Findings, schema::PIPELINE};
use crate::{
    error::{Error, Result, codes},
    settings::{
        Settings,
        document::{self, Document},
    },
};

/// Everything declared, checked.
#[derive(Debug, Clone)]
pub struct Declarations {
    /// In order of name.
    pub pipelines: Vec<Pipeline>,
    pub sql: Files,
    pub reference: Reference,
}

impl Declarations {
    /// Reads what the program carries and the overlays of `[paths]`; all findings of all files are told at once.
    pub fn load(settings: &Settings) -> Result<Self> {
        let assets = Assets::load(&settings.paths)?;
        let mut findings = Vec::new();
        let reference = Reference::load(&assets.reference).unwrap_or_else(|error| {
            findings.push(error);
            Reference::default()
        });
        let mut pipelines = Vec::new();
        for (path, text) in assets.pipelines.iter().filter(|(path, _)| is_toml(path)) {
            match read(path, text, &assets.sql, &reference) {
                Ok(pipeline) => pipelines.push(pipeline),
                Err(found) => findings.extend(found),
            }
        }
        pipelines.sort_by(|left, right| left.name.cmp(&right.name));
        findings.extend(unknown_coverage(settings, &pipelines, &assets.pipelines));
        match Error::all(findings) {
            Some(error) => Err(error),
            None => Ok(Self { pipelines, sql: assets.sql, reference }),
        }
    }

    pub fn pipeline(&self, name: &str) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.name.as_str() == name)
    }
}

/// Covered datasets that no file declares; what is wrong with a file that does is told of that file.
fn unknown_coverage(settings: &Settings, pipelines: &[Pipeline], files: &Files) -> Vec<Error> {
    let stems = files.iter().filter_map(|(path, _)| path.strip_suffix(".toml"));
    let known: BTreeSet<&str> = pipelines.iter().map(|pipeline| pipeline.name.as_str()).chain(stems).collect();
    let unknown = settings.coverage.keys().filter(|name| !known.contains(name.as_str()));
    unknown
        .map(|name| {
            let near = crate::settings::shape::nearest(name, known.iter().copied())
                .map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
            let error =
                Error::new(&codes::settings::BAD_VALUE).detail(format!("`coverage.{name}`: no such dataset{near}"));
            match settings.coverage_places.get(name) {
                Some(place) => error.at(place),
                None => error,
            }
        })
        .collect()
}

fn is_toml(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "toml")
}

/// Reads one pipeline file. `path` is relative to the directory of pipelines.
fn read(path: &str, text: &str, sql: &Files, reference: &Reference) -> Result<Pipeline, Vec<Error>> {
    let file = format!("pipelines/{path}");
    let document = document::read(&file, text, PIPELINE, false)?;
    let missing = missing_target_keys(&document);
    if !missing.is_empty() {
        return Err(missing);
    }
    let misfit = |_| vec![Error::new(&codes::settings::BAD_DECLARATION).detail("keys do not fit together").at(&file)];
    let mut pipeline = Pipeline::deserialize(Value::Table(document.table.clone())).map_err(misfit)?;
    text.clone_into(&mut pipeline.text);
    let findings = Findings::of(&pipeline, path, &document, sql, reference);
    if findings.is_empty() { Ok(pipeline) } else { Err(findings) }
}

/// Which keys a target column needs depends on its kind.
fn missing_target_keys(document: &Document) -> Vec<Error> {
    let columns = document.table.get("target").and_then(|target| target.get("columns")).and_then(Value::as_array);
    let mut findings = Vec::new();
    for (at, column) in columns.into_iter().flatten().enumerate() {
        let needed = match column.get("kind").and_then(Value::as_str) {
            Some("identity") => "scope",
            Some("dimension") => "dimension",
            _ => continue,
        };
        if column.get(needed).is_none() {
            let path = format!("target.columns[{at}]");
            findings.push(
                Error::new(&codes::settings::MISSING_KEY)
                    .detail(format!("`{path}.{needed}`"))
                    .at(document.place(&path)),
            );
        }
    }
    findings
}

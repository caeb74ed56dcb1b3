//! `snapshot` and `sample`: what lies on disk.

use std::path::Path;

use serde_json::json;

use super::{
    Context,
    args::Snapshot,
    output::Answer,
    table::{table, thousands},
};
use crate::{
    error::Result,
    publish::{self, Listed, Place},
    sample::{self, Faults, Options, Report},
};

pub fn snapshot(context: &Context, action: &Snapshot) -> Result<Answer> {
    let paths = context.settings()?.paths;
    let place = Place { snapshots: paths.snapshots(), slices: paths.slices() };
    match action {
        Snapshot::List => {
            let listed = publish::list(&place)?;
            let json: Vec<_> = listed.iter().map(snapshot_json).collect();
            Ok(Answer::new(snapshots_text(&listed), &json))
        }
        Snapshot::Verify { name } => {
            let proven = publish::verify(&place, name.as_deref())?;
            Ok(Answer::new(format!("{proven} files are what their manifests say."), &json!({ "files": proven })))
        }
    }
}

fn snapshot_json(listed: &Listed) -> serde_json::Value {
    let sets: Vec<_> = listed.sets.iter().map(|set| set.name()).collect();
    json!({
        "name": listed.name, "sets": sets, "current": listed.current,
        "files": listed.files, "rows": listed.rows, "bytes": listed.bytes,
    })
}

fn snapshots_text(listed: &[Listed]) -> String {
    if listed.is_empty() {
        return "No snapshots.".into();
    }
    let rows = listed.iter().map(|snapshot| {
        let sets: Vec<_> = snapshot.sets.iter().map(|set| set.name()).collect();
        vec![
            snapshot.name.clone(),
            sets.join(", "),
            if snapshot.current { "published".into() } else { String::new() },
            snapshot.files.to_string(),
            unsigned(snapshot.rows),
            unsigned(snapshot.bytes),
        ]
    });
    table(&["snapshot", "sets", "", "files", "rows", "bytes"], rows)
}

fn unsigned(number: u64) -> String {
    i64::try_from(number).map_or_else(|_| number.to_string(), thousands)
}

pub fn sample(out: &Path, options: Options) -> Result<Answer> {
    let report = sample::write(out, options)?;
    Ok(Answer::new(sample_text(&report), &report))
}

/// The options as typed: left out means the sample's own default.
pub fn sample_options(seed: Option<u64>, scale: Option<f64>, faults: bool) -> Options {
    let default = Options::default();
    Options {
        seed: seed.unwrap_or(default.seed),
        scale: scale.unwrap_or(default.scale),
        faults: if faults { Faults::All } else { Faults::None },
    }
}

fn sample_text(report: &Report) -> String {
    let mut text = format!(
        "{} files, {} rows, {} planted faults in {}\n{}\n\nNext: buss run --config {}\n",
        report.files.len(),
        unsigned(report.rows()),
        report.faults.len(),
        report.dir.display(),
        report.made_up,
        report.config.display(),
    );
    if !report.faults.is_empty() {
        let rows = report.faults.iter().map(|fault| {
            let record = fault.record.map_or_else(String::new, |record| record.to_string());
            vec![
                fault.path.clone(),
                fault.fault.into(),
                record,
                fault.expect.into(),
                fault.code.unwrap_or_default().into(),
            ]
        });
        text.push('\n');
        text.push_str(&table(&["file", "planted", "record", "expect", "code"], rows));
    }
    text
}

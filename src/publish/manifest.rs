//! `manifest.json` and `datapackage.json`: what a snapshot holds, of which loads it was made, and who may read it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::file::Described;

/// The manifest of one snapshot of one set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub snapshot: String,
    pub set: String,
    pub audience: String,
    /// The knowledge instant, RFC 3339.
    pub known_at: String,
    pub program_version: String,
    /// Versions of rules, code lists and conform SQL, as the loads recorded them.
    pub rule_versions: Vec<String>,
    pub tables: Vec<Table>,
    pub loads: Vec<Load>,
    pub completeness: Vec<Completeness>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub rows: u64,
    pub schema: Vec<Field>,
    pub files: Vec<FileEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    /// Arrow's name of the type.
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileEntry {
    /// Relative to the snapshot.
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

/// One load in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub load_id: i64,
    pub deliverer: String,
    pub dataset: String,
    pub period: String,
    pub content_hash: String,
}

/// How much of a dataset's period was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    pub dataset: String,
    pub period: String,
    pub expected: i64,
    pub loaded: i64,
    pub missing: Vec<String>,
}

impl Table {
    pub(super) fn new(name: &str, schema: Described, mut files: Vec<FileEntry>) -> Self {
        files.sort();
        let schema = schema.into_iter().map(|(name, kind)| Field { name, kind }).collect();
        Self { name: name.to_owned(), rows: files.iter().map(|file| file.rows).sum(), schema, files }
    }
}

impl Manifest {
    /// The same, as a Frictionless data package.
    pub(super) fn datapackage(&self) -> Value {
        let resources: Vec<Value> = self.tables.iter().filter(|table| !table.files.is_empty()).map(resource).collect();
        json!({
            "name": format!("buss-{}", self.set),
            "title": format!("buss, {} snapshot {}", self.set, self.snapshot),
            "created": self.known_at,
            "resources": resources,
        })
    }
}

fn resource(table: &Table) -> Value {
    let fields: Vec<Value> =
        table.schema.iter().map(|field| json!({ "name": field.name, "type": frictionless(&field.kind) })).collect();
    let paths: Vec<&str> = table.files.iter().map(|file| file.path.as_str()).collect();
    json!({
        "name": table.name,
        "path": paths,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": { "fields": fields },
    })
}

/// The Frictionless word for an Arrow type.
fn frictionless(kind: &str) -> &'static str {
    match kind {
        "Boolean" => "boolean",
        "Int16" | "Int32" | "Int64" => "integer",
        "Date32" => "date",
        kind if kind.starts_with("Decimal") || kind.starts_with("Float") => "number",
        kind if kind.starts_with("Timestamp") => "datetime",
        _ => "string",
    }
}

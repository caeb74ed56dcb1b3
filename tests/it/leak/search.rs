//! The search through whatever the program left or said.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    path::Path,
    process::Output,
};

use arrow::util::display::array_value_to_string;
use buss::warehouse::{Role, Warehouse};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use regex::bytes::Regex;

use super::extracts::Secrets;
use crate::place::Place;

/// Everything said and left so far, by where it was found.
pub struct Search {
    forms: BTreeMap<Vec<u8>, String>,
    pattern: Regex,
    pub found: Vec<String>,
    pub bytes: usize,
}

impl Search {
    pub fn for_all(secrets: &Secrets) -> Self {
        Self::for_forms(secrets.forms().into_iter().map(|(form, place)| (form, place.to_owned())).collect())
    }

    /// For words that are told apart by where they come from.
    pub fn for_forms(forms: BTreeMap<Vec<u8>, String>) -> Self {
        let words: Vec<String> = forms.keys().map(|form| String::from_utf8(form.clone()).expect("text")).collect();
        let pattern = Regex::new(&words.join("|")).expect("a pattern");
        Self { forms, pattern, found: Vec::new(), bytes: 0 }
    }

    pub fn bytes(&mut self, place: &str, bytes: &[u8]) {
        self.bytes += bytes.len();
        for found in self.pattern.find_iter(bytes) {
            self.found.push(format!("{place} holds that of {}", self.forms[found.as_bytes()]));
        }
    }

    pub fn output(&mut self, what: &str, output: &Output) {
        self.bytes(&format!("stdout of {what}"), &output.stdout);
        self.bytes(&format!("stderr of {what}"), &output.stderr);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("a defect of the program"), "{what}: {output:?}");
    }

    /// Every file under a directory, Parquet also by its values.
    pub fn tree(&mut self, dir: &Path) {
        for entry in walkdir::WalkDir::new(dir).into_iter().filter_map(std::result::Result::ok) {
            let path = entry.path();
            self.bytes("a file's name", path.as_os_str().as_encoded_bytes());
            // Sockets cannot be read, and files of a running server may go.
            let Ok(content) = fs::read(path) else { continue };
            self.bytes(&path.display().to_string(), &content);
            // A killed run leaves Parquet without its end, in a directory that has no name yet: no reader opens it.
            let is_unfinished = path.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b".tmp-"));
            if !is_unfinished && path.extension().is_some_and(|extension| extension == "parquet") {
                self.bytes(&path.display().to_string(), values_of(path).as_bytes());
            }
        }
    }

    #[track_caller]
    pub fn found_nothing(&mut self) {
        self.found.sort();
        self.found.dedup();
        assert!(self.found.is_empty(), "{:#?}", self.found);
    }
}

fn values_of(path: &Path) -> String {
    let file = File::open(path).expect("a file");
    let mut text = String::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .expect("Parquet")
    {
        let batch = batch.expect("a batch");
        for column in batch.columns() {
            for row in 0..batch.num_rows() {
                writeln!(text, "{}", array_value_to_string(column, row).expect("a value")).expect("text");
            }
        }
    }
    text
}

/// All tables as text: what the server keeps compressed shows here.
pub fn tables_of(place: &Place) -> Vec<(String, String)> {
    const TABLES: &str = "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let warehouse = Warehouse::open(&place.settings).await.expect("the cluster");
        let session = warehouse.connect(Role::Owner).await.expect("a session");
        let mut texts = Vec::new();
        for table in session.query(TABLES, &[]).await.expect("tables") {
            let table: String = table.get(0);
            let query = format!("select coalesce(string_agg(t::text, e'\\n'), '') from {table} as t");
            texts.push((table, session.query_one(&query, &[]).await.expect("rows").get(0)));
        }
        session.close().await;
        warehouse.close().await.expect("let go");
        texts
    })
}

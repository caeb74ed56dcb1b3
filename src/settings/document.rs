//! A TOML file read against a [`Shape`]: every finding at once, each with file and line.
//!
//! In: the file's name and text. Out: plain TOML values that fit the shape, and the place of every key, so that later
//! checks can name lines too. Values never stand in a finding: a settings file may hold a password.

use std::{collections::BTreeMap, ops::Range};

use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue},
};

use super::shape::{Key, Shape, nearest};
use crate::error::{Code, Error, codes};

/// What was read of one file.
#[derive(Debug, Clone, Default)]
pub struct Document {
    pub table: Table,
    places: BTreeMap<String, String>,
    file: String,
}

impl Document {
    /// Where a key stands (`columns[2].scope`); the nearest enclosing key or the file when it stands nowhere.
    pub fn place(&self, path: &str) -> String {
        let mut path = path;
        loop {
            if let Some(place) = self.places.get(path) {
                return place.clone();
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return self.file.clone(),
            }
        }
    }

    /// True when the key stands in the file.
    pub fn stands(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    /// Lays another file over this one: tables key by key, everything else (lists too) whole.
    pub fn overlay(&mut self, over: Self) {
        for (path, place) in over.places {
            self.places.insert(path, place);
        }
        merge(&mut self.table, over.table);
        self.file = over.file;
    }
}

fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            // A secret is a table with one key: it is replaced whole like a value.
            (Some(Value::Table(under)), Value::Table(over)) if !is_choice(under) => merge(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn is_choice(table: &Table) -> bool {
    table.len() == 1 && table.keys().all(|key| ["file", "env", "credential"].contains(&key.as_str()))
}

/// Reads a file. `partial` says that required keys of its outermost table may be missing (another layer has them).
pub fn read(file: &str, text: &str, keys: &'static [Key], partial: bool) -> Result<Document, Vec<Error>> {
    let (parsed, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| not_toml(file, text, error)).collect());
    }
    let mut walk = Walk { file, text, places: BTreeMap::new(), findings: Vec::new() };
    let table = walk.table("", keys, parsed.get_ref(), 0..0, partial);
    if walk.findings.is_empty() {
        Ok(Document { table, places: walk.places, file: file.to_owned() })
    } else {
        walk.findings.sort_by_key(|(offset, _)| *offset);
        Err(walk.findings.into_iter().map(|(_, error)| error).collect())
    }
}

fn not_toml(file: &str, text: &str, error: &toml::de::Error) -> Error {
    let line = error.span().map_or(1, |span| line(text, span.start));
    Error::new(&codes::settings::NOT_TOML).at(format!("{file}:{line}"))
}

fn line(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    memchr::memchr_iter(b'\n', before).count() + 1
}

struct Walk<'a> {
    file: &'a str,
    text: &'a str,
    places: BTreeMap<String, String>,
    /// With their place in the text, by which they are told.
    findings: Vec<(usize, Error)>,
}

impl Walk<'_> {
    fn report(&mut self, code: &'static Code, detail: String, span: &Range<usize>) {
        let error = Error::new(code).detail(detail).at(self.at(span));
        self.findings.push((span.start, error));
    }

    fn at(&self, span: &Range<usize>) -> String {
        format!("{}:{}", self.file, line(self.text, span.start))
    }

    fn table(
        &mut self,
        path: &str,
        keys: &'static [Key],
        table: &DeTable<'_>,
        span: Range<usize>,
        partial: bool,
    ) -> Table {
        let mut read = Table::new();
        for (name, value) in table {
            let inner = join(path, name.get_ref());
            let Some(key) = keys.iter().find(|key| key.name == name.get_ref()) else {
                self.unknown(&inner, name, keys);
                continue;
            };
            self.places.insert(inner.clone(), self.at(&name.span()));
            if let Some(value) = self.value(&inner, &key.shape, value) {
                read.insert(key.name.to_owned(), value);
            }
        }
        for key in keys.iter().filter(|key| key.required && !partial) {
            if !table.contains_key(key.name) {
                self.report(&codes::settings::MISSING_KEY, format!("`{}`", join(path, key.name)), &span);
            }
        }
        read
    }

    fn unknown(&mut self, path: &str, name: &Spanned<std::borrow::Cow<'_, str>>, keys: &[Key]) {
        let known = keys.iter().map(|key| key.name);
        let detail = match nearest(name.get_ref(), known) {
            Some(near) => format!("`{path}`; the nearest known key is `{near}`"),
            None => format!("`{path}`"),
        };
        self.report(&codes::settings::UNKNOWN_KEY, detail, &name.span());
    }

    fn value(&mut self, path: &str, shape: &Shape, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        match (shape, value.get_ref()) {
            (Shape::Table(keys), DeValue::Table(table)) => {
                Some(Value::Table(self.table(path, keys, table, value.span(), false)))
            }
            (Shape::OneOf(keys), DeValue::Table(table)) if table.len() == 1 => {
                Some(Value::Table(self.table(path, keys, table, value.span(), true)))
            }
            (Shape::Map(inner), DeValue::Table(table)) => Some(Value::Table(self.map(path, inner, table))),
            (Shape::List(inner), DeValue::Array(items)) => {
                let items = items.iter().enumerate();
                Some(Value::Array(
                    items.filter_map(|(at, item)| self.item(&format!("{path}[{at}]"), inner, item)).collect(),
                ))
            }
            (shape, plain) => {
                let read = shape.scalar(plain);
                read.map_err(|wanted| {
                    let detail = format!("`{path}` must be {wanted}");
                    self.report(&codes::settings::BAD_VALUE, detail, &value.span());
                })
                .ok()
            }
        }
    }

    fn item(&mut self, path: &str, shape: &Shape, item: &Spanned<DeValue<'_>>) -> Option<Value> {
        self.places.insert(path.to_owned(), self.at(&item.span()));
        self.value(path, shape, item)
    }

    fn map(&mut self, path: &str, shape: &Shape, table: &DeTable<'_>) -> Table {
        let mut read = Table::new();
        for (name, value) in table {
            let inner = join(path, name.get_ref());
            self.places.insert(inner.clone(), self.at(&name.span()));
            if let Some(value) = self.value(&inner, shape, value) {
                read.insert(name.get_ref().to_string(), value);
            }
        }
        read
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

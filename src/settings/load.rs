//! The layers of the settings: embedded defaults, the file of `--config`, `BUSS_…` variables.
//!
//! Out: checked [`Settings`], or every finding of every layer at once.

use std::{collections::BTreeSet, fs, path::Path};

use serde::Deserialize;
use toml::{Table, Value};

use super::{
    Deliverer, DelivererHttp, HostPort, Settings,
    document::{self, Document},
    host,
    schema::SETTINGS,
    shape::{Key, Shape, nearest},
};
use crate::{
    error::{Error, Result, codes},
    model::escaped,
};

/// The embedded, commented defaults.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");
/// The settings of `buss demo`.
pub const DEMO: &str = include_str!("../../config/demo.toml");

const PREFIX: &str = "BUSS_";

impl Settings {
    /// Reads the settings. `env` is the environment of the process; variables without the prefix are passed over.
    pub fn load(config: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let file = match config {
            Some(path) => {
                let unreadable = |_| Error::new(&codes::settings::UNREADABLE).at(path.display());
                Some((path.display().to_string(), fs::read_to_string(path).map_err(unreadable)?))
            }
            None => None,
        };
        Self::from_layers(file.as_ref().map(|(name, text)| (name.as_str(), text.as_str())), env)
    }

    /// The settings of the demo, with its data in `dir`.
    pub fn demo(dir: &Path, env: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let dir = dir.to_string_lossy().into_owned();
        let env = env.chain([("BUSS_PATHS__DATA_DIR".to_owned(), dir)]);
        Self::from_layers(Some(("config/demo.toml", DEMO)), env)
    }

    fn from_layers(file: Option<(&str, &str)>, env: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut findings = Vec::new();
        let mut settings = Document::default();
        for (name, text) in [Some(("config/default.toml", DEFAULTS)), file].into_iter().flatten() {
            match document::read(name, text, SETTINGS, true) {
                Ok(layer) => settings.overlay(layer),
                Err(found) => findings.extend(found),
            }
        }
        take_variables(&mut settings.table, env, &mut findings);
        if let Some(error) = Error::all(findings) {
            return Err(error);
        }
        let value = Value::Table(settings.table.clone());
        let read = Self::deserialize(value)
            .map_err(|_| Error::new(&codes::settings::BAD_VALUE).detail("a key that must be set is missing"))?;
        read.resolved(&settings)
    }

    /// Fills the placeholders of addresses and checks the deliverers against each other.
    fn resolved(mut self, document: &Document) -> Result<Self> {
        let data_dir = std::path::absolute(&self.paths.data_dir).unwrap_or_else(|_| self.paths.data_dir.clone());
        // An address has no blank, and `%`, `?` and `#` mean something in it.
        let data_dir = escaped(&data_dir);
        let mut findings = Vec::new();
        for (at, deliverer) in self.deliverers.iter_mut().enumerate() {
            deliverer.base_url =
                deliverer.base_url.replace("{deliverer}", deliverer.code.as_str()).replace("{data_dir}", &data_dir);
            let base_url = format!("deliverers[{at}].base_url");
            findings.extend(address_problem(deliverer, &base_url).map(|error| error.at(document.place(&base_url))));
            findings.extend(http_problems(deliverer, at, document));
            if deliverer.valid_from.zip(deliverer.valid_to).is_some_and(|(from, to)| to < from) {
                let detail = format!("`deliverers[{at}].valid_to` must not lie before valid_from");
                let place = document.place(&format!("deliverers[{at}].valid_to"));
                findings.push(Error::new(&codes::settings::BAD_VALUE).detail(detail).at(place));
            }
        }
        findings.extend(overlaps(&self.deliverers, document));
        let place = |name: &String| (name.clone(), document.place(&format!("coverage.{name}")));
        self.coverage_places = self.coverage.keys().map(place).collect();
        Error::all(findings).map_or(Ok(self), Err)
    }
}

fn address_problem(deliverer: &Deliverer, path: &str) -> Option<Error> {
    let url = &deliverer.base_url;
    if deliverer.is_http() {
        let why = host::http_address(url).err()?;
        return Some(Error::new(&codes::settings::HOST).detail(format!("`{path}`: {why}")));
    }
    let local = url.starts_with("file:///") && !url.contains(['?', '#']);
    (!local).then(|| {
        let detail = format!("`{path}` must be an address that starts with file:///, http:// or https://");
        Error::new(&codes::settings::BAD_VALUE).detail(detail)
    })
}

/// What is wrong with the keys that say how an HTTP address is spoken to.
fn http_problems(deliverer: &Deliverer, at: usize, document: &Document) -> Vec<Error> {
    let DelivererHttp { bearer, basic, client_identity, allow_hosts, .. } = &deliverer.http;
    let mut findings = Vec::new();
    let mut find = |code, key: &str, why: &str| {
        let path = format!("deliverers[{at}].http.{key}");
        findings.push(Error::new(code).detail(format!("`{path}`: {why}")).at(document.place(&path)));
    };
    for (number, text) in allow_hosts.iter().enumerate() {
        if let Err(why) = HostPort::plain(text) {
            find(&codes::settings::HOST, &format!("allow_hosts[{number}]"), &why);
        }
    }
    if bearer.is_some() && basic.is_some() {
        find(&codes::settings::BAD_VALUE, "basic", "bearer is set too, and a request carries one of them");
    }
    if deliverer.is_http() && !deliverer.base_url.starts_with("https://") {
        let here = host::http_address(&deliverer.base_url).is_ok_and(|place| place.host.is_this_machine());
        let secrets = [("bearer", bearer.is_some()), ("basic", basic.is_some())];
        for (key, _) in secrets.iter().filter(|(_, set)| *set && !here) {
            find(&codes::settings::IN_THE_CLEAR, key, "base_url begins with http://");
        }
        if client_identity.is_some() {
            find(
                &codes::settings::IN_THE_CLEAR,
                "client_identity",
                "base_url begins with http://, which has no certificates",
            );
        }
    }
    findings
}

/// One code may stand twice, never for the same day.
fn overlaps(deliverers: &[Deliverer], document: &Document) -> Vec<Error> {
    let mut findings = Vec::new();
    for (at, later) in deliverers.iter().enumerate() {
        for earlier in deliverers[..at].iter().filter(|earlier| earlier.code == later.code) {
            let (key, problem) = if earlier.overlaps(later) {
                ("code", "stands twice with overlapping validity")
            } else if earlier.shares_year(later) && earlier.base_url != later.base_url {
                // A resource is one per code, dataset and year, and lies in one place.
                ("base_url", "has two addresses in the year in which one validity ends and the next begins")
            } else {
                continue;
            };
            let path = format!("deliverers[{at}].{key}");
            let detail = format!("`{path}`: {} {problem}", later.code);
            findings.push(Error::new(&codes::settings::BAD_VALUE).detail(detail).at(document.place(&path)));
        }
    }
    findings
}

/// `BUSS_WAREHOUSE__URL` sets `warehouse.url`. Variables that a secret names are no settings, nor are those without `__`,
/// unless they are a setting's name with one underscore too few.
fn take_variables(table: &mut Table, env: impl Iterator<Item = (String, String)>, findings: &mut Vec<Error>) {
    let mut secrets = BTreeSet::new();
    named_variables(&Value::Table(table.clone()), &mut secrets);
    let known: Vec<String> = SETTINGS.iter().flat_map(variables).collect();
    for (name, text) in env {
        let Some(rest) = name.strip_prefix(PREFIX).filter(|_| !secrets.contains(&name)) else { continue };
        let single = known.iter().any(|known| known.replace("__", "_") == name);
        if !rest.contains("__") && !single {
            continue;
        }
        if let Err(error) = set_variable(table, &name, rest, &text, &known) {
            findings.push(error.at(format!("environment variable {name}")));
        }
    }
}

fn set_variable(table: &mut Table, name: &str, rest: &str, text: &str, known: &[String]) -> Result<()> {
    let path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
    let unknown = || {
        let near = nearest(name, known.iter().map(String::as_str));
        let detail = near
            .map_or_else(|| format!("`{name}`"), |near| format!("`{name}`; the nearest known variable is `{near}`"));
        Error::new(&codes::settings::UNKNOWN_KEY).detail(detail)
    };
    let shape = find(SETTINGS, &path).ok_or_else(unknown)?;
    let value = shape.variable(text).map_err(|wanted| {
        Error::new(&codes::settings::BAD_VALUE).detail(format!("`{}` must be {wanted}", path.join(".")))
    })?;
    insert(table, &path, value);
    Ok(())
}

fn insert(table: &mut Table, path: &[String], value: Value) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let inner = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inner) = inner {
        // Of a secret's three sources one holds: the variable's.
        if rest.len() == 1 && ["file", "env", "credential"].contains(&rest[0].as_str()) {
            inner.clear();
        }
        insert(inner, rest, value);
    }
}

fn find<'a>(keys: &'a [Key], path: &[String]) -> Option<&'a Shape> {
    let [first, rest @ ..] = path else { return None };
    let shape = &keys.iter().find(|key| key.name == first)?.shape;
    match (shape, rest) {
        (shape, []) => Some(shape),
        (Shape::Table(keys) | Shape::OneOf(keys), rest) => find(keys, rest),
        (Shape::Map(inner), [_]) => Some(inner),
        _ => None,
    }
}

/// The names of all variables that set something.
fn variables(key: &Key) -> Vec<String> {
    fn walk(prefix: &str, key: &Key, names: &mut Vec<String>) {
        let name = format!("{prefix}{}", key.name.to_uppercase());
        match &key.shape {
            Shape::Table(keys) | Shape::OneOf(keys) => {
                keys.iter().for_each(|key| walk(&format!("{name}__"), key, names));
            }
            Shape::List(_) | Shape::Map(_) => {}
            _ => names.push(name),
        }
    }
    let mut names = Vec::new();
    walk(PREFIX, key, &mut names);
    names
}

fn named_variables(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                match value {
                    Value::String(name) if key == "env" => {
                        names.insert(name.clone());
                    }
                    value => named_variables(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| named_variables(item, names)),
        _ => {}
    }
}

//! The keys of the settings and what each accepts. `config/default.toml` documents every one of them (tested).

use std::net::SocketAddr;

use super::shape::{Key, NAME, Shape, key, must};
use crate::pipeline::parse_years;

const SECRET: &[Key] = &[key("file", NAME), key("env", NAME), key("credential", NAME)];

/// A limit of time: never nothing, at most a day.
const SECONDS: Shape = Shape::Number(0.001, 86_400.0);

/// All settings.
pub const SETTINGS: &[Key] = &[
    key(
        "warehouse",
        Shape::Table(&[
            key("url", Shape::Text(warehouse_url)),
            key("programs", NAME),
            key("listen", Shape::Text(address)),
        ]),
    ),
    key(
        "paths",
        Shape::Table(&[
            key("data_dir", NAME),
            key("landing", NAME),
            key("snapshots", NAME),
            key("pipelines", NAME),
            key("sql", NAME),
            key("reference", NAME),
            key("program", NAME),
        ]),
    ),
    key(
        "secrets",
        Shape::Table(&[
            key("pseudonym_key", Shape::OneOf(SECRET)),
            key("landing_key", Shape::OneOf(SECRET)),
            key("generate", Shape::Flag),
        ]),
    ),
    key("engine", Shape::Table(&[key("kind", Shape::Word(&["local", "ballista"]))])),
    key("coverage", Shape::Map(&Shape::Text(years))),
    key(
        "run",
        Shape::Table(&[
            key("zone", Shape::Text(zone)),
            key("parallel", Shape::Integer(0, 1024)),
            key("batch_rows", Shape::Integer(1, 1 << 24)),
            key("spill_bytes", Shape::Integer(0, i64::MAX)),
            key("refuse_rows", Shape::Integer(0, i64::MAX)),
            key("refuse_share", Shape::Number(0.0, 1.0)),
            key("hold_share", Shape::Number(0.0, 1.0)),
            key("hold_min_rows", Shape::Integer(0, i64::MAX)),
        ]),
    ),
    key(
        "http",
        Shape::Table(&[
            key("parallel", Shape::Integer(1, 1024)),
            key("connect_seconds", SECONDS),
            key("read_seconds", SECONDS),
            key("total_seconds", SECONDS),
            key("deliverer_seconds", SECONDS),
            key("min_bytes_per_second", Shape::Integer(0, i64::MAX)),
            key("retries", Shape::Integer(0, 100)),
            key("retry_seconds", Shape::Number(0.0, 3600.0)),
            key("retry_after_max_seconds", Shape::Number(0.0, 86_400.0)),
        ]),
    ),
    key("deliverers", Shape::List(&Shape::Table(DELIVERER))),
];

const DELIVERER: &[Key] = &[
    must("code", Shape::Text(code)),
    must("name", NAME),
    must("kind", Shape::Word(&["district", "central"])),
    key("valid_from", Shape::Date),
    key("valid_to", Shape::Date),
    must("base_url", Shape::Text(base_url)),
    key("csv", Shape::Table(&[key("separator", Shape::Text(separator))])),
    key("sie", Shape::Table(&[key("activity_dimension", Shape::Integer(1, 9999))])),
    key("http", Shape::Table(DELIVERER_HTTP)),
];

const DELIVERER_HTTP: &[Key] = &[
    key("bearer", Shape::OneOf(SECRET)),
    key("basic", Shape::Table(&[must("user", NAME), must("password", Shape::OneOf(SECRET))])),
    key("client_identity", Shape::OneOf(SECRET)),
    key("ca", NAME),
    key("allow_hosts", Shape::List(&NAME)),
];

fn accept(accepted: bool, wanted: &str) -> Result<(), String> {
    if accepted { Ok(()) } else { Err(wanted.into()) }
}

fn warehouse_url(text: &str) -> Result<(), String> {
    let server = text.starts_with("postgresql://") || text.starts_with("postgres://");
    accept(text == "embedded" || server, "`embedded` or an address that starts with postgresql://")
}

fn address(text: &str) -> Result<(), String> {
    accept(text.parse::<SocketAddr>().is_ok(), "an address and a port, as in 127.0.0.1:5433")
}

fn years(text: &str) -> Result<(), String> {
    accept(parse_years(text).is_some(), "a year or years, as in 2006..2008 (both included), or none")
}

fn zone(text: &str) -> Result<(), String> {
    accept(text.parse::<chrono_tz::Tz>().is_ok(), "an IANA time zone, as in Europe/Stockholm")
}

/// A code becomes part of addresses and paths.
fn code(text: &str) -> Result<(), String> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    accept(plain, "letters a–z, digits, `_` or `-`")
}

/// Where a deliverer's files lie. Which of these a version reads is checked with the deliverer.
pub fn base_url(text: &str) -> Result<(), String> {
    let known = ["file:///", "http://", "https://"].iter().any(|scheme| text.starts_with(scheme));
    // `file://{data_dir}/…` begins with a placeholder.
    accept(known || text.starts_with("file://{"), "an address that starts with file:///, http:// or https://")
}

/// A CSV separator.
pub fn separator(text: &str) -> Result<(), String> {
    let one = text.len() == 1 && !text.contains(['"', '\n', '\r']);
    accept(one, "one ASCII character that is neither a quote nor a line break")
}

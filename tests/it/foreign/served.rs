//! The bundle over HTTP: every office asks for its own token, and some spoil a file, each in its own way.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use buss::{model::Outcome, run::RunReport};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::places::Slice;
use crate::{
    bench::Bench,
    night::http::office::{Asked, Office, whole},
};

/// How a file is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    // Soundly.
    Plain,
    Gzip,
    Chunked,
    /// Busy once, and back at once.
    LaterOn,
    /// Its end is the connection's, but the side file tells its hash.
    Proven,
    // Otherwise.
    CutShort,
    Dripped,
    /// A length that is too small, so that the file looks whole.
    Shorter,
    Bomb,
    LoginPage,
    Elsewhere,
    /// Nothing tells where it ends.
    Endless,
    /// Busy whenever it is asked.
    Busy,
    Withdrawn,
}

/// What single files meet in the first night, and what must come of it. Every other file is served plainly.
pub const FIRST: [(&str, Slice, Served, Outcome, &[&str]); 14] = [
    ("personal", ("04", 2006), Served::Gzip, Outcome::Loaded, &[]),
    ("utredningar", ("04", 2006), Served::Chunked, Outcome::Loaded, &[]),
    ("insatser", ("04", 2006), Served::LaterOn, Outcome::Loaded, &[]),
    ("anmalningar", ("04", 2006), Served::Proven, Outcome::Loaded, &[]),
    ("anmalningar", ("09", 2007), Served::CutShort, Outcome::None, &["EXTR-016"]),
    ("ekonomi", ("14", 2007), Served::Dripped, Outcome::None, &["EXTR-018"]),
    ("anmalningar", ("15", 2006), Served::Shorter, Outcome::Refused, &["EXTR-013"]),
    ("utredningar", ("18", 2006), Served::Bomb, Outcome::Refused, &["EXTR-026"]),
    ("insatser", ("10", 2006), Served::LoginPage, Outcome::Refused, &["EXTR-009"]),
    ("personal", ("20", 2006), Served::Elsewhere, Outcome::None, &["EXTR-022"]),
    ("personal", ("21", 2007), Served::Endless, Outcome::Held, &["EXTR-027"]),
    ("insatser", ("22", 2007), Served::Busy, Outcome::None, &["EXTR-017"]),
    ("utredningar", ("03", 2006), Served::Withdrawn, Outcome::None, &[]),
    ("befolkning", ("stad", 2007), Served::Withdrawn, Outcome::None, &[]),
];

/// Files that the first night does not bring.
pub fn missing() -> Vec<(&'static str, Slice)> {
    FIRST.iter().filter(|it| it.3 != Outcome::Loaded).map(|it| (it.0, it.1)).collect()
}

/// Limits that a test can wait for.
pub const LIMITS: &str = "[http]\nretries = 1\nretry_seconds = 0.01\nretry_after_max_seconds = 0.01\nread_seconds = 1\n\
    min_bytes_per_second = 1000\n\n";

fn token(code: &str) -> String {
    format!("token-of-{code}-4d1f0c")
}

/// The tokens that the deliverers' settings name.
pub fn write_tokens(night: &Bench, codes: impl Iterator<Item = &'static str>) {
    for code in codes {
        let path = night.extract(&format!("tokens/{code}"), token(code));
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("a mode");
    }
}

/// Puts the files into the office, those of the list in their own way.
pub fn offer(office: &Office, files: &BTreeMap<String, Vec<u8>>, list: &[(&str, Slice, Served, Outcome, &[&str])]) {
    for (name, content) in files {
        let stem = name.rsplit_once('.').expect("an extension").0;
        let listed = list.iter().find(|it| stem == format!("{}/{}_{}", it.1.0, it.0, it.1.1));
        put(office, name, content, listed.map_or(Served::Plain, |it| it.2));
    }
}

fn put(office: &Office, name: &str, content: &[u8], served: Served) {
    let code = name.split('/').next().expect("a folder");
    let allowed = format!("Bearer {}", token(code));
    let side_file = hex::encode(Sha256::digest(content)) + "\n";
    if served == Served::Withdrawn {
        return;
    }
    if matches!(served, Served::Proven | Served::Shorter) {
        office.answer(&format!("{name}.sha256"), whole("200 OK", "", side_file.as_bytes()));
    }
    let content = match served {
        Served::Gzip => gzip(content),
        Served::Bomb => gzip(&vec![b'x'; 4 << 20]),
        _ => content.to_owned(),
    };
    let asked_before = AtomicUsize::new(0);
    office.script(name, move |asked, stream| {
        if asked.headers.get("authorization") != Some(&allowed) {
            return stream.write_all(&whole("401 Unauthorized", "WWW-Authenticate: Bearer\r\n", b""));
        }
        let before = asked_before.fetch_add(1, Ordering::Relaxed);
        if served == Served::Dripped {
            drip(stream)
        } else {
            stream.write_all(&answer(asked, &content, served, before))
        }
    });
}

/// The whole answer, byte by byte.
fn answer(asked: &Asked, content: &[u8], served: Served, before: usize) -> Vec<u8> {
    let etag = format!("ETag: \"{}\"\r\n", hex::encode(&Sha256::digest(content)[..8]));
    let busy = whole("503 Service Unavailable", "Retry-After: 86400\r\n", b"");
    match served {
        Served::LaterOn if before == 0 => busy,
        Served::Busy => busy,
        Served::Plain | Served::LaterOn => match asked.headers.get("if-none-match") {
            Some(known) if etag.contains(known) => format!("HTTP/1.1 304 Not Modified\r\n{etag}\r\n").into_bytes(),
            _ => whole("200 OK", &etag, content),
        },
        Served::Gzip | Served::Bomb => whole("200 OK", "Content-Encoding: gzip\r\n", content),
        Served::Chunked => chunked(content),
        Served::Proven | Served::Endless => [b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), content].concat(),
        Served::CutShort => {
            let all = whole("200 OK", &etag, content);
            all[..all.len() - 9].to_vec()
        }
        Served::Shorter => {
            let end = content.len() - content.len() / 3;
            whole("200 OK", &etag, &content[..end])
        }
        Served::LoginPage => whole("200 OK", "Content-Type: text/csv\r\n", b"<!doctype html><title>Logga in</title>"),
        Served::Elsewhere => whole("302 Found", "Location: https://login.example.se/\r\n", b""),
        Served::Dripped | Served::Withdrawn => Vec::new(),
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content).expect("packed");
    packed.finish().expect("packed")
}

fn chunked(content: &[u8]) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in content.chunks(100) {
        answer.extend([format!("{:X};name=value\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    }
    answer.extend(b"0\r\nX-Trailer: end\r\n\r\n");
    answer
}

/// A byte now and then, until the client has had enough.
fn drip(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(20)))?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
    while !matches!(stream.read(&mut [0]), Ok(0)) {
        stream.write_all(b"#")?;
    }
    Ok(())
}

/// Every file that is not simply there, as `24/anmalningar_2007 outcome reasons`.
pub fn told(report: &RunReport) -> Vec<String> {
    let plain =
        |outcome: &Outcome| matches!(outcome, Outcome::Loaded | Outcome::LoadedWithQuarantine | Outcome::Unchanged);
    let slices = report.slices.iter().filter(|slice| !plain(&slice.outcome) || !slice.reasons.is_empty());
    slices.map(|slice| format!("{} {:?} {:?}", slice.step.slice, slice.outcome, slice.reasons)).collect()
}

/// What the first night must tell.
pub fn first_told() -> Vec<String> {
    let others = FIRST.iter().filter(|it| it.3 != Outcome::Loaded);
    others.map(|it| format!("{}/{}_{} {:?} {:?}", it.1.0, it.0, it.1.1, it.3, it.4)).collect()
}

//! One office whose server spoils a file a year, each in its own way: every one ends as what it is, and the others are whole.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
};

use buss::history;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::{
    office::{Office, whole},
    reports, run_with,
};
use crate::bench::Bench;

const CONFIG: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "2001..2014"

[http]
retries = 1
retry_seconds = 0.01
retry_after_max_seconds = 0.01
read_seconds = 0.5
min_bytes_per_second = 10000
total_seconds = 5

[[deliverers]]
code = "24"
name = "Skärholmen"
kind = "district"
base_url = "{base}"
"#;

fn of(year: i32) -> String {
    reports(0, 10).replace(";2007-", &format!(";{year}-"))
}

fn name(year: i32) -> String {
    format!("24/anmalningar_{year}.csv")
}

/// What the server does, year by year.
fn spoil(office: &Office) {
    let good = |year: i32| whole("200 OK", "Content-Type: text/csv\r\n", of(year).as_bytes());
    let cut = |answer: Vec<u8>| answer[..answer.len() - 100].to_vec();
    office.answer(&name(2001), good(2001));
    office.answer(&name(2002), cut(good(2002)));
    office.script(&name(2003), drip);
    // It says less than there is: the client cannot know, the side file does.
    let body = of(2004);
    office.answer(&name(2004), shorter(&body));
    office.answer(&format!("{}.sha256", name(2004)), whole("200 OK", "", sha256(body.as_bytes()).as_bytes()));
    let asked = AtomicUsize::new(0);
    let later = good(2005);
    office.script(&name(2005), move |_, stream| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => stream.write_all(&whole("503 Service Unavailable", "Retry-After: 86400\r\n", b"")),
        _ => stream.write_all(&later),
    });
    office.answer(&name(2006), whole("302 Found", "Location: http://169.254.169.254/latest\r\n", b""));
    office.answer(&name(2007), whole("200 OK", "Content-Encoding: gzip\r\n", &bomb()));
    office.answer(&name(2008), whole("200 OK", "", b"<!DOCTYPE html><title>Logga in</title>"));
    office.answer(&name(2009), whole("401 Unauthorized", "WWW-Authenticate: Bearer\r\n", b""));
    office.answer(&name(2010), ["HTTP/1.0 200 OK\r\n\r\n", &of(2010)].concat());
    office.answer(&name(2011), good(2011));
    office.answer(&format!("{}.sha256", name(2011)), whole("200 OK", "", sha256(b"another file").as_bytes()));
    office.answer(&name(2012), whole("503 Service Unavailable", "", b""));
    // 2013 is not there.
    office.answer(&name(2014), chunked(&of(2014)));
}

fn shorter(body: &str) -> Vec<u8> {
    let said = body.len() - 200;
    format!("HTTP/1.1 200 OK\r\nContent-Length: {said}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

fn chunked(body: &str) -> Vec<u8> {
    let half = body.len() / 2;
    let (one, two) = (&body.as_bytes()[..half], &body.as_bytes()[half..]);
    let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".to_vec();
    for chunk in [one, two, b""] {
        answer.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    }
    answer
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes))
}

/// A byte now and then, until the client has had enough.
fn drip(_: &super::office::Asked, stream: &mut TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(std::time::Duration::from_millis(20)))?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
    while !matches!(stream.read(&mut [0]), Ok(0)) {
        stream.write_all(b"x")?;
    }
    Ok(())
}

/// Few bytes that become more than a file may have.
fn bomb() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let row = vec![b'x'; 1 << 20];
    for _ in 0..8 {
        packed.write_all(&row).expect("packed");
    }
    packed.finish().expect("packed")
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_server_spoils_is_told_and_the_rest_of_the_night_is_whole() {
    let office = Office::open();
    spoil(&office);
    let mut night = Bench::new(&CONFIG.replace("{base}", &office.url("24"))).await;
    let own = Bench::own("pipelines/anmalningar.toml");
    night.overlay("pipelines/anmalningar.toml", &own.replacen("[[columns]]", "max_bytes = 4000000\n\n[[columns]]", 1));
    let report = run_with(&mut night, |options| options.selection.pipelines = vec!["anmalningar".into()]).await;
    assert_eq!(report.exit_code, 3);
    let status = history::status(&night.database.loader().await).await.expect("a status");
    let status = serde_json::to_value(&status).expect("as it is printed");
    let told: Vec<Value> = status["deliveries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|slice| json!([slice["period"], slice["timeliness"], slice["outcome"], slice["reasons"]]))
        .collect();
    assert_eq!(
        Value::from(told),
        json!([
            ["2001", "on_time", "loaded", []],
            ["2002", "missed", "none", ["EXTR-016"]],
            ["2003", "missed", "none", ["EXTR-018"]],
            ["2004", "missed", "refused", ["EXTR-013"]],
            ["2005", "on_time", "loaded", []],
            ["2006", "missed", "none", ["EXTR-022"]],
            ["2007", "missed", "refused", ["EXTR-026"]],
            ["2008", "missed", "refused", ["EXTR-009"]],
            ["2009", "missed", "none", ["EXTR-019"]],
            ["2010", "on_time", "held", ["EXTR-027"]],
            ["2011", "missed", "refused", ["EXTR-013"]],
            ["2012", "missed", "none", ["EXTR-017"]],
            ["2013", "missed", "none", []],
            ["2014", "on_time", "loaded", []],
        ])
    );
    let current = "select string_agg(f.period_year || ':' || f.n, ' ' order by f.period_year)
        from (select period_year, count(*) as n from core.fact_anmalan where known_to is null group by 1) as f";
    assert_eq!(night.figure(current).await, "2001:10 2005:10 2014:10");
}

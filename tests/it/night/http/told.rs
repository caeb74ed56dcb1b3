//! The built program over HTTP: secrets, queries and plain rows are left nowhere, a kill in the middle of a pull is healed, and `doctor` knocks
//! at every door.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    process::Command,
    sync::mpsc,
};

use buss::doctor::{self, Check};
use chrono::Utc;
use serde_json::Value;

use super::{
    FILE, extracts,
    office::{Office, whole},
    slow::begun,
};
use crate::{
    bench::Bench,
    leak::search::{Search, tables_of},
    place::Place,
};

const TOKEN: &str = "canary-token-6dK2";
const QUERY: &str = "canary-query-9fQ7";
const CHILD: &str = "200002292399";

const COVERAGE: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "2007..2007"
befolkning = "2007..2007"
ekonomi = "2007..2007"
granskning = "2022..2022"
"#;

const RUN: [&str; 9] = [
    "run",
    "--pipeline",
    "anmalningar",
    "--pipeline",
    "befolkning",
    "--pipeline",
    "ekonomi",
    "--pipeline",
    "granskning",
];

fn office() -> Office {
    let office = Office::open();
    for (name, content) in extracts() {
        office.offer(name, content);
    }
    office
}

fn place(office: &Office) -> Place {
    let host = office.url("").replace("http://", "").replace('/', "");
    let keys = format!("http.bearer = {{ env = \"OFFICE_TOKEN\" }}\nhttp.allow_hosts = [\"{host}\"]");
    Place::at(COVERAGE, office.url("").trim_end_matches('/'), &keys)
}

fn command(place: &Place, args: &[&str]) -> Command {
    let mut command = place.command(args, None);
    command.env("OFFICE_TOKEN", TOKEN).env("BUSS_LOG", "trace");
    command
}

#[test]
fn neither_secrets_nor_queries_nor_plain_rows_are_left_or_told_anywhere() {
    let office = office();
    let (here, elsewhere) = (format!("/moved.csv?sig={QUERY}"), format!("http://files.example/x?sig={QUERY}"));
    office.offer("moved.csv", super::reports(0, 10));
    office.answer(FILE, whole("302 Found", &format!("Location: {here}\r\n"), b""));
    office.answer("24/ekonomi_2007.se", whole("302 Found", &format!("Location: {elsewhere}\r\n"), b""));
    let place = place(&office);
    let words = [(TOKEN, "the token"), (QUERY, "the query"), (CHILD, "a child")];
    let mut search = Search::for_forms(
        words.iter().map(|(word, of)| (word.as_bytes().to_vec(), (*of).to_owned())).collect::<BTreeMap<_, _>>(),
    );
    assert!(place.buss(&["db", "start"], None).status.success());
    for args in [
        &RUN[..],
        &[&RUN[..], &["--reload", "--output", "json"]].concat(),
        &["plan"],
        &["doctor"],
        &["status", "--output", "json"],
        &["history", "1", "--output", "json"],
        &["delivery", "list", "--all"],
    ] {
        let output = command(&place, args).output().expect("the program starts");
        assert!(args[0] != "run" || output.status.code() == Some(3), "{output:?}");
        search.output(args[0], &output);
    }
    let asked = office.asked();
    let bearer = asked.iter().filter(|asked| asked.headers.get("authorization") == Some(&format!("Bearer {TOKEN}")));
    assert!(bearer.count() > 8 && asked.iter().any(|asked| asked.path.contains(QUERY)), "{asked:#?}");
    let status = place.buss(&["status", "--output", "json"], None);
    let status: Value = serde_json::from_slice(&status.stdout).expect("a status");
    let refused: Vec<&Value> = status["deliveries"].as_array().expect("a list").iter().collect();
    let reasons: Vec<_> = refused.iter().filter(|slice| slice["reasons"] == serde_json::json!(["EXTR-022"])).collect();
    assert_eq!(reasons.len(), 1, "{status:#?}");
    for (table, text) in tables_of(&place) {
        search.bytes(&table, text.as_bytes());
    }
    assert!(place.buss(&["db", "stop"], None).status.success());
    search.tree(&place.data());
    assert!(search.bytes > 20_000_000, "{} bytes were searched", search.bytes);
    search.found_nothing();
}

#[test]
fn a_run_that_is_killed_in_the_middle_of_a_pull_is_healed_by_the_next() {
    let office = office();
    let (begin, has_begun) = mpsc::channel();
    office.script(FILE, move |_, stream| {
        stream.write_all(&begun())?;
        begin.send(()).map_err(std::io::Error::other)?;
        stream.read(&mut [0]).map(drop)
    });
    let place = place(&office);
    let mut run = command(&place, &RUN).spawn().expect("the program starts");
    has_begun.recv().expect("the pull begins");
    // The server holds the rest back: when the city's two files are landed, what has come of this one stands there alone.
    while (landed(&place), pulling(&place)) != (2, 1) {
        assert!(run.try_wait().expect("its state").is_none(), "it ended before the kill");
        std::thread::yield_now();
    }
    run.kill().expect("killed");
    run.wait_with_output().expect("its end");
    assert_eq!(pulling(&place), 1, "the kill came while it was pulled");

    for (name, content) in extracts() {
        office.offer(name, content);
    }
    let healed = command(&place, &RUN).output().expect("the program starts");
    assert_eq!(healed.status.code(), Some(0), "{healed:?}");
    let healed = place.result();
    assert_eq!((healed.landed.len(), healed.snapshots), (4, 2), "{healed:?}");
}

/// Files that are being pulled.
fn pulling(place: &Place) -> usize {
    fs::read_dir(place.data().join("landing/partial")).map_or(0, Iterator::count)
}

/// Files that are landed whole.
fn landed(place: &Place) -> usize {
    let files = walkdir::WalkDir::new(place.data().join("landing")).into_iter().filter_map(Result::ok);
    files.filter(|file| file.path().extension().is_some_and(|extension| extension == "age")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tries_every_deliverers_server_and_says_what_to_mend() {
    let office = office();
    let mut night = Bench::new(&super::pulling(&office)).await;
    let well = of_the_deliverers(&night).await;
    assert!(well.ok, "{well:?}");

    office.answer("stad", whole("401 Unauthorized", "", b""));
    office.answer("stad/", whole("401 Unauthorized", "", b""));
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    night.settings.deliverers[0].base_url = format!("http://{gone}/24");
    let broken = of_the_deliverers(&night).await;
    assert!(!broken.ok && broken.hint.is_some(), "{broken:?}");
    for told in ["24: EXTR-015", "stad: EXTR-019"] {
        assert!(broken.detail.contains(told), "{broken:?}");
    }
}

async fn of_the_deliverers(night: &Bench) -> Check {
    let checks = doctor::checks(&night.settings, Utc::now()).await;
    checks.into_iter().find(|check| check.name == "deliverers").expect("it is looked at")
}

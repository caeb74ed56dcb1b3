//! No identity gets out: after nights full of faults, every byte that the program left or said is searched for every number and id.
//!
//! Each number stands in one place only, so a finding tells where it came from.

mod extracts;
pub mod search;

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Output},
};

use crate::place::{Place, Strike};
use extracts::{CONFIG, Secrets, central, intakes, ledgers};
use search::{Search, tables_of};

/// What the faults are found to be: one that ended its file early would keep others from being tried.
const RULES: &[&str] = &[
    "ANM-005",
    "GRA-003",
    "GRA-004",
    "anmalningar.beslutsdatum.type",
    "anmalningar.child.identity",
    "anmalningar.file.unknown_column",
    "anmalningar.inkom.type",
    "anmalningar.ofott_barn.type",
    "anmalningar.orsak.length",
    "anmalningar.row.personnummer",
    "anmalningar.row.ragged",
    "anmalningar.skyddad_identitet.type",
    "anmalningar.skyddsbedomning.type",
    "befolkning.persons.type",
    "befolkning.row.personnummer",
    "ekonomi.account.pattern",
    "ekonomi.row.personnummer",
    "granskning.key.conflict",
    "granskning.row.personnummer",
];

fn traced(place: &Place, args: &[&str]) -> Output {
    place.command(args, None).env("BUSS_LOG", "trace").output().expect("the program starts")
}

#[test]
fn no_identity_is_left_or_told_anywhere() {
    let place = Place::with(CONFIG);
    let mut secrets = Secrets::default();
    for extracts in [intakes(&mut secrets), ledgers(&mut secrets), central(&mut secrets)] {
        place.extracts(&extracts);
    }
    let asked = secrets.number("a question");
    let mut search = Search::for_all(&secrets);

    // What lies about in the middle of a run, and what a killed one leaves.
    let calls = place.count_calls();
    for part in [4, 6, 8] {
        fs::remove_dir_all(place.data().join("postgresql")).expect("removed");
        let run = place.command(&["run"], Some(Strike::kill(calls * part / 10))).env("BUSS_LOG", "trace").output();
        search.output("a killed run", &run.expect("the program starts"));
        for dir in ["spool", "landing", "slices", "snapshots"] {
            search.tree(&place.data().join(dir));
        }
        stop(&place);
    }

    // The server stays up for the commands to come.
    assert!(place.buss(&["db", "start"], None).status.success());
    let run = traced(&place, &["run"]);
    assert_eq!(run.status.code(), Some(3), "{run:?}");
    search.output("run", &run);
    for args in [
        &["run", "--reload", "--output", "json"][..],
        &["plan"],
        &["status"],
        &["status", "--output", "json"],
        &["history"],
        &["history", "1", "--output", "json"],
        &["delivery", "list", "--all"],
        &["delivery", "list", "--all", "--output", "json"],
        &["quarantine", "list"],
        &["quarantine", "list", "--output", "json"],
        &["snapshot", "list"],
        &["doctor"],
        &["doctor", "--content-hash"],
        &["query", "select * from asof.fact_anmalan", "--output", "json"],
        &["query", "select * from mart.data_quality"],
        &["query", "select * from core.dim_intake_reason"],
        &["query", &format!("select {asked}::date")],
        &["query", &format!("select '{asked}'::date")],
    ] {
        search.output(args[0], &traced(&place, args));
    }
    let listed: serde_json::Value =
        serde_json::from_slice(&traced(&place, &["quarantine", "list", "--output", "json"]).stdout).expect("a list");
    let groups = listed.as_array().expect("a list");
    let rules: BTreeSet<&str> = groups.iter().map(|group| group["rule"].as_str().expect("a rule")).collect();
    assert_eq!(Vec::from_iter(rules), RULES);
    let deliveries: BTreeSet<i64> = groups.iter().map(|group| group["delivery_id"].as_i64().expect("an id")).collect();
    for delivery in deliveries {
        search.output("quarantine show", &traced(&place, &["quarantine", "show", &delivery.to_string()]));
    }
    for (table, text) in tables_of(&place) {
        search.bytes(&table, text.as_bytes());
    }
    // A stopped server has heap and WAL on disk.
    stop(&place);
    search.tree(&place.data());
    assert!(search.bytes > 50_000_000, "{} bytes were searched", search.bytes);
    search.found_nothing();
}

/// The server that a killed run has left.
fn stop(place: &Place) {
    assert!(place.buss(&["db", "stop"], None).status.success());
}

#[test]
fn the_search_finds_what_is_there() {
    let mut secrets = Secrets::default();
    let (number, id) = (secrets.number("a"), secrets.id("b"));
    let ten = format!("{}-{}", &number[2..8], &number[8..]);
    for text in [number.clone(), format!("x{ten}y"), number[2..].to_owned(), id] {
        let mut search = Search::for_all(&secrets);
        search.bytes("text", text.as_bytes());
        assert_eq!(search.found.len(), 1, "{text}");
    }
}

/// Run by the test below in a process of its own.
#[test]
#[ignore = "panics on purpose"]
fn panic_over_a_cell() {
    buss::telemetry::keep_quiet();
    let cell = std::env::var("BUSS_TEST_CELL").expect("a cell");
    // Cutting inside a letter panics with the text itself.
    assert!(cell[..1].is_empty());
}

#[test]
fn a_panic_tells_no_cell() {
    let cell = "å 200002292399";
    let mut test = Command::new(std::env::current_exe().expect("this program"));
    test.args(["--exact", "leak::panic_over_a_cell", "--ignored", "--nocapture"]).env("BUSS_TEST_CELL", cell);
    let output = test.output().expect("it starts");
    assert_eq!(output.status.code(), Some(101));
    for told in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(told).contains("200002292399"), "{output:?}");
    }
}

//! The program killed in the middle of things: a plain run afterwards comes to what an undisturbed one does.
//!
//! A kill strikes right before a call that others can see (a write, fsync, rename, send, …); between two such calls it makes no
//! difference when it comes. By default a few of a night's calls are tried; `BUSS_CRASH=all` tries every one, `BUSS_CRASH=200` so many.

mod states;

use std::{
    collections::BTreeSet,
    fs,
    process::{Child, Command, Output},
};

use crate::{
    night::change::reports,
    place::{Extract, Place, Strike},
};
use states::States;

/// Calls of a night that are tried by default.
const TRIED: u64 = 8;
/// Of these some are taken at random, and the run after them is killed as well.
const TWICE: u64 = 2;

fn first_night() -> Vec<Extract> {
    let case = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
        fs::read_to_string(path).expect("a case")
    };
    vec![
        ("24/anmalningar_2007.csv", reports(0, 10) + BAD_ROW),
        ("24/ekonomi_2007.se", costs("120.50")),
        ("stad/befolkning_2007.json", case("befolkning/totals_and_nulls/input.json")),
        ("stad/granskning_2022.csv", case("granskning/published_2022/input.csv")),
    ]
}

/// Changed, vanished and mended rows, a changed amount, and a child that is protected from now on.
fn second_night() -> Vec<Extract> {
    let reports = reports(3, 9).replacen("200001012384;;;Nej", "200001012384;;;Ja", 1);
    vec![("24/anmalningar_2007.csv", reports), ("24/ekonomi_2007.se", costs("121.50"))]
}

const BAD_ROW: &str = "B1;200002302384;;;Nej;2007-03-01;Anmälan;Skola;VINR;;;;;;24\n";

fn costs(amount: &str) -> String {
    format!(
        "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 3\n#RAR 0 20070101 20071231\n#DIM 20 \"Verksamhet\"\n#OBJEKT 20 \"410\" \"Barn\"\n\
         #KONTO 5010 \"Loner\"\n#PSALDO 0 200701 5010 {{20 \"410\"}} {amount}\n#PBUDGET 0 200701 5010 {{20 \"410\"}} 180.00\n"
    )
}

fn tried(calls: u64) -> BTreeSet<u64> {
    let wanted = match std::env::var("BUSS_CRASH").as_deref() {
        Ok("all") => return (1..=calls).collect(),
        Ok(number) => number.parse().expect("BUSS_CRASH is `all` or a number"),
        Err(_) => TRIED,
    };
    // Evenly spread, from another call each time.
    let step = calls.div_ceil(wanted).max(1);
    let first = rand::random_range(1..=step);
    (first..=calls).step_by(usize::try_from(step).expect("few")).collect()
}

#[test]
fn whenever_a_night_is_killed_a_plain_run_heals_it() {
    let states = States::new();
    let place = &states.place;
    states.keep("nothing");
    for (before, extracts, after) in [("nothing", first_night(), "first"), ("first", second_night(), "second")] {
        place.extracts(&extracts);
        let calls = place.count_calls();
        let (undisturbed, slice_files) = (place.result(), place.slice_files());
        states.keep(after);
        let once = tried(calls).into_iter().map(|call| (call, None));
        let twice = (0..TWICE).map(|_| (rand::random_range(1..=calls), Some(rand::random_range(1..=calls))));
        for (call, again) in once.chain(twice) {
            eprintln!("{after} night, killed at call {call} of {calls}, then at {again:?}");
            states.restore(before);
            for call in [Some(call), again].into_iter().flatten() {
                place.killed(Strike::kill(call));
                place.current_is_whole();
            }
            place.run();
            assert_eq!(place.result().differences(&undisturbed), Vec::<String>::new());
            assert!(place.slice_files() <= slice_files);
        }
        states.restore(after);
    }
}

#[test]
fn a_cluster_whose_making_was_killed_is_made_by_the_next_run() {
    let undisturbed = fresh();
    undisturbed.run();
    let undisturbed = undisturbed.result();
    // While the cluster is made, and while the schema is.
    for call in [7, 40] {
        let place = fresh();
        assert!(place.killed(Strike::kill(call)), "{call}");
        place.run();
        assert_eq!(place.result().differences(&undisturbed), Vec::<String>::new(), "killed at call {call}");
    }
}

fn fresh() -> Place {
    let place = Place::new();
    place.extracts(&first_night());
    place
}

#[test]
fn of_two_runs_at_once_the_second_is_turned_away_and_changes_nothing() {
    let states = States::new();
    let place = &states.place;
    place.extracts(&first_night());
    states.keep("nothing");
    let calls = place.count_calls();
    let undisturbed = place.result();
    states.restore("nothing");

    let first = Halted::at(place, calls / 2);
    let before = (place.files(), place.content());
    let second = place.buss(&["run"], None);
    assert_eq!(second.status.code(), Some(5), "{second:?}");
    assert!(String::from_utf8_lossy(&second.stderr).contains("HIST-001"));
    assert_eq!((place.files(), place.content()), before);
    assert!(matches!(first.go_on().status.code(), Some(0 | 3)));
    assert_eq!(place.result().differences(&undisturbed), Vec::<String>::new());
}

#[test]
fn a_run_whose_server_is_killed_fails_and_the_next_one_heals_it() {
    let states = States::new();
    let place = &states.place;
    place.extracts(&first_night());
    states.keep("nothing");
    let calls = place.count_calls();
    let undisturbed = place.result();
    states.restore("nothing");
    let run = Halted::at(place, calls / 2);
    kill("-KILL", &place.server());
    let ended = run.go_on();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    place.current_is_whole();
    place.run();
    assert_eq!(place.result().differences(&undisturbed), Vec::<String>::new());
}

/// A run that stands still before one of its calls.
struct Halted(Child);

impl Halted {
    fn at(place: &Place, call: u64) -> Self {
        let strike = Strike { call, signal: "19" };
        let mut run = place.command(&["run"], Some(strike)).spawn().expect("the program starts");
        while !is_stopped(run.id()) {
            assert!(run.try_wait().expect("its state").is_none(), "it ended before the call");
            std::thread::yield_now();
        }
        Self(run)
    }

    fn go_on(self) -> Output {
        kill("-CONT", &self.0.id().to_string());
        self.0.wait_with_output().expect("its end")
    }
}

fn is_stopped(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['T', 't']))
}

fn kill(signal: &str, pid: &str) {
    assert!(Command::new("kill").args([signal, pid]).status().expect("kill").success());
}

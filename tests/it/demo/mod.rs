//! `buss demo` as a newcomer runs it: what it prints is what SQL on the database says, a second time as well as the first.

mod marts;

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use crate::postgres::open_dir;

fn buss(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buss"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BUSS_")) {
        command.env_remove(name);
    }
    command.args(["--quiet", "--output", "json"]).args(args).current_dir(dir).output().expect("the program starts")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// The demo's answer and its configuration. The planted faults make it end with 3.
fn demo(dir: &Path) -> (Value, PathBuf) {
    let output = buss(dir, &["demo", "--dir", "en demo 100%"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
    let shown = json(&output);
    let config = PathBuf::from(shown["config"].as_str().expect("a configuration"));
    (shown, config)
}

fn ask(config: &Path, sql: &str) -> Value {
    let output = buss(Path::new("/"), &["--config", &config.display().to_string(), "query", sql]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    json(&output)
}

/// One figure of a query's only row.
fn figure(config: &Path, sql: &str) -> f64 {
    ask(config, sql)[0]["n"].as_f64().expect("a number")
}

/// The rows of the headline that names a mart.
fn headline<'a>(shown: &'a Value, mart: &str) -> &'a Vec<Value> {
    let marts = shown["marts"].as_array().expect("a list");
    let named = marts.iter().find(|shown| shown["title"].as_str().is_some_and(|title| title.contains(mart)));
    named.and_then(|shown| shown["rows"].as_array()).unwrap_or_else(|| panic!("{mart} is shown"))
}

#[test]
fn what_the_demo_shows_is_what_sql_says() {
    let dir = open_dir();
    let (first, config) = demo(dir.path());
    assert_eq!(first["run"]["gate"]["passed"], true);
    costs(&first, &config);
    rates(&first, &config);
    quarantine(&first, &config);
    staff(&first);
    marts::say_what_the_sample_was_made_of(&config);

    pages(dir.path(), &config);

    // A second time nothing is new, and the same is shown.
    let (second, _) = demo(dir.path());
    assert_eq!(second["marts"], first["marts"]);
    assert_eq!(second["run"]["publication"]["snapshot"], first["run"]["publication"]["snapshot"]);
    assert_eq!(second["run"]["publication"]["is_new"], false);
    let output = buss(Path::new("/"), &["--config", &config.display().to_string(), "doctor"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Every command of the README and of the analyst's page that names a configuration does what a reader expects, in the order of the page.
fn pages(dir: &Path, config: &Path) {
    fs::copy(config, dir.join("my.toml")).expect("a copy");
    for (page, least) in [("README.md", 9), ("docs/ANALYST.md", 8)] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("a page");
        let is_command =
            |line: &&str| line.starts_with("    buss --config my.toml ") || line.starts_with("    buss sample ");
        let commands: Vec<&str> = text.lines().filter(is_command).collect();
        assert!(commands.len() >= least, "{page}: {commands:?}");
        for command in commands {
            run(command, dir);
        }
    }
}

/// As a shell runs it. Whoever asks for rows gets some.
fn run(command: &str, dir: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_buss")).parent().expect("its directory");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("/bin/sh");
    let output = shell.args(["-c", command]).env("PATH", &path).current_dir(dir).output().expect("a shell");
    let wanted = if command.contains("toml run") { 3 } else { 0 };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(wanted), "{command}\n{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.is_empty(), "{command}");
    // The question as of an instant before the demo has nothing to show.
    assert!(!said.contains("(0 rows)") || command.contains("--as-of"), "{command}\n{said}");
}

/// Costs summed from the star, not from the mart.
fn costs(shown: &Value, config: &Path) {
    let rows = headline(shown, "mart.cost_trend");
    assert_eq!(rows.len(), 4);
    for row in rows {
        let year = &row["year"];
        for (column, scenario) in [("budget_sek", "budget"), ("outcome_sek", "outcome")] {
            let sql = format!(
                "select sum(f.amount_sek) as n from asof.fact_cost_budget as f
                 join core.dim_scenario as s on s.scenario_key = f.scenario_key
                 join core.dim_account as a on a.account_key = f.account_key
                 where s.code = '{scenario}' and a.area = 'ifo_barn_unga' and a.cost_type <> 'intakt' and f.period_year = {year}"
            );
            assert_eq!(row[column].as_f64(), Some(figure(config, &sql)), "{year} {column}");
        }
    }
    let last = rows.iter().find(|row| row["year"] == 2007).expect("2007");
    assert_eq!(last["budget_growth_total"].as_f64(), Some(0.109));
    assert_eq!(last["outcome_growth_total"].as_f64(), Some(0.252));
}

fn rates(shown: &Value, config: &Path) {
    for row in headline(shown, "mart.anmalan_rate") {
        let year = &row["year"];
        let sql =
            format!("select count(*) as n from asof.fact_anmalan where extract(year from received_date) = {year}");
        assert_eq!(row["intakes"].as_f64(), Some(figure(config, &sql)), "{year}");
    }
}

/// As published: on an average just under three posts of the three groups per 1,000 children, and as many employees all along.
fn staff(shown: &Value) {
    let rows = headline(shown, "mart.staff_density");
    let whole: Vec<&Value> = rows.iter().filter(|row| row["complete"] == true).collect();
    assert_eq!(whole.len(), 2, "{rows:?}");
    for row in whole {
        let density = row["fte_per_1000"].as_f64().expect("a rate");
        assert!((2.9..3.0).contains(&density), "{density}");
    }
}

/// Quarantined rows of the run are the entries that `quarantine` lists, and no fewer than were planted.
fn quarantine(shown: &Value, config: &Path) {
    let slices = shown["run"]["slices"].as_array().expect("a list");
    let quarantined: i64 = slices.iter().filter_map(|slice| slice["rows_quarantined"].as_i64()).sum();
    let planted = shown["planted_faults"].as_array().expect("a list");
    let rejected = planted.iter().filter(|fault| fault["expect"] == "row_rejected").count();
    assert!(
        rejected > 0 && i64::try_from(rejected) == Ok(quarantined),
        "{rejected} planted, {quarantined} quarantined"
    );
    let config = config.display().to_string();
    let groups = json(&buss(Path::new("/"), &["--config", &config, "quarantine", "list"]));
    let mut rows = BTreeSet::new();
    for group in groups.as_array().expect("a list").iter().filter(|group| group["severity"] == "reject") {
        let delivery = group["delivery_id"].to_string();
        let entries = json(&buss(Path::new("/"), &["--config", &config, "quarantine", "show", &delivery]));
        for entry in entries.as_array().expect("a list").iter().filter(|entry| entry["severity"] == "reject") {
            rows.insert((delivery.clone(), entry["record"].to_string()));
        }
    }
    assert_eq!(i64::try_from(rows.len()), Ok(quarantined));
}

#[test]
fn a_directory_that_the_database_cannot_reach_is_said_and_another_is_found() {
    if uzers::get_effective_uid() != 0 {
        return;
    }
    // As `mktemp -d` makes it.
    let closed = open_dir();
    fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).expect("permissions");
    let output = buss(closed.path(), &["demo", "--dir", "demo"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["code"], "WARE-032");

    let output = buss(closed.path(), &["demo"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
    let shown = json(&output);
    let dir = PathBuf::from(shown["dir"].as_str().expect("a directory"));
    let whole = dir.join("var/snapshots/mart/CURRENT").is_file();
    fs::remove_dir_all(&dir).expect("removed");
    assert!(whole && dir.starts_with("/var/tmp"));
    assert!(shown["why_there"].as_str().is_some_and(|why| why.contains(&closed.path().display().to_string())));
}

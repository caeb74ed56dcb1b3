//! The built program over whole nights: what an operator types, what is printed, and the exit code.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use buss::{history, warehouse::Session};
use chrono::Utc;
use serde_json::Value;

use crate::{
    night::{SKARHOLMEN, reports},
    postgres::{self, Database},
};

const FILE: &str = "24/anmalningar_2007.csv";
const CURRENT: &str = "select count(*) from core.fact_anmalan where known_to is null";

/// A database, extracts and a configuration, and the program called on them.
struct Program {
    database: Database,
    dir: tempfile::TempDir,
    spill_bytes: Option<&'static str>,
}

impl Program {
    async fn new() -> Self {
        let (database, dir) = (Database::fresh().await, postgres::open_dir());
        let extracts = dir.path().join("extracts").display().to_string();
        fs::write(dir.path().join("buss.toml"), SKARHOLMEN.replace("{dir}", &extracts)).expect("a file");
        Self { database, dir, spill_bytes: None }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, text).expect("a file");
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_buss"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BUSS_")) {
            command.env_remove(name);
        }
        command
            .env("BUSS_WAREHOUSE__URL", self.database.settings.warehouse.url.expose())
            .env("BUSS_PATHS__DATA_DIR", self.dir.path().join("var"))
            .env("BUSS_SECRETS__GENERATE", "true")
            .envs(self.spill_bytes.map(|bytes| ("BUSS_RUN__SPILL_BYTES", bytes)))
            .arg("--config")
            .arg(self.dir.path().join("buss.toml"))
            .args(args);
        command
    }

    fn buss(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    /// The answer as JSON, after its exit code was looked at.
    fn json(&self, args: &[&str], exit: i32) -> Value {
        let output = self.buss(&[&["--output", "json"], args].concat());
        let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "{args:?}: {told}");
        serde_json::from_slice(&output.stdout).expect("stdout is one JSON document")
    }

    fn begin(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    async fn figure(&self, sql: &str) -> i64 {
        self.database.loader().await.query_one(sql, &[]).await.expect("a figure").get(0)
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mornings_commands_answer() {
    let night = Program::new().await;
    let too_many_digits = "F1;200001032383;;;Nej;2007-05-10;Anmälan;Skola;VINR;;;;11:1;;24\n";
    night.write(&format!("extracts/{FILE}"), &(reports(0, 10) + too_many_digits));
    let run = night.json(&["run", "--pipeline", "anmalningar"], 3);
    assert_eq!(run["slices"][0]["outcome"], "loaded_with_quarantine");
    assert_eq!(run["publication"]["is_new"], true);
    let again = night.json(&["run", "--pipeline", "anmalningar"], 3);
    assert_eq!((&again["slices"][0]["outcome"], &again["publication"]["is_new"]), (&"unchanged".into(), &false.into()));

    let status = night.json(&["status"], 0);
    assert_eq!(status["last_run"]["run_id"], again["run_id"]);
    assert_eq!(status["publication"]["snapshot"], status["snapshot"]);
    assert_eq!(status["snapshot"], run["publication"]["snapshot"]);
    let delivery = &status["deliveries"][0];
    for key in ["deliverer", "dataset", "period", "timeliness", "outcome", "reasons", "rows", "quarantined", "hash"] {
        assert!(!delivery[key].is_null(), "{key} in {delivery}");
    }
    assert_eq!((&delivery["rows"], &delivery["quarantined"]), (&11.into(), &1.into()));

    let intakes = "select year, sum(intakes)::int as n, true as yes, null as nothing from mart.anmalan_rate
        where level = 'city' and org_generation = 14 group by year";
    let rows = night.json(&["query", intakes], 0);
    assert_eq!(rows, serde_json::json!([{ "year": 2007, "n": 10, "yes": true, "nothing": null }]));
    let known_at = run["known_at"].as_str().expect("an instant");
    assert_eq!(night.json(&["query", intakes, "--as-of", known_at], 0), rows);
    assert_eq!(night.json(&["query", intakes, "--as-of", "2999-01-01"], 2)["error"]["code"], "CLI-005");

    let open = night.json(&["quarantine", "list"], 0);
    assert_eq!(open[0]["rule"], "anmalningar.child.identity");
    let entries = night.json(&["quarantine", "show", &open[0]["delivery_id"].to_string()], 0);
    assert_eq!((&entries[0]["record"], &entries[0]["line"]), (&11.into(), &12.into()));
    assert!(!entries.to_string().contains("200001032383"));
    assert_eq!(night.json(&["history", &run["run_id"].to_string()], 0)["status"], "done");
    assert_eq!(night.json(&["history", "4711"], 2)["error"]["code"], "CLI-008");
    let doctor = night.json(&["doctor"], 0);
    assert!(doctor.as_array().is_some_and(|checks| checks.len() > 3), "{doctor}");
    let verified = night.json(&["snapshot", "verify"], 0);
    assert_ne!(verified["files"], 0);
    for line in text(&night.buss(&["status"])).lines() {
        assert!(line.chars().count() <= 120, "too wide: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_cannot_write() {
    let night = Program::new().await;
    night.write(&format!("extracts/{FILE}"), &reports(0, 2));
    night.json(&["run", "--pipeline", "anmalningar"], 0);
    for sql in [
        "delete from core.fact_anmalan",
        "insert into mart.anmalan_rate (year) values (2007)",
        "update mart.anmalan_by_reporter set intakes = 0",
        "create table core.x (n int)",
        "create temp table x (n int)",
        "drop view mart.anmalan_rate",
        "select key from core.identity",
        "select 1; delete from core.fact_anmalan",
        "commit; delete from core.fact_anmalan",
        "copy core.fact_anmalan to '/tmp/x'",
        "select currval('ops.run_run_id_seq')",
        "refresh materialized view mart.anmalan_rate",
        "with gone as (delete from core.fact_anmalan returning 1) select * from gone",
        "selec 1",
    ] {
        let output = night.buss(&["--output", "json", "query", sql]);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("stdout is one JSON document");
        let code = answer["error"]["code"].as_str();
        assert!(output.status.code() == Some(2) && matches!(code, Some("CLI-006" | "CLI-009")), "{sql}: {answer}");
    }
    assert_eq!(night.figure(CURRENT).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_file_is_decided_by_hand() {
    let night = Program::new().await;
    night.write(&format!("extracts/{FILE}"), &reports(0, 3));
    night.json(&["run", "--pipeline", "anmalningar"], 0);
    night.write(&format!("extracts/{FILE}"), &reports(0, 0));
    assert_eq!(night.json(&["run", "--pipeline", "anmalningar"], 3)["slices"][0]["outcome"], "held");
    let listed = night.json(&["delivery", "list"], 0);
    let held = listed.as_array().and_then(|list| list.iter().find(|delivery| delivery["outcome"] == "held"));
    let id = held.expect("it is listed")["delivery_id"].to_string();
    assert_eq!(night.json(&["delivery", "approve", &id], 0)["approval"], "approved");
    assert_ne!(night.buss(&["delivery", "reject", &id]).status.code(), Some(0), "one word is enough");
    assert_eq!(night.json(&["run", "--pipeline", "anmalningar"], 0)["slices"][0]["outcome"], "loaded");
    assert_eq!(night.figure(CURRENT).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_at_once_exits_5_and_changes_nothing() {
    let night = Program::new().await;
    night.write(&format!("extracts/{FILE}"), &reports(0, 2));
    let today = Utc::now().date_naive();
    let (lock, _) = history::begin_run(&night.database.warehouse, Utc::now(), today).await.expect("a run");
    let refused = night.json(&["run"], 5);
    assert_eq!(refused["error"]["code"], "HIST-001", "{refused}");
    assert_eq!(night.figure("select count(*) from ops.run").await, 1);
    assert_eq!(night.figure("select count(*) from ops.delivery").await, 0);
    lock.release().await;
    night.json(&["run", "--pipeline", "anmalningar"], 0);
}

/// Asks until another session waits for a lock.
async fn until_someone_waits(session: &Session) {
    const WAITING: &str = "
        select count(*) from pg_locks as l
        where not l.granted and l.database = (select d.oid from pg_database as d where d.datname = current_database())";
    while session.query_one(WAITING, &[]).await.expect("locks").get::<_, i64>(0) == 0 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_stops_cleanly_and_the_next_one_does_its_work() {
    let night = Program::new().await;
    night.write(&format!("extracts/{FILE}"), &reports(0, 2));
    // The run stands still where it asks the ledger, before its first delivery.
    let mut session = night.database.loader().await;
    let lock = session.transaction().await.expect("a transaction");
    lock.batch_execute("lock table ops.delivery in access exclusive mode").await.expect("a lock");
    let mut run = night.begin(&["run"]);
    until_someone_waits(&night.database.loader().await).await;
    let sent = Command::new("kill").args(["-INT", &run.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    lock.rollback().await.expect("let go");
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
    assert_eq!(night.figure("select count(*) from ops.run where status = 'interrupted'").await, 1);
    assert_eq!(night.figure("select count(*) from ops.delivery").await, 0);
    assert_eq!(night.json(&["run", "--pipeline", "anmalningar"], 0)["slices"][0]["outcome"], "loaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_declarations_are_told_at_once_with_file_and_line() {
    let night = Program::new().await;
    let own = |name: &str| {
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file of the repository")
    };
    let intakes = own("pipelines/anmalningar.toml");
    let broken = intakes.replace("check = \"beslutsdatum >= inkom\"", "check = \"beslutsdatum >= inkomm\"");
    night.write("overlay/pipelines/anmalningar.toml", &broken);
    let conform = own("sql/conform/fact_review.sql");
    night.write("overlay/sql/conform/fact_review.sql", &conform.replace("s.count_status,", "s.count_statuz,"));
    let overlay = night.dir.path().join("overlay");
    let config = fs::read_to_string(night.dir.path().join("buss.toml")).expect("a file");
    let paths = format!("[paths]\npipelines = \"{0}/pipelines\"\nsql = \"{0}/sql\"\n", overlay.display());
    night.write("buss.toml", &(config.clone() + &paths));
    for command in ["validate", "run", "plan"] {
        let findings = &night.json(&[command], 2)["error"]["findings"];
        let told: Vec<_> = findings
            .as_array()
            .into_iter()
            .flatten()
            .map(|finding| {
                format!("{} {} {}", finding["place"].as_str().unwrap_or("nowhere"), finding["code"], finding["detail"])
            })
            .collect();
        assert_eq!(told.len(), 2, "{told:#?}");
        insta::allow_duplicates! { insta::assert_debug_snapshot!("sql_that_does_not_compile", told); }
    }

    night.write(
        "overlay/pipelines/anmalningar.toml",
        &intakes.replace("type = \"date\"\nrequired", "type = \"dat\"\nrequired"),
    );
    night.write("overlay/pipelines/granskning.toml", &own("pipelines/granskning.toml").replace("severity", "severety"));
    let findings = &night.json(&["run"], 2)["error"]["findings"];
    let findings = findings.as_array().expect("a list");
    for file in ["anmalningar.toml:", "granskning.toml:"] {
        let named = findings.iter().any(|finding| finding["place"].as_str().is_some_and(|place| place.contains(file)));
        assert!(named, "{file} with its line in {findings:#?}");
    }
    assert_eq!(night.figure("select count(*) from ops.run").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_follow_the_rows_of_a_file() {
    let mut night = Program::new().await;
    night.spill_bytes = Some("65536");
    // Unborn children of cases of their own: every row names three identities that no other row names.
    let rows = |count: usize| {
        let row =
            |n| format!("A{n};;Ja;;Nej;2007-03-01;Anmälan;Skola;VINR;;Utredning inleds;2007-04-02;11:1;U{n};24\n");
        reports(0, 0) + &(0..count).map(row).collect::<String>()
    };
    let peak = |count: usize| {
        night.write(&format!("extracts/{FILE}"), &rows(count));
        let run = night.json(&["run", "--pipeline", "anmalningar"], 0);
        assert_eq!(run["slices"][0]["rows_read"], count);
        run["peak_memory_bytes"].as_u64().expect("Linux tells")
    };
    let (few, many) = (peak(20_000), peak(80_000));
    // 21.5 MiB were seen. Sets and maps of the slice's keys and identities would come on top: about 27 MiB, estimated from the 328 MiB
    // that 500,000 rows once took.
    assert!(many < few + (32 << 20), "{few} bytes for 20,000 rows, {many} for 80,000");
}

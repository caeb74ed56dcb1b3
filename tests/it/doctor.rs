//! `buss doctor`: all is well after a night; whatever breaks is named by its own check and no other.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use buss::{
    doctor::{self, Check},
    pipeline::Declarations,
    plan::Selection,
    run::{self, RunOptions},
    settings::Settings,
    telemetry::Events,
    warehouse::{Role, Warehouse},
};
use chrono::{TimeDelta, Utc};
use tokio::sync::watch;

use crate::{night::change, postgres::open_dir};

/// One night on an embedded cluster of its own.
struct Place {
    dir: tempfile::TempDir,
    settings: Settings,
}

impl Place {
    fn new() -> Self {
        let dir = open_dir();
        let extracts = dir.path().join("extracts");
        fs::create_dir_all(extracts.join("24")).expect("a directory");
        let file = dir.path().join("buss.toml");
        fs::write(&file, change::SKARHOLMEN.replace("{dir}", &extracts.display().to_string())).expect("a file");
        let variables = [
            ("BUSS_PATHS__DATA_DIR", dir.path().join("var").display().to_string()),
            ("BUSS_SECRETS__GENERATE", "true".to_owned()),
            ("BUSS_RUN__HOLD_MIN_ROWS", "1".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        Self { settings: Settings::load(Some(&file), variables.into_iter()).expect("settings"), dir }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn extract(&self, rows: usize) {
        fs::write(self.path("extracts/24/anmalningar_2007.csv"), change::reports(0, rows)).expect("a file");
    }

    async fn night(&self) {
        let options = RunOptions {
            now: Utc::now(),
            business_date: None,
            selection: Selection::default(),
            reload: false,
            stop: watch::channel(false).1,
        };
        let declarations = Declarations::load(&self.settings).expect("declarations");
        run::run(&self.settings, &declarations, &options, &Events::new().0).await.expect("a night");
    }

    async fn checks(&self) -> Vec<Check> {
        doctor::checks(&self.settings, Utc::now()).await
    }

    /// The names of the checks that fail.
    async fn broken(&self) -> Vec<&'static str> {
        broken(&self.checks().await)
    }

    async fn broken_with(&self, change: impl FnOnce(&mut Settings)) -> Vec<&'static str> {
        let mut settings = self.settings.clone();
        change(&mut settings);
        broken(&doctor::checks(&settings, Utc::now()).await)
    }

    async fn as_owner(&self, sql: &str) {
        let warehouse = Warehouse::open(&self.settings).await.expect("the cluster");
        warehouse.connect(Role::Owner).await.expect("a session").batch_execute(sql).await.expect("done");
        warehouse.close().await.expect("let go");
    }
}

fn broken(checks: &[Check]) -> Vec<&'static str> {
    for check in checks {
        assert_eq!(check.ok, check.hint.is_none(), "{check:?}");
    }
    checks.iter().filter(|check| !check.ok).map(|check| check.name).collect()
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
}

const NONE: [&str; 0] = [];

#[tokio::test(flavor = "multi_thread")]
async fn each_broken_thing_is_named_by_its_own_check() {
    let place = Place::new();
    assert_eq!(place.broken().await, ["database"], "nothing has been made yet");
    assert!(!place.path("var").exists(), "doctor makes nothing");

    place.extract(10);
    place.night().await;
    let well = place.checks().await;
    assert_eq!(broken(&well), NONE, "{well:#?}");
    let names: Vec<_> = well.iter().map(|check| check.name).collect();
    insta::assert_debug_snapshot!(names);

    declared_things(&place).await;
    files(&place).await;
    database(&place).await;
    assert_eq!(place.broken().await, NONE, "all is mended");

    // Half of the rows are gone, so the file waits.
    place.extract(4);
    place.night().await;
    assert_eq!(place.broken().await, ["held deliveries"]);
}

/// What settings name.
async fn declared_things(place: &Place) {
    let overlay = place.path("pipelines");
    fs::create_dir(&overlay).expect("a directory");
    fs::write(overlay.join("anmalningar.toml"), "nam = 1\n").expect("a file");
    assert_eq!(place.broken_with(|settings| settings.paths.pipelines = Some(overlay)).await, ["declarations"]);
    assert_eq!(place.broken_with(|settings| settings.run.zone = "Europe/Atlantis".into()).await, ["time zone"]);
    let nowhere = Some(PathBuf::from("/nonexistent"));
    assert_eq!(place.broken_with(|settings| settings.warehouse.programs = nowhere).await, ["programs"]);
    assert_eq!(place.broken_with(|settings| settings.deliverers.clear()).await, ["deliverers"]);
    let file = place.path("buss.toml");
    assert_eq!(place.broken_with(|settings| settings.paths.landing = Some(file)).await, ["directories"]);
    let mistyped = buss::settings::Secret::new("postgresql://nobody@127.0.0.1:1/x");
    assert_eq!(place.broken_with(|settings| settings.warehouse.url = mistyped).await, ["database"]);
    let early = Utc::now() - TimeDelta::days(2);
    assert_eq!(broken(&doctor::checks(&place.settings, early).await), ["clock"]);
}

/// What lies on disk.
async fn files(place: &Place) {
    let (office, away) = (place.path("extracts/24"), place.path("extracts/away"));
    fs::rename(&office, &away).expect("moved");
    assert_eq!(place.broken().await, ["deliverers"]);
    fs::rename(&away, &office).expect("moved back");

    let key = place.path("var/keys/pseudonym.key");
    mode(&key, 0o644);
    assert_eq!(place.broken().await, ["keys"]);
    mode(&key, 0o600);
    let text = fs::read_to_string(&key).expect("a key");
    fs::write(&key, "0123\n").expect("a short key");
    let checks = place.checks().await;
    assert_eq!(broken(&checks), ["keys"]);
    assert!(checks.iter().all(|check| !check.detail.contains("0123") && !check.detail.contains(text.trim())));
    fs::write(&key, text).expect("the key");

    if uzers::get_effective_uid() == 0 {
        mode(place.dir.path(), 0o700);
        assert_eq!(place.broken().await, ["account"]);
        mode(place.dir.path(), 0o755);
    }

    let current = place.path("var/snapshots/mart/CURRENT");
    let name = fs::read_to_string(&current).expect("a name");
    fs::remove_file(&current).expect("removed");
    assert_eq!(place.broken().await, ["publication"]);
    fs::write(&current, &name).expect("a name");

    let manifest = place.path("var/snapshots/core").join(name.trim()).join("manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text.replacen("\"sha256\": \"", "\"sha256\": \"0", 1)).expect("a manifest");
    assert_eq!(place.broken().await, ["snapshot"]);
    fs::write(&manifest, text).expect("a manifest");
}

/// What the database holds.
async fn database(place: &Place) {
    place.as_owner("create table public.kept as select path, checksum, program_version, applied_at from ops.migration; delete from ops.migration where path like '%0006%'").await;
    assert_eq!(place.broken().await, ["schema"]);
    place
        .as_owner("insert into ops.migration select * from public.kept on conflict do nothing; drop table public.kept")
        .await;

    place.as_owner("alter role buss_analyst nologin").await;
    assert_eq!(place.broken().await, ["roles"]);
    place.as_owner("alter role buss_analyst login").await;
}

fn buss(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buss"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BUSS_")) {
        command.env_remove(name);
    }
    command.args(args).current_dir(dir).output().expect("the program starts")
}

#[test]
fn on_the_command_line_it_is_a_list_or_a_table_and_fails_with_1() {
    let dir = open_dir();
    let output = buss(dir.path(), &["doctor", "--output", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let checks: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one document");
    let keys =
        checks.as_array().expect("a list").iter().find(|check| check["name"] == "keys").expect("a check of keys");
    assert_eq!(keys["ok"], false);
    assert!(keys["hint"].as_str().is_some_and(|hint| !hint.is_empty()) && keys["detail"].is_string());
    let output = buss(dir.path(), &["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.lines().any(|line| line.starts_with("declarations ") && line.contains(" ok ")), "{text}");
    assert!(text.lines().any(|line| line.starts_with("keys: ")), "{text}");
    assert_eq!(fs::read_dir(dir.path()).expect("a directory").count(), 0, "doctor makes nothing");
}

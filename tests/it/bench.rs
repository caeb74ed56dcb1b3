//! A whole night on a fresh database: a directory of extracts, settings that point at it, and runs over them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use buss::{
    Result,
    pipeline::Declarations,
    plan::{Plan, Selection},
    run::{self, RunOptions, RunReport},
    settings::Settings,
    telemetry::Events,
    warehouse::{content_hash, query},
};
use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::watch;

use crate::postgres::{self, Database};

/// Extracts, settings and a database of one test.
pub struct Bench {
    pub database: Database,
    pub settings: Settings,
    pub dir: tempfile::TempDir,
    now: DateTime<Utc>,
}

impl Bench {
    /// `config` is laid over keys and paths of the test: deliverers (with `{dir}` for the extracts' directory), coverage.
    pub async fn new(config: &str) -> Self {
        let database = Database::fresh().await;
        let dir = postgres::open_dir();
        let extracts = dir.path().join("extracts");
        fs::create_dir(&extracts).expect("a directory");
        let file = dir.path().join("buss.toml");
        fs::write(&file, config.replace("{dir}", &extracts.display().to_string())).expect("a file");
        let variables = [
            ("BUSS_WAREHOUSE__URL".to_owned(), database.settings.warehouse.url.expose().to_owned()),
            ("BUSS_PATHS__DATA_DIR".to_owned(), dir.path().join("var").display().to_string()),
            ("BUSS_SECRETS__GENERATE".to_owned(), "true".to_owned()),
            ("BUSS_PATHS__PROGRAM".to_owned(), env!("CARGO_BIN_EXE_buss").to_owned()),
        ];
        let settings = Settings::load(Some(&file), variables.into_iter()).expect("settings");
        let now = "2026-11-01T03:00:00Z".parse().expect("an instant");
        Self { database, settings, dir, now }
    }

    /// Writes an extract, `24/anmalningar_2007.csv`.
    pub fn extract(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join("extracts").join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a directory");
        fs::write(&path, content).expect("a file");
        path
    }

    pub fn declarations(&self) -> Declarations {
        Declarations::load(&self.settings).expect("declarations")
    }

    fn options(&mut self) -> RunOptions {
        self.now += chrono::TimeDelta::days(1);
        RunOptions {
            now: self.now,
            business_date: NaiveDate::from_ymd_opt(2026, 11, 1),
            selection: Selection::default(),
            reload: false,
            stop: watch::channel(false).1,
        }
    }

    pub async fn try_run(&mut self, change: impl FnOnce(&mut RunOptions)) -> Result<RunReport> {
        let mut options = self.options();
        change(&mut options);
        run::run(&self.settings, &self.declarations(), &options, &Events::new().0).await
    }

    pub async fn run(&mut self) -> RunReport {
        self.try_run(|_| ()).await.expect("a run")
    }

    pub async fn plan(&mut self, change: impl FnOnce(&mut RunOptions)) -> Plan {
        let mut options = self.options();
        change(&mut options);
        run::planned(&self.settings, &self.declarations(), &options).await.expect("a plan")
    }

    /// Takes an extract away.
    pub fn vanish(&self, name: &str) {
        fs::remove_file(self.dir.path().join("extracts").join(name)).expect("a file that is there");
    }

    /// Lays a file over the program's own: `pipelines/x.toml`, `sql/audit/x.sql`, `reference/x.csv`.
    pub fn overlay(&mut self, name: &str, text: &str) {
        let root = self.dir.path().join("overlay");
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&root)).expect("a directory");
        fs::write(path, text).expect("a file");
        let paths = &mut self.settings.paths;
        match name.split('/').next() {
            Some("pipelines") => paths.pipelines = Some(root.join("pipelines")),
            Some("sql") => paths.sql = Some(root.join("sql")),
            _ => paths.reference = Some(root.join("reference")),
        }
    }

    /// The program's own file, to be changed and laid over.
    pub fn own(name: &str) -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file of the repository")
    }

    /// Names of the published snapshots for BI tools, and the one that is current.
    pub fn snapshots(&self) -> (Vec<String>, String) {
        let dir = self.settings.paths.snapshots().join("mart");
        let entries = fs::read_dir(&dir).expect("a set").map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.retain(|name| name != "CURRENT");
        names.sort();
        (names, fs::read_to_string(dir.join("CURRENT")).expect("a mark").trim().to_owned())
    }

    /// What `doctor --content-hash` says, table by table.
    pub async fn content(&self) -> Vec<(String, String)> {
        let mut session = self.database.loader().await;
        content_hash(&mut session, &self.declarations().pipelines).await.expect("hashes")
    }

    /// What readers see, by mart.
    pub async fn marts_hash(&self) -> Vec<(String, String)> {
        self.content().await.into_iter().filter(|(table, _)| table.starts_with("mart.")).collect()
    }

    /// Files of the landing directory by name, with what would differ if one were written again.
    pub fn landed(&self) -> Vec<(PathBuf, u64)> {
        let files = walkdir::WalkDir::new(self.settings.paths.landing()).sort_by_file_name().into_iter();
        let files = files.filter_map(std::result::Result::ok).filter(|entry| entry.file_type().is_file());
        files.map(|file| (file.path().to_owned(), inode(file.path()))).collect()
    }

    /// Lets days go by without a night.
    pub fn wait(&mut self, days: i64) {
        self.now += chrono::TimeDelta::days(days);
    }

    /// One figure as an analyst sees it, now or as known at an instant.
    pub async fn seen(&self, sql: &str, as_of: Option<DateTime<Utc>>) -> String {
        let mut session = self.database.analyst().await;
        let rows = query::run(&mut session, sql, as_of).await.expect("an answer").rows;
        rows.into_iter().flatten().next().flatten().unwrap_or_default()
    }

    /// One figure of the database, as text.
    pub async fn figure(&self, sql: &str) -> String {
        let session = self.database.loader().await;
        let row = session.query_one(&format!("select ({sql})::text"), &[]).await.expect("a figure");
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }
}

fn inode(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).expect("a file"))
}

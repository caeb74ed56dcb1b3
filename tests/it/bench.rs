//! A whole night on a fresh database: a directory of extracts, settings that point at it, and runs over them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use buss::{
    Result,
    pipeline::Declarations,
    plan::Selection,
    run::{self, RunOptions, RunReport},
    settings::Settings,
    telemetry::Events,
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

    /// One figure of the database, as text.
    pub async fn figure(&self, sql: &str) -> String {
        let session = self.database.loader().await;
        let row = session.query_one(&format!("select ({sql})::text"), &[]).await.expect("a figure");
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }
}

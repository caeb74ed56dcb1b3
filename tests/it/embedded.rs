//! The embedded cluster as commands meet it: started, shared, adopted, killed, kept up, stopped.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use buss::{
    pipeline::Assets,
    settings::Settings,
    warehouse::{Role, Warehouse, db},
};

use crate::postgres::{open_dir, settings};

struct Place {
    dir: tempfile::TempDir,
    settings: Settings,
}

impl Place {
    fn new() -> Self {
        let dir = open_dir();
        let settings = settings(dir.path(), "embedded");
        Self { dir, settings }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("postgresql")
    }

    /// The process of the running server.
    fn pid(&self) -> Option<String> {
        let text = fs::read_to_string(self.root().join("data/postmaster.pid")).ok()?;
        text.lines().next().map(|pid| pid.trim().to_owned())
    }

    async fn open(&self) -> Warehouse {
        Warehouse::open(&self.settings).await.expect("an embedded cluster")
    }
}

async fn answers(warehouse: &Warehouse) -> bool {
    let session = warehouse.connect(Role::Owner).await.expect("a session");
    let one: i32 = session.query_one("select 1", &[]).await.expect("an answer").get(0);
    one == 1
}

fn kill(pid: &str) {
    assert!(Command::new("kill").args(["-KILL", pid]).status().expect("kill").success());
}

#[tokio::test]
async fn the_last_of_several_commands_stops_it() {
    let place = Place::new();
    // Both find none running; one starts it, the other waits and shares it.
    let (first, second) = tokio::join!(place.open(), place.open());
    let pid = place.pid();
    assert!(pid.is_some() && answers(&first).await && answers(&second).await);
    first.close().await.expect("let go");
    assert!(place.pid() == pid && answers(&second).await);
    second.close().await.expect("let go");
    assert_eq!(place.pid(), None);
}

#[tokio::test]
async fn a_killed_server_is_started_anew_and_nothing_is_lost() {
    let place = Place::new();
    let first = place.open().await;
    let session = first.connect(Role::Owner).await.expect("a session");
    session.batch_execute("create table kept (n int); insert into kept values (7)").await.expect("a row");
    let killed = place.pid().expect("running");
    kill(&killed);
    let second = place.open().await;
    let again = second.connect(Role::Owner).await.expect("a session");
    let n: i32 = again.query_one("select n from kept", &[]).await.expect("the row").get(0);
    assert_eq!(n, 7);
    assert_ne!(place.pid(), Some(killed));
    first.close().await.expect("let go");
    second.close().await.expect("let go");
    assert_eq!(place.pid(), None);
}

#[tokio::test]
async fn an_orphan_is_adopted_and_a_stale_mark_is_not_believed() {
    let place = Place::new();
    let first = place.open().await;
    let pid = place.pid();
    // What a killed command leaves: the server runs and nobody holds it.
    std::mem::forget(first);
    let second = place.open().await;
    assert_eq!(place.pid(), pid);
    assert!(answers(&second).await);
    let mark = place.root().join("data/postmaster.pid");
    let text = fs::read_to_string(&mark).expect("the mark");
    kill(&pid.expect("running"));
    // The number now belongs to a process that has nothing to do with it.
    fs::write(&mark, text.replacen(text.lines().next().expect("a number"), &std::process::id().to_string(), 1))
        .expect("a mark");
    let third = place.open().await;
    assert!(answers(&third).await);
    // The forgotten holder still counts, so the server is stopped by hand.
    drop((second, third));
    kill(&place.pid().expect("running"));
}

#[tokio::test]
async fn half_made_data_are_made_again() {
    let place = Place::new();
    let half = place.root().join("init-0123");
    fs::create_dir_all(half.join("base")).expect("leftovers");
    let warehouse = place.open().await;
    assert!(answers(&warehouse).await && !half.exists());
    let settings = warehouse.connect(Role::Owner).await.expect("a session");
    let query = "select current_setting('fsync'), current_setting('data_checksums'), current_setting('log_min_error_statement'),
        current_setting('listen_addresses')";
    let row = settings.query_one(query, &[]).await.expect("settings");
    let shown: Vec<String> = (0..4).map(|n| row.get(n)).collect();
    assert_eq!(shown, ["on", "on", "panic", ""]);
    warehouse.close().await.expect("let go");
}

#[tokio::test]
async fn values_do_not_reach_the_servers_log() {
    let place = Place::new();
    let warehouse = place.open().await;
    let session = warehouse.connect(Role::Owner).await.expect("a session");
    session.batch_execute("create table t (n int primary key)").await.expect("a table");
    for failing in
        ["insert into t values ('canary'::int)", "select canary", "do $$ begin raise warning 'canary'; end $$"]
    {
        let _ = session.batch_execute(failing).await;
    }
    let _ = session.query("select $1::text::int", &[&"canary"]).await.expect_err("no number");
    let log = fs::read_to_string(place.root().join("server.log")).expect("a log");
    assert!(!log.contains("canary"), "{log}");
    warehouse.close().await.expect("let go");
}

#[tokio::test]
async fn kept_up_it_lets_analysts_in_by_password_only() {
    let mut place = Place::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    place.settings.warehouse.listen = Some(format!("127.0.0.1:{port}"));
    let assets = Assets::load(&place.settings.paths).expect("files");
    let urls = db::start(&place.settings, &assets.sql).await.expect("kept up");
    assert!(place.pid().is_some());
    assert_eq!(db::url(&place.settings).await.expect("addresses"), urls);

    let analyst = Warehouse::open(&settings(place.dir.path(), &urls[0])).await.expect("an address");
    let session = analyst.connect(Role::Analyst).await.expect("a login");
    session.query("select count(*) from core.dim_date", &[]).await.expect("the star");
    let wrong = urls[0].replace("postgresql://buss_analyst:", "postgresql://buss_analyst:x");
    let refused = Warehouse::open(&settings(place.dir.path(), &wrong)).await.expect("an address");
    let error = refused.connect(Role::Analyst).await.expect_err("no login");
    assert_eq!(error.code().id, "WARE-003");
    let owner = urls[0].replace("buss_analyst:", "buss:");
    let refused = Warehouse::open(&settings(place.dir.path(), &owner)).await.expect("an address");
    assert!(refused.connect(Role::Owner).await.is_err());

    // A command that ends leaves it up; `stop` ends it.
    place.open().await.close().await.expect("let go");
    assert!(place.pid().is_some());
    assert_eq!(db::stop(&place.settings).await.expect("stopped"), db::Stopped::Stopped);
    assert_eq!(place.pid(), None);
    assert_eq!(db::stop(&place.settings).await.expect("stopped"), db::Stopped::WasNotRunning);
}

#[tokio::test]
async fn what_is_in_the_way_is_said() {
    let mut place = Place::new();
    place.settings.warehouse.programs = Some(PathBuf::from("/nonexistent"));
    assert_eq!(code_of(&place.settings).await, "WARE-030");
    place.settings.warehouse.programs = None;

    fs::create_dir_all(place.root().join("data")).expect("a directory");
    fs::write(place.root().join("data/PG_VERSION"), "9\n").expect("a version");
    assert_eq!(code_of(&place.settings).await, "WARE-031");
    fs::remove_dir_all(place.root()).expect("removed");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    place.settings.warehouse.listen = Some(taken.local_addr().expect("its address").to_string());
    let assets = Assets::load(&place.settings.paths).expect("files");
    let error = db::start(&place.settings, &assets.sql).await.expect_err("taken");
    assert_eq!(error.code().id, "WARE-035");
    assert_eq!(place.pid(), None);

    place.settings.warehouse.url = buss::settings::Secret::new("postgresql://localhost/x");
    assert_eq!(db::stop(&place.settings).await.expect_err("a server").code().id, "WARE-039");
}

#[tokio::test]
async fn a_directory_that_the_account_cannot_enter_is_named() {
    if !is_root() {
        return;
    }
    let closed = open_dir();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).expect("a directory of mode 0700");
    let settings = settings(&closed.path().join("var"), "embedded");
    let error = Warehouse::open(&settings).await.expect_err("no way in");
    assert_eq!(error.code().id, "WARE-032");
    assert_eq!(error.place().map(Path::new), Some(closed.path()));
}

fn is_root() -> bool {
    uzers::get_effective_uid() == 0
}

async fn code_of(settings: &Settings) -> &'static str {
    Warehouse::open(settings).await.expect_err("refused").code().id
}

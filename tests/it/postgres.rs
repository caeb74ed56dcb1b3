//! A real PostgreSQL for tests: one embedded cluster for the whole binary, a fresh database for each test.
//!
//! The cluster is started by the program's own code in a temporary directory, and stopped and removed when the test process ends, however
//! it ends.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use buss::{
    pipeline::Assets,
    settings::Settings,
    warehouse::{Role, Session, Warehouse, db},
};
use tokio::sync::OnceCell;

/// A database of its own, on the shared cluster.
pub struct Database {
    pub settings: Settings,
    pub warehouse: Warehouse,
}

impl Database {
    /// A migrated database without data.
    pub async fn fresh() -> Self {
        Self::made_from("template_migrated").await
    }

    /// A database without anything.
    pub async fn empty() -> Self {
        Self::made_from("template1").await
    }

    async fn made_from(template: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let cluster = cluster().await;
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let session = cluster.warehouse.connect(Role::Owner).await.expect("a session");
        session.batch_execute(&format!("create database {name} template {template}")).await.expect("a database");
        session.close().await;
        Self::open(settings(cluster.dir.path(), &cluster.url(&name))).await
    }

    async fn open(settings: Settings) -> Self {
        let warehouse = Warehouse::open(&settings).await.expect("the test server");
        Self { settings, warehouse }
    }

    pub async fn loader(&self) -> Session {
        self.warehouse.connect(Role::Loader).await.expect("a session")
    }

    pub async fn analyst(&self) -> Session {
        self.warehouse.connect(Role::Analyst).await.expect("a session")
    }
}

/// Settings of a data directory; `url` is `embedded` or a server's address.
pub fn settings(data_dir: &Path, url: &str) -> Settings {
    let data_dir = data_dir.display().to_string();
    let variables = [("BUSS_WAREHOUSE__URL", url.to_owned()), ("BUSS_PATHS__DATA_DIR", data_dir)];
    Settings::load(None, variables.map(|(name, value)| (name.to_owned(), value)).into_iter()).expect("settings")
}

/// A directory that any account can enter, as root's server runs under another one.
pub fn open_dir() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().prefix("buss-it-").permissions(permissions).tempdir().expect("a directory")
}

struct Cluster {
    warehouse: Warehouse,
    dir: tempfile::TempDir,
    socket_url: String,
    /// Waits for the end of this process; its input is never written.
    _watch: Child,
}

impl Cluster {
    fn url(&self, database: &str) -> String {
        self.socket_url.replace("/buss?", &format!("/{database}?")).replace("user=buss_analyst", "user=buss")
    }
}

async fn cluster() -> &'static Cluster {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    CLUSTER.get_or_init(start).await
}

async fn start() -> Cluster {
    let dir = open_dir();
    let embedded = settings(dir.path(), "embedded");
    let warehouse = Warehouse::open(&embedded).await.expect("an embedded cluster");
    let socket_url = db::url(&embedded).await.expect("its address").pop().expect("its socket");
    let cluster = Cluster { warehouse, _watch: watch(dir.path()), dir, socket_url };
    let session = cluster.warehouse.connect(Role::Owner).await.expect("a session");
    session.batch_execute("create database template_migrated").await.expect("a database");
    session.close().await;
    let template = Database::open(settings(cluster.dir.path(), &cluster.url("template_migrated"))).await;
    let assets = Assets::load(&template.settings.paths).expect("embedded files");
    template.warehouse.migrate(&assets.sql).await.expect("migrations");
    cluster
}

/// A static is never dropped, so a child of ours stops the server when our end of its pipe closes.
fn watch(dir: &Path) -> Child {
    let script = r#"cat >/dev/null
        mark="$1/postgresql/data/postmaster.pid"
        pid=$(head -n 1 "$mark") && socket=$(sed -n 5p "$mark") && kill -INT "$pid"
        n=0; while [ -e "$mark" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
        rm -rf "$1"; rmdir "$socket""#;
    Command::new("/bin/sh")
        .args(["-c", script, "watch"])
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell")
}

//! Settings: the embedded `config/default.toml`, overlaid by `--config FILE` and by `BUSS_…` variables.
//!
//! Out: checked [`Settings`], or all findings at once, each with file and line. Secrets are [`Secret`]s, which
//! never print. `now` is not read here.

mod deliverer;
pub(crate) mod document;
mod host;
mod http;
mod load;
mod network;
mod schema;
mod secret;
pub(crate) mod shape;

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

pub use deliverer::{Basic, Deliverer, DelivererCsv, DelivererHttp, DelivererSie};
pub use host::{Host, HostPort};
pub use http::Http;
pub use load::{DEFAULTS, DEMO};
pub use network::Network;
pub(crate) use schema::separator;
pub use secret::{Secret, SecretSource};

/// Everything the program can be told. Shapes as in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub warehouse: Warehouse,
    pub paths: Paths,
    pub secrets: Secrets,
    pub engine: Engine,
    /// Years expected per dataset (`2006..2008`, inclusive); the pipeline file has the default.
    #[serde(default)]
    pub coverage: BTreeMap<String, String>,
    /// File and line of each of them, for findings.
    #[serde(skip)]
    pub(crate) coverage_places: BTreeMap<String, String>,
    pub run: Run,
    pub http: Http,
    #[serde(default)]
    pub deliverers: Vec<Deliverer>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warehouse {
    /// `embedded`, or `postgresql://…` (server version 15 or later).
    pub url: Secret,
    /// Directory of the PostgreSQL programs; default: found on the machine.
    pub programs: Option<PathBuf>,
    /// Address the embedded cluster listens on for BI tools (`127.0.0.1:5433`), with SCRAM. Default: unix socket only.
    pub listen: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// Embedded cluster, landing, slices, snapshots.
    pub data_dir: PathBuf,
    pub landing: Option<PathBuf>,
    pub snapshots: Option<PathBuf>,
    /// Directories laid over the embedded ones: a file of the same name replaces, another adds.
    pub pipelines: Option<PathBuf>,
    pub sql: Option<PathBuf>,
    pub reference: Option<PathBuf>,
    /// The program `buss`, which is started again to read a workbook; default: the one that runs.
    pub program: Option<PathBuf>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    pub pseudonym_key: Option<SecretSource>,
    pub landing_key: Option<SecretSource>,
    /// Makes missing keys in `data_dir` (demo only).
    #[serde(default)]
    pub generate: bool,
}

/// Where set rules and conform queries are computed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    pub kind: EngineKind,
}

/// The results are the same; this version always computes locally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineKind {
    Local,
    Ballista,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// IANA zone of schedules and of the business date.
    pub zone: String,
    /// Deliveries handled at once; 0 = one per core, at most [`MOST_AT_ONCE`].
    pub parallel: usize,
    /// Rows per Arrow batch.
    pub batch_rows: usize,
    /// Bytes of one slice held in memory before it spills to an Arrow IPC file.
    pub spill_bytes: usize,
    /// A file is refused when more rows than this, and more than `refuse_share` of them, are rejected.
    pub refuse_rows: i64,
    pub refuse_share: f64,
    /// Fewer rows than this share of the last accepted version, which had at least `hold_min_rows`, is held.
    pub hold_share: f64,
    pub hold_min_rows: i64,
}

/// Deliveries handled at once where the settings leave it to the machine. More only wait for the database, and each holds
/// memory meanwhile.
pub const MOST_AT_ONCE: usize = 4;

impl Run {
    /// Deliveries handled at once.
    pub fn parallel(&self) -> usize {
        match self.parallel {
            0 => std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_AT_ONCE)),
            given => given,
        }
    }
}

impl Paths {
    pub fn landing(&self) -> PathBuf {
        self.landing.clone().unwrap_or_else(|| self.data_dir.join("landing"))
    }
    pub fn snapshots(&self) -> PathBuf {
        self.snapshots.clone().unwrap_or_else(|| self.data_dir.join("snapshots"))
    }
    /// Immutable Parquet files of slice versions, named by content.
    pub fn slices(&self) -> PathBuf {
        self.data_dir.join("slices")
    }
    /// Intermediate Arrow IPC files, mode 0700, emptied at start.
    pub fn spool(&self) -> PathBuf {
        self.data_dir.join("spool")
    }
    /// The embedded PostgreSQL cluster.
    pub fn cluster(&self) -> PathBuf {
        self.data_dir.join("postgresql")
    }
}

//! What the user can type. Nothing is decided here.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::exit;

/// Nightly data-warehouse pipeline of a city's child and youth social care.
#[derive(Debug, Parser)]
#[command(name = "buss", version, after_help = exit::HELP, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Settings laid over the built-in defaults (config/default.toml)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Form of the answer on stdout; json is one document, also for errors
    #[arg(long, global = true, value_enum, default_value_t = Form::Text, value_name = "FORM")]
    pub output: Form,
    /// No progress bars and no log but errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole night on bundled sample extracts, with an embedded database; shows what came out and where
    Demo {
        /// Where extracts, database and snapshots go [default: var/demo, or where the database cannot live there a directory in /var/tmp]
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Take in what is new, and publish it if the gate passes
    Run(Asked),
    /// What run would do, and why
    Plan(Asked),
    /// The last run, what is published, and what came of every expected delivery
    Status,
    /// The newest runs, or everything that happened in one
    History {
        /// Number of the run
        run: Option<i64>,
    },
    /// Versions of slices, and decisions about those that are held
    Delivery {
        #[command(subcommand)]
        action: Delivery,
    },
    /// Rows that were not taken, and why (never their values)
    Quarantine {
        #[command(subcommand)]
        action: Quarantine,
    },
    /// Read the warehouse with SQL, as an analyst and read only
    Query {
        /// One statement; the schemas are mart, asof and core
        sql: String,
        /// As known at an instant (RFC 3339) or at the end of a date, up to the last finished run
        #[arg(long, value_name = "INSTANT")]
        as_of: Option<String>,
    },
    /// Published snapshots on disk
    Snapshot {
        #[command(subcommand)]
        action: Snapshot,
    },
    /// The embedded cluster, kept up for BI tools
    Db {
        #[command(subcommand)]
        action: Db,
    },
    /// Make up extracts of all districts that keep the contract (children are official test numbers)
    Sample {
        /// Directory to write into; made where it is missing
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Equal seeds give equal bytes
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// Multiplies the number of intakes
        #[arg(long, value_name = "X")]
        scale: Option<f64>,
        /// Plant one fault of each kind, and list what must become of it
        #[arg(long)]
        faults: bool,
    },
    /// Bring the database's tables up to this version
    Migrate,
    /// Look whether everything is in place
    Doctor {
        /// One hash per table and in all, over natural values: equal content and history have equal hashes
        #[arg(long)]
        content_hash: bool,
    },
    /// Check settings, pipelines and their SQL; start nothing
    Validate,
    /// Read one workbook for the process that started this one
    #[command(hide = true, name = crate::parse::READ_WORKBOOK)]
    ReadWorkbook { request: String },
    /// Tell more about an error code
    Explain {
        /// As errors show it, for example CONF-003
        code: String,
    },
    /// Print what a shell needs to complete commands and options
    Completions { shell: clap_complete::Shell },
}

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Start it, or keep up the one that runs, and print its addresses
    Start,
    /// No longer keep it up
    Stop,
    /// Print its addresses
    Url,
}

#[derive(Debug, Subcommand)]
pub enum Delivery {
    /// Versions in force, and what waits or was refused since
    List {
        /// Every version of every slice
        #[arg(long)]
        all: bool,
    },
    /// Let a held delivery be loaded by the next run
    Approve { id: i64 },
    /// Decide that a held delivery is never loaded
    Reject { id: i64 },
}

#[derive(Debug, Subcommand)]
pub enum Quarantine {
    /// Open entries by delivery and rule
    List,
    /// Every reason of every row of one delivery
    Show {
        /// Number of the delivery
        delivery: i64,
    },
}

#[derive(Debug, Subcommand)]
pub enum Snapshot {
    /// All snapshots, oldest first
    List,
    /// Read every file of a snapshot and compare it with its manifest
    Verify {
        /// Default: the published one
        name: Option<String>,
    },
}

/// The part of the night that is asked for; nothing given means all of it.
#[derive(Debug, Default, Args)]
pub struct Asked {
    /// Only this dataset (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub pipeline: Vec<String>,
    /// Only this deliverer (may be repeated)
    #[arg(long, value_name = "CODE")]
    pub deliverer: Vec<String>,
    /// Only this period (may be repeated)
    #[arg(long, value_name = "P")]
    pub period: Vec<String>,
    /// The day the run is for (default: today in the zone of the settings)
    #[arg(long, value_name = "D")]
    pub business_date: Option<NaiveDate>,
    /// Go through files again that are in force unchanged
    #[arg(long)]
    pub reload: bool,
}

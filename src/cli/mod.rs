//! The command line: what the user typed, what is printed, and the exit code.
//!
//! In: arguments, environment, settings. Out: one answer on stdout, logs and progress on stderr. Each command calls the
//! library and makes an [`output::Answer`] of what it gives; nothing is computed here.

pub mod args;
mod database;
mod declared;
mod demo;
pub mod exit;
mod files;
mod ledger;
mod night;
mod output;
mod progress;
mod quarantine;
mod query;
mod summary;
mod table;

use std::{
    io::IsTerminal,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use clap::Parser;
use tokio::sync::watch;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{LevelFilter, filter_fn},
    fmt,
    layer::SubscriberExt,
};

use crate::{
    error::{Error, Result, codes},
    settings::Settings,
    telemetry,
};
use args::{Cli, Command, Global};
use output::Answer;

/// Runs the program as it was called.
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        // Before any thread is started and any setting is read.
        Ok(Cli { command: Command::ReadWorkbook { request }, .. }) => output::frames(&request),
        Ok(cli) => {
            telemetry::keep_quiet();
            log_to_stderr(&cli.global);
            let form = cli.global.output;
            // A panic was logged where it happened; here it only becomes an answer like any other.
            let answered = catch_unwind(AssertUnwindSafe(|| answer(cli)));
            output::finish(form, answered.unwrap_or_else(|_| Err(Error::new(&codes::run::BROKEN))))
        }
        Err(error) => output::finish_parse(&error, json_asked()),
    }
}

/// What the commands share.
#[derive(Debug)]
struct Context {
    global: Global,
    /// Turns true at SIGINT or SIGTERM.
    stop: watch::Receiver<bool>,
}

impl Context {
    fn settings(&self) -> Result<Settings> {
        Settings::load(self.global.config.as_deref(), environment())
    }
}

/// Variables whose names or values are not text cannot be settings.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn answer(cli: Cli) -> Result<Answer> {
    let runtime = tokio::runtime::Runtime::new().map_err(|_| Error::new(&codes::cli::NO_RUNTIME))?;
    let answer = runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        // A night ends its deliveries before it stops; whatever else is asked can be dropped at once.
        let graceful = matches!(cli.command, Command::Run(_) | Command::Demo { .. });
        tokio::select! {
            answer = dispatch(cli, stopped) => answer,
            () = interrupted(&stop, graceful) => Err(Error::new(&codes::cli::INTERRUPTED)),
        }
    });
    // Blocking work that was cut off ends by itself; it writes nothing that counts without its transaction.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    answer
}

async fn dispatch(cli: Cli, stop: watch::Receiver<bool>) -> Result<Answer> {
    let context = Context { global: cli.global, stop };
    match cli.command {
        Command::Validate => declared::validate(&context).await,
        Command::Explain { code } => declared::explain(&code),
        Command::Completions { shell } => Ok(declared::completions(shell)),
        Command::ReadWorkbook { .. } => {
            Err(Error::new(&codes::run::BROKEN).detail("a workbook is read without settings"))
        }
        Command::Demo { dir } => demo::demo(&context, dir).await,
        Command::Run(asked) => night::run(&context, &asked).await,
        Command::Plan(asked) => night::plan(&context, &asked).await,
        Command::Status => ledger::status(&context).await,
        Command::History { run } => ledger::history(&context, run).await,
        Command::Delivery { action } => ledger::delivery(&context, &action).await,
        Command::Quarantine { action } => ledger::quarantine(&context, &action).await,
        Command::Snapshot { action } => files::snapshot(&context, &action),
        Command::Sample { out, seed, scale, faults } => files::sample(&out, files::sample_options(seed, scale, faults)),
        Command::Query { sql, as_of } => query::query(&context, &sql, as_of.as_deref()).await,
        Command::Db { action } => database::db(&context, &action).await,
        Command::Migrate => database::migrate(&context).await,
        Command::Doctor { content_hash } => database::doctor(&context, content_hash).await,
    }
}

/// Ends at SIGINT or SIGTERM; with `graceful` it asks the command to stop first, and ends at a second signal.
async fn interrupted(stop: &watch::Sender<bool>, graceful: bool) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    for _ in 0..=u8::from(graceful) {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop.send_replace(true);
    }
}

/// `BUSS_LOG` (`debug`, `buss::load=trace`) goes before `--quiet`. Whatever it asks for, libraries are not heard: what they
/// log of their work may quote statements and values.
fn log_to_stderr(global: &Global) {
    let level = if global.quiet { LevelFilter::ERROR } else { LevelFilter::WARN };
    let filter = EnvFilter::builder().with_default_directive(level.into()).with_env_var("BUSS_LOG").from_env_lossy();
    let ours = filter_fn(|told| told.target() == "buss" || told.target().starts_with("buss::"));
    let colour = std::io::stderr().is_terminal();
    let to_stderr = fmt::layer().with_writer(std::io::stderr).with_ansi(colour).with_filter(filter).with_filter(ours);
    // A second call in one process keeps the first subscriber.
    drop(tracing::subscriber::set_global_default(Registry::default().with(to_stderr)));
}

/// Whether a command line that cannot be parsed asked for JSON.
fn json_asked() -> bool {
    let args: Vec<String> = std::env::args().collect();
    args.iter().any(|arg| arg == "--output=json")
        || args.windows(2).any(|pair| pair[0] == "--output" && pair[1] == "json")
}

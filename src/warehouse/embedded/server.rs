//! The server process: made, started, found again, stopped.
//!
//! All calls block and are made under the start lock. The server survives the command that started it.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::{
    account::Account,
    conf,
    layout::{self, Layout, unusable},
    programs::Programs,
};
use crate::{
    disk,
    error::{Error, Result, codes::warehouse as codes},
    warehouse::db,
};

const START_SECONDS: &str = "120";
/// Where the system does not tell of other processes, starting is simply tried again.
const START_TRIES: u32 = 5;
/// How long the backends of a killed server may take to notice, in tenths of a second.
const LEFTOVER_TENTHS: u32 = 300;
/// Data directories being made.
const HALF_MADE: &str = "init-";

/// Where the server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::warehouse) struct Address {
    pub(in crate::warehouse) socket_dir: PathBuf,
    pub(in crate::warehouse) port: u16,
}

/// The programs over one data directory, under one account.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) layout: Layout,
    pub(super) programs: Programs,
    pub(super) account: Account,
}

impl Server {
    pub(super) fn at(root: &Path, configured: Option<&Path>) -> Result<Self> {
        let layout = Layout::at(root)?;
        let account = Account::choose(&layout.data())?;
        let programs = Programs::find(configured, layout.data_major()?)?;
        account.own(layout.root()).map_err(|error| unusable(layout.root(), &error))?;
        account.check_reach(layout.root())?;
        Ok(Self { layout, programs, account })
    }

    /// The running server's address; waits for one that is still starting. Removes the marks of one that was killed.
    pub(super) fn running(&self) -> Result<Option<Address>> {
        let path = self.layout.data().join("postmaster.pid");
        for _ in 0..600 {
            let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            if !lines.first().is_some_and(|pid| self.is_ours(pid)) {
                fs::remove_file(&path).map_err(|error| unusable(&path, &error))?;
                return Ok(None);
            }
            match (lines.get(7), address(&lines)) {
                (Some(&"ready"), Some(address)) => return Ok(Some(address)),
                (Some(&"stopping"), _) | (_, None | Some(_)) => thread::sleep(Duration::from_millis(100)),
            }
        }
        Err(self.failed("it did not become ready"))
    }

    /// The network address of the running server, empty when it has none.
    pub(super) fn listening(&self, running: &Address) -> String {
        let text = fs::read_to_string(self.layout.data().join("postgresql.conf")).unwrap_or_default();
        match conf::listening(&text).filter(|listen| listen.port == running.port) {
            Some(listen) => listen.to_string(),
            None => String::new(),
        }
    }

    /// True when the process lives and works in this data directory: its number may meanwhile belong to another.
    fn is_ours(&self, pid: &str) -> bool {
        let process = Path::new("/proc").join(pid);
        if Path::new("/proc/self/cwd").exists() {
            return fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == self.layout.data());
        }
        let mut status = self.command("pg_ctl");
        status.arg("status").arg("-D").arg(self.layout.data()).stdout(Stdio::null()).stderr(Stdio::null());
        status.status().is_ok_and(|status| status.success())
    }

    /// Makes the data directory beside its place and renames it, so that a half-made one is never used.
    pub(super) fn init(&self) -> Result<()> {
        self.sweep();
        // A name of its own each time: the initdb of a killed command may still be writing.
        let next = self.layout.root().join(format!("{HALF_MADE}{:016x}", rand::random::<u64>()));
        let mut initdb = self.command("initdb");
        initdb.arg("-D").arg(&next).args(["-U", db::SUPERUSER, "-E", "UTF8", "--locale=C", "--lc-ctype=C.UTF-8"]);
        initdb.args(["--data-checksums", "--auth=trust", "--no-instructions"]);
        self.finish(initdb, "initdb failed")?;
        layout::write(&next.join("pg_hba.conf"), conf::HBA, self.account)?;
        self.create_database(&next)?;
        fs::rename(&next, self.layout.data()).map_err(|error| unusable(&self.layout.data(), &error))?;
        disk::flush_directory(self.layout.root()).map_err(|error| unusable(self.layout.root(), &error))
    }

    /// In single-user mode, so that a data directory in its place is always complete.
    fn create_database(&self, data: &Path) -> Result<()> {
        let failure = || self.failed("the database could not be made");
        let mut postgres = self.command("postgres");
        postgres.args(["--single", "-D"]).arg(data).arg("postgres");
        postgres.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = postgres.spawn().map_err(|_| failure())?;
        let statement = format!("create database {};\n", db::DATABASE);
        let sent = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(statement.as_bytes()).is_ok());
        let ended = child.wait().is_ok_and(|status| status.success());
        if sent && ended { Ok(()) } else { Err(failure()) }
    }

    /// Removes what killed commands left half-made; what cannot go now goes next time.
    fn sweep(&self) {
        let entries = fs::read_dir(self.layout.root()).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(HALF_MADE)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }

    /// Starts the server and waits until it takes connections. `listen` is the address for BI tools.
    pub(super) fn start(&self, listen: Option<&str>) -> Result<Address> {
        let listen = listen.map(conf::Listen::parse).transpose()?;
        if let Some(listen) = &listen {
            // The port of an address that cannot be taken would only show in the server's log.
            TcpListener::bind((listen.host.as_str(), listen.port))
                .map_err(|_| Error::new(&codes::PORT_TAKEN).detail(listen))?;
        }
        let socket_dir = self.layout.socket_dir(self.account)?;
        let text = conf::server(&socket_dir, listen.as_ref());
        layout::write(&self.layout.data().join("postgresql.conf"), &text, self.account)?;
        self.prepare_log()?;
        self.wait_for_leftovers();
        // A killed server leaves its socket with a mark that PostgreSQL believes while the number lives, be it as that of a
        // process that nobody has collected yet. The directory is this cluster's own, and no server runs.
        for left in fs::read_dir(&socket_dir).into_iter().flatten().flatten() {
            let _ = fs::remove_file(left.path());
        }
        let mut tries = 1;
        loop {
            let mut pg_ctl = self.command("pg_ctl");
            pg_ctl
                .args(["start", "-w", "-s", "-t", START_SECONDS, "-D"])
                .arg(self.layout.data())
                .arg("-l")
                .arg(self.layout.log());
            match self.finish(pg_ctl, "the server ended before it was ready") {
                Ok(()) => return self.running()?.ok_or_else(|| self.failed("the server ended at once")),
                Err(error) if tries == START_TRIES => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(300)),
            }
            // The server of a killed starter may have come up in the meantime.
            if let Some(address) = self.running()? {
                return Ok(address);
            }
            tries += 1;
        }
    }

    /// After a kill the last backends hold the shared memory until they notice, and no server starts beside them.
    fn wait_for_leftovers(&self) {
        let works_here = |process: fs::DirEntry| {
            fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == self.layout.data())
        };
        for _ in 0..LEFTOVER_TENTHS {
            let mut processes = fs::read_dir("/proc").into_iter().flatten().flatten();
            if !processes.any(works_here) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Stops the server; sessions that are still open are ended.
    pub(super) fn stop(&self, address: &Address) -> Result<()> {
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.args(["stop", "-w", "-s", "-m", "fast", "-t", START_SECONDS, "-D"]).arg(self.layout.data());
        self.finish(pg_ctl, "the server did not stop")?;
        // An empty directory left in /tmp is untidy, but taken again at the next start.
        let _ = fs::remove_dir(&address.socket_dir);
        Ok(())
    }

    /// One old log is kept beside the current one.
    fn prepare_log(&self) -> Result<()> {
        let log = self.layout.log();
        if fs::metadata(&log).is_ok_and(|found| found.len() > 1 << 20) {
            fs::rename(&log, log.with_extension("log.1")).map_err(|error| unusable(&log, &error))?;
        }
        Ok(())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.account.command(&self.programs.path(program));
        command.current_dir(self.layout.root());
        command
    }

    fn finish(&self, mut command: Command, failure: &str) -> Result<()> {
        // The server inherits these handles, so they must not be pipes that someone waits on.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            _ => Err(self.failed(failure)),
        }
    }

    fn failed(&self, what: &str) -> Error {
        Error::new(&codes::START_FAILED).detail(what).at(self.layout.log().display())
    }
}

/// Lines of postmaster.pid: process, data, start, port, socket directory, listen address, memory, state.
fn address(lines: &[&str]) -> Option<Address> {
    let port = lines.get(3)?.parse().ok()?;
    let socket_dir = lines.get(4).filter(|dir| !dir.is_empty())?;
    Some(Address { socket_dir: PathBuf::from(socket_dir), port })
}

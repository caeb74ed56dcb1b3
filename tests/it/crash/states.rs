//! The cluster held up between runs, with states of database and directories to return to.

use std::{fs, path::Path, process::Command};

use buss::{
    pipeline::Assets,
    warehouse::{Role, Warehouse, db},
};
use tokio::runtime::Runtime;

use crate::place::Place;

/// Directories beside the cluster's that a run writes.
const WRITTEN: [&str; 4] = ["landing", "slices", "snapshots", "spool"];

pub struct States {
    pub place: Place,
    runtime: Runtime,
    held: Option<Warehouse>,
    /// A session outside the database `buss`.
    owner: Warehouse,
}

impl States {
    pub fn new() -> Self {
        let place = Place::new();
        let runtime = Runtime::new().expect("a runtime");
        let (held, owner) = runtime.block_on(async {
            let held = Warehouse::open(&place.settings).await.expect("the cluster");
            let assets = Assets::load(&place.settings.paths).expect("files");
            held.migrate(&assets.sql).await.expect("a schema");
            let url = db::url(&place.settings).await.expect("its address").pop().expect("its socket");
            let url = url.replace("/buss?", "/template1?").replace("user=buss_analyst", "user=buss");
            let outside = crate::postgres::settings(place.dir.path(), &url);
            (held, Warehouse::open(&outside).await.expect("the cluster"))
        });
        let states = Self { place, runtime, held: Some(held), owner };
        // Only the program is killed here, never the server, so its own flushes prove nothing.
        states.sql(&["alter system set fsync = off", "select pg_reload_conf()"]);
        states
    }

    fn sql(&self, statements: &[&str]) {
        self.runtime.block_on(async {
            let session = self.owner.connect(Role::Owner).await.expect("a session");
            for statement in statements {
                session.batch_execute(statement).await.expect(statement);
            }
            session.close().await;
        });
    }

    /// Keeps the state of database and directories under a name.
    pub fn keep(&self, name: &str) {
        self.sql(&[
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = 'buss'",
            &format!("create database {name} template buss"),
        ]);
        let kept = self.place.dir.path().join(name);
        fs::create_dir_all(&kept).expect("a directory");
        for written in WRITTEN.map(|name| self.place.data().join(name)).iter().filter(|path| path.exists()) {
            copy(written, &kept);
        }
    }

    /// Returns to a state that was kept.
    pub fn restore(&self, name: &str) {
        self.sql(&["drop database if exists buss with (force)", &format!("create database buss template {name}")]);
        for written in WRITTEN.map(|name| self.place.data().join(name)).iter().filter(|path| path.exists()) {
            fs::remove_dir_all(written).expect("removed");
        }
        for entry in fs::read_dir(self.place.dir.path().join(name)).expect("a state") {
            copy(&entry.expect("an entry").path(), &self.place.data());
        }
    }
}

impl Drop for States {
    fn drop(&mut self) {
        // Letting go needs the runtime; the server goes with its last holder.
        let held = self.held.take();
        self.runtime.block_on(async { drop(held) });
    }
}

fn copy(from: &Path, into: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, into]).status().expect("cp").success());
}

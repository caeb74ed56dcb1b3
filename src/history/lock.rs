//! The run lock: one run at a time may change the warehouse.
//!
//! It is an advisory lock of a session that lives as long as the run, so that it goes with its holder however that ends. The
//! session names its process, because the server may take a moment to see that a killed one is gone: then its session is
//! ended and the lock is tried again. A lock whose holder lives, or is on another host, is busy at once.

use std::{fs, path::Path, time::Duration};

use crate::{
    error::{Error, Result, codes},
    warehouse::{Role, Session, Warehouse, fault},
};

/// Key of the advisory lock.
const LOCK: i64 = 0x6275_7373_0001;

/// A session's name is cut at 63 bytes by the server.
const HOST_BYTES: usize = 40;

const TRIES: u32 = 100;
const WAIT: Duration = Duration::from_millis(100);

/// The lock, held. Dropping it lets go.
#[derive(Debug)]
pub struct RunLock {
    session: Session,
}

/// A process, as the session that holds the lock names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) host: String,
    pub(super) pid: u32,
}

impl RunLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// `HIST-001` (exit 5) when another run holds it.
    pub async fn take(warehouse: &Warehouse) -> Result<Self> {
        let session = warehouse.connect(Role::Loader).await?;
        let me = Holder::this();
        let name = me.session_name();
        session
            .execute("select set_config('application_name', $1, false)", &[&name])
            .await
            .map_err(|error| fault(&error))?;
        for _ in 0..TRIES {
            let taken =
                session.query_one("select pg_try_advisory_lock($1)", &[&LOCK]).await.map_err(|error| fault(&error))?;
            if taken.get(0) {
                return Ok(Self { session });
            }
            if let Some(holder) = living_holder(warehouse, &session, &me).await? {
                return Err(Error::new(&codes::history::LOCKED).detail(holder));
            }
            tokio::time::sleep(WAIT).await;
        }
        Err(Error::new(&codes::history::LOCKED).detail("its process is gone, but its session does not end"))
    }

    /// The session that holds the lock, for short statements of the run itself.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Lets go of the lock: it is free when this returns.
    pub async fn release(self) {
        // The server ends a session some time after it was closed. One whose connection is lost has let go by itself.
        let _ = self.session.query_one("select pg_advisory_unlock($1)", &[&LOCK]).await;
        self.session.close().await;
    }
}

/// Who holds the lock and lives; sessions of processes that are gone are ended.
async fn living_holder(warehouse: &Warehouse, session: &Session, me: &Holder) -> Result<Option<String>> {
    // An advisory lock of one bigint shows as two halves.
    const HOLDER: &str = "
        select a.pid, a.application_name
        from pg_locks as l
        join pg_stat_activity as a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
            and l.database = (select oid from pg_database where datname = current_database())
            and (l.classid::bigint << 32 | l.objid::bigint) = $1";
    for row in session.query(HOLDER, &[&LOCK]).await.map_err(|error| fault(&error))? {
        let (backend, name): (i32, String) = (row.get(0), row.get::<_, Option<String>>(1).unwrap_or_default());
        match Holder::parse(&name) {
            Some(holder) if holder.host == me.host && !is_alive(holder.pid) => {
                // A role may end sessions of its own login only, whatever role they have taken.
                let owner = warehouse.connect(Role::Owner).await?;
                owner.execute("select pg_terminate_backend($1)", &[&backend]).await.map_err(|error| fault(&error))?;
                owner.close().await;
            }
            Some(holder) => return Ok(Some(format!("process {} on {}", holder.pid, holder.host))),
            None => return Ok(Some(format!("database session {backend}"))),
        }
    }
    Ok(None)
}

impl Holder {
    /// This process.
    pub(super) fn this() -> Self {
        let host = fs::read_to_string("/proc/sys/kernel/hostname")
            .ok()
            .or_else(|| std::env::var("HOSTNAME").ok())
            .unwrap_or_else(|| "localhost".to_owned());
        let host = host.trim().chars().filter(char::is_ascii_graphic).take(HOST_BYTES).collect();
        Self { host, pid: std::process::id() }
    }

    fn session_name(&self) -> String {
        format!("buss run {}@{}", self.pid, self.host)
    }

    fn parse(name: &str) -> Option<Self> {
        let (pid, host) = name.strip_prefix("buss run ")?.split_once('@')?;
        Some(Self { host: host.to_owned(), pid: pid.parse().ok()? })
    }
}

/// Whether a process of this host runs. A killed one that its parent has not collected yet is gone. Where the system does
/// not tell, it is taken to live.
fn is_alive(pid: u32) -> bool {
    if !Path::new("/proc/self/stat").exists() {
        return true;
    }
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state follows the command's name, which stands in brackets and may hold any character.
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
    state.is_some_and(|state| state != 'Z' && state != 'X')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_read_back_from_its_session_name() {
        let me = Holder::this();
        assert!(me.session_name().len() <= 63);
        assert_eq!(Holder::parse(&me.session_name()), Some(me));
        assert_eq!(Holder::parse("psql"), None);
    }

    #[test]
    fn a_killed_process_counts_as_gone_before_its_parent_collects_it() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(is_alive(child.id()));
        child.kill().unwrap();
        while is_alive(child.id()) {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert!(!is_alive(child.id()));
    }
}

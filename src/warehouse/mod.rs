//! PostgreSQL: the embedded cluster or a server, sessions by role, migrations and reference data.
//!
//! In: checked settings, SQL files, reference lists. Out: [`Session`]s, which are `tokio_postgres` clients, and errors that
//! carry SQLSTATE, table and constraint. A server's message never leaves this module ([`fault`]): it can quote values.

mod as_of;
mod content_hash;
pub mod db;
pub mod doctor;
mod embedded;
mod fault;
pub mod marts;
mod migrate;
pub mod names;
pub mod query;
pub mod reference;
mod retry;
mod session;
mod transport;

pub use as_of::{instant_text, look_as_of};
pub use content_hash::content_hash;
pub use fault::{fault, fault_in};
pub use retry::retry;
pub use session::Session;

use crate::{error::Result, pipeline::Files, settings::Settings};
use embedded::Cluster;
use transport::Transport;

/// As whom a session acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The login itself: prepares the database. Only migrations need it.
    Owner,
    /// `buss_loader`: owns the tables and writes them.
    Loader,
    /// `buss_analyst`: reads core (identities apart), asof and mart; writes nothing.
    Analyst,
}

impl Role {
    /// The database role; the owner keeps the login's own.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Owner => None,
            Self::Loader => Some("buss_loader"),
            Self::Analyst => Some("buss_analyst"),
        }
    }
}

/// The database of one command. While it lives, an embedded cluster stays up.
#[derive(Debug)]
pub struct Warehouse {
    transport: Transport,
    cluster: Option<Cluster>,
}

impl Warehouse {
    /// Starts or adopts the embedded cluster, or reads the server's address. No statement is sent yet.
    pub async fn open(settings: &Settings) -> Result<Self> {
        if db::is_embedded(settings) {
            let cluster = Cluster::open(settings).await?;
            Ok(Self { transport: Transport::socket(cluster.address()), cluster: Some(cluster) })
        } else {
            Ok(Self { transport: Transport::server(&settings.warehouse.url)?, cluster: None })
        }
    }

    /// A new session under a role. Dropping it closes the connection.
    pub async fn connect(&self, role: Role) -> Result<Session> {
        session::connect(&self.transport, role).await
    }

    /// Makes roles and applies `migrations/*.sql` that are new, in order; gives their names. Safe to call at any time, also by
    /// several commands at once.
    pub async fn migrate(&self, sql: &Files) -> Result<Vec<String>> {
        let mut session = self.connect(Role::Owner).await?;
        let applied = migrate::migrate(&mut session, sql).await?;
        if self.transport.logs_in_as_role() && !applied.is_empty() {
            db::let_roles_in(&session).await?;
        }
        session.close().await;
        Ok(applied)
    }

    /// Lets go of the database; the last command to do so stops an embedded cluster that is not kept up.
    pub async fn close(mut self) -> Result<()> {
        match self.cluster.take() {
            Some(cluster) => cluster.close().await,
            None => Ok(()),
        }
    }
}

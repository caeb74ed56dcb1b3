//! `buss db start | stop | url`: the embedded cluster kept up for BI tools.
//!
//! Analysts log in over the network as `buss_analyst` with SCRAM and a password made on this machine.

pub use super::embedded::Stopped;

use std::path::Path;

use super::{
    Role, Session, Warehouse,
    embedded::{Cluster, layout},
    fault,
    transport::Transport,
};
use crate::{
    error::{Error, Result, codes::warehouse as codes},
    pipeline::Files,
    settings::Settings,
};

/// Superuser of the embedded cluster; reached by its socket only.
pub const SUPERUSER: &str = "buss";
/// Database of the embedded cluster.
pub const DATABASE: &str = "buss";

/// Makes a directory with those above it, so that the account of an embedded cluster below can pass through what was made.
///
/// # Errors
/// `WARE-037`, with the kind of failure.
pub fn make_directory(dir: &Path) -> Result<()> {
    layout::make_passable(dir).map_err(|error| Error::new(&codes::CLUSTER_FILES).detail(error.kind()).at(dir.display()))
}

pub fn is_embedded(settings: &Settings) -> bool {
    settings.warehouse.url.expose() == "embedded"
}

/// Starts the cluster, or keeps up the one that runs, and gives the addresses for tools.
pub async fn start(settings: &Settings, sql: &Files) -> Result<Vec<String>> {
    require_embedded(settings)?;
    let cluster = Cluster::keep(settings).await?;
    let warehouse = Warehouse { transport: Transport::socket(cluster.address()), cluster: Some(cluster) };
    warehouse.migrate(sql).await?;
    let urls = let_analysts_in(&warehouse).await;
    warehouse.close().await?;
    urls
}

/// No longer keeps the cluster up.
pub async fn stop(settings: &Settings) -> Result<Stopped> {
    require_embedded(settings)?;
    Cluster::stop(settings).await
}

/// The addresses for tools: by network, with the password, where the cluster listens; and by socket on this machine. They hold while
/// the cluster is kept up.
pub async fn url(settings: &Settings) -> Result<Vec<String>> {
    require_embedded(settings)?;
    let warehouse = Warehouse::open(settings).await?;
    let urls = let_analysts_in(&warehouse).await;
    warehouse.close().await?;
    urls
}

fn require_embedded(settings: &Settings) -> Result<()> {
    if is_embedded(settings) { Ok(()) } else { Err(Error::new(&codes::NOT_EMBEDDED)) }
}

/// The embedded cluster's sessions log in as the role itself; over the socket no password is asked for.
pub(super) async fn let_roles_in(session: &Session) -> Result<()> {
    session
        .batch_execute("alter role buss_loader login; alter role buss_analyst login")
        .await
        .map_err(|error| fault(&error))
}

async fn let_analysts_in(warehouse: &Warehouse) -> Result<Vec<String>> {
    let Some(cluster) = &warehouse.cluster else {
        return Err(Error::new(&codes::NOT_EMBEDDED));
    };
    let address = cluster.address();
    let socket = format!(
        "postgresql:///{DATABASE}?host={}&port={}&user=buss_analyst",
        address.socket_dir.display(),
        address.port
    );
    let Some(listen) = cluster.listening() else {
        return Ok(vec![socket]);
    };
    let password = cluster.analyst_password()?;
    let session = warehouse.connect(Role::Owner).await?;
    // Hexadecimal digits need no quoting; the server stores the SCRAM verifier only.
    let statement = format!("alter role buss_analyst password '{password}'");
    session.batch_execute(&statement).await.map_err(|error| fault(&error))?;
    Ok(vec![format!("postgresql://buss_analyst:{password}@{listen}/{DATABASE}"), socket])
}

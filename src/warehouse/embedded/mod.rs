//! The embedded cluster: a private PostgreSQL under the data directory, from the machine's own programs.
//!
//! Every command that uses it holds a shared lock. Who finds none running starts it, who lets go last stops it; one left by a
//! killed command is adopted. Never touches data of another major version, and never runs as root.

mod account;
mod conf;
pub(super) mod layout;
pub(super) mod look;
mod programs;
mod server;

use std::{fs::File, path::PathBuf};

pub(super) use server::Address;

use self::{layout::unusable, server::Server};
use crate::{
    error::{Error, Result, codes::warehouse as codes},
    settings::Settings,
};

/// A running cluster that this command holds. Dropping it lets go, too.
#[derive(Debug)]
pub(super) struct Cluster {
    server: Server,
    address: Address,
    /// The shared lock; none once let go.
    holder: Option<File>,
}

/// What `stop` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    Stopped,
    WasNotRunning,
    /// Other commands still work; the last of them stops it.
    WithLastCommand,
}

impl Cluster {
    /// Starts the cluster, or adopts a running one.
    pub(super) async fn open(settings: &Settings) -> Result<Self> {
        let (root, programs) = place(settings);
        blocking(move || Self::open_blocking(&Server::at(&root, programs.as_deref())?)).await
    }

    fn open_blocking(server: &Server) -> Result<Self> {
        let _start = server.layout.lock_start()?;
        let holder = server.layout.holders()?;
        holder.lock_shared().map_err(|error| unusable(server.layout.root(), &error))?;
        let address = ready(server, server.layout.kept().as_deref())?;
        Ok(Self { server: server.clone(), address, holder: Some(holder) })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Lets go; stops the server when nobody else holds it and it is not kept up.
    pub(super) async fn close(mut self) -> Result<()> {
        blocking(move || self.let_go()).await
    }

    fn let_go(&mut self) -> Result<()> {
        let Some(holder) = self.holder.take() else { return Ok(()) };
        let _start = self.server.layout.lock_start()?;
        holder.unlock().map_err(|error| unusable(self.server.layout.root(), &error))?;
        stop_if_last(&self.server, &holder).map(drop)
    }

    /// Keeps the cluster up after this command, listening where the settings say.
    pub(super) async fn keep(settings: &Settings) -> Result<Self> {
        let (root, programs) = place(settings);
        let listen = settings.warehouse.listen.clone().unwrap_or_default();
        blocking(move || Self::keep_blocking(&Server::at(&root, programs.as_deref())?, &listen)).await
    }

    fn keep_blocking(server: &Server, listen: &str) -> Result<Self> {
        if !listen.is_empty() {
            conf::Listen::parse(listen)?;
        }
        let _start = server.layout.lock_start()?;
        let holder = server.layout.holders()?;
        if let Some(running) = server.running()?
            && server.listening(&running) != listen
        {
            holder.try_lock().map_err(|_| Error::new(&codes::IN_USE))?;
            server.stop(&running)?;
            holder.unlock().map_err(|error| unusable(server.layout.root(), &error))?;
        }
        holder.lock_shared().map_err(|error| unusable(server.layout.root(), &error))?;
        let address = ready(server, Some(listen))?;
        layout::write(&server.layout.keep(), listen, server.account)?;
        Ok(Self { server: server.clone(), address, holder: Some(holder) })
    }

    /// No longer keeps the cluster up; stops it at once when no command uses it.
    pub(super) async fn stop(settings: &Settings) -> Result<Stopped> {
        let (root, programs) = place(settings);
        blocking(move || {
            let server = Server::at(&root, programs.as_deref())?;
            let _start = server.layout.lock_start()?;
            match std::fs::remove_file(server.layout.keep()) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(unusable(&server.layout.keep(), &error));
                }
                _ => {}
            }
            let holder = server.layout.holders()?;
            stop_if_last(&server, &holder)
        })
        .await
    }

    /// The secret with which BI tools log in; made on first use.
    pub(super) fn analyst_password(&self) -> Result<String> {
        let path = self.server.layout.password();
        if let Ok(text) = std::fs::read_to_string(&path) {
            return Ok(text.trim().to_owned());
        }
        let password = hex::encode(rand::random::<[u8; 16]>());
        layout::write(&path, &password, self.server.account)?;
        Ok(password)
    }

    /// The address BI tools use, where the running server listens on one.
    pub(super) fn listening(&self) -> Option<String> {
        Some(self.server.listening(&self.address)).filter(|listen| !listen.is_empty())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; the next command adopts the server.
        let _ = self.let_go();
    }
}

fn place(settings: &Settings) -> (PathBuf, Option<PathBuf>) {
    (settings.paths.cluster(), settings.warehouse.programs.clone())
}

fn ready(server: &Server, listen: Option<&str>) -> Result<Address> {
    if let Some(address) = server.running()? {
        return Ok(address);
    }
    if server.layout.data_major()?.is_none() {
        server.init()?;
    }
    server.start(listen.filter(|listen| !listen.is_empty()))
}

/// Under the start lock: stops the server unless it is held or kept.
fn stop_if_last(server: &Server, holder: &File) -> Result<Stopped> {
    if holder.try_lock().is_err() {
        return Ok(Stopped::WithLastCommand);
    }
    if server.layout.kept().is_some() {
        return Ok(Stopped::WithLastCommand);
    }
    match server.running()? {
        Some(address) => server.stop(&address).map(|()| Stopped::Stopped),
        None => Ok(Stopped::WasNotRunning),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::new(&codes::START_FAILED).detail("interrupted")),
    }
}

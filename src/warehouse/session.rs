//! One connection under one role, with the time-outs that keep a forgotten one from blocking the night.

use std::ops::{Deref, DerefMut};

use tokio::task::JoinHandle;
use tokio_postgres::{
    CancelToken, Client, Config, NoTls, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

use super::{
    Role, fault,
    transport::{Connector, Transport},
};
use crate::error::{Error, Result, codes::warehouse as codes};

const OLDEST_SERVER: u32 = 15;

/// A client of the database. Dropping it closes the connection.
pub struct Session {
    client: Client,
    cancel: CancelToken,
    /// None over a unix socket.
    connector: Option<Connector>,
    pump: JoinHandle<()>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl Session {
    /// Asks the server to stop the running statement. The statement itself then ends with WARE-014.
    pub async fn cancel(&self) -> Result<()> {
        let cancelled = match self.connector.clone() {
            Some(tls) => self.cancel.cancel_query(tls).await,
            None => self.cancel.cancel_query(NoTls).await,
        };
        cancelled.map_err(|error| fault(&error))
    }

    /// Closes the connection and waits until it is closed.
    pub async fn close(self) {
        let Self { client, pump, .. } = self;
        drop(client);
        // The task can only fail by panicking, and then the connection is gone as well.
        let _ = pump.await;
    }
}

impl Deref for Session {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// Opens a connection, checks the server's version and settles the session.
pub(super) async fn connect(transport: &Transport, role: Role) -> Result<Session> {
    let connector = transport.connector();
    let config = transport.config_for(role);
    let opened = match connector.clone() {
        Some(tls) => open(&config, tls).await,
        None => open(&config, NoTls).await,
    };
    let Opened { client, version, pump } = opened.map_err(|error| transport.fault(&error, role))?;
    check_version(version.as_deref())?;
    let session = Session { cancel: client.cancel_token(), client, connector, pump };
    session.batch_execute(&settle(transport, role)).await.map_err(|error| transport.fault(&error, role))?;
    Ok(session)
}

struct Opened {
    client: Client,
    version: Option<String>,
    pump: JoinHandle<()>,
}

async fn open<T>(config: &Config, tls: T) -> Result<Opened, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, connection) = config.connect(tls).await?;
    let version = connection.parameter("server_version").map(str::to_owned);
    let pump = tokio::spawn(async move {
        // A broken connection shows in the next statement; notices are dropped, because they can quote values.
        let _ = connection.await;
    });
    Ok(Opened { client, version, pump })
}

fn check_version(version: Option<&str>) -> Result<()> {
    let version = version.unwrap_or_default();
    let major = version.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_SERVER => Ok(()),
        _ => Err(Error::new(&codes::OLD_SERVER).detail(format!("version {version}"))),
    }
}

fn settle(transport: &Transport, role: Role) -> String {
    let mut statements = String::from(
        "set client_min_messages = warning; set timezone = 'UTC'; set intervalstyle = postgres; set datestyle = 'ISO, YMD';",
    );
    match role.name() {
        // The embedded cluster's sessions log in as the role itself, so that it cannot be taken off again.
        Some(name) if !transport.logs_in_as_role() => statements.push_str(&format!("set role {name};")),
        _ => {}
    }
    statements.push_str(match role {
        Role::Owner | Role::Loader => "set lock_timeout = '60s'; set idle_in_transaction_session_timeout = '30min';",
        Role::Analyst => {
            "set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '5min'; set statement_timeout = '5min';
             set default_transaction_read_only = on;"
        }
    });
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_servers_write_them() {
        for version in ["15.14 (Debian 15.14-0+deb12u1)", "16beta1", "18.0"] {
            assert!(check_version(Some(version)).is_ok(), "{version}");
        }
        for version in [Some("14.9"), Some("9.6.24"), Some(""), None] {
            assert!(check_version(version).is_err(), "{version:?}");
        }
    }
}

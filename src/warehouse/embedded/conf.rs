//! The server's settings: durable, quiet about values, reached by its socket and, for BI tools, by one address.

use std::{fmt, path::Path};

use crate::error::{Error, Result, codes};

/// The socket's directory is the account's own, so whoever reaches it may act as any role. Over the network analysts only, with SCRAM.
pub(super) const HBA: &str = "local all all trust\nhost all buss_analyst all scram-sha-256\n";

/// Port of the socket's name when nothing listens on the network.
const SOCKET_PORT: u16 = 5432;

/// Address of `[warehouse] listen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listen {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Listen {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let bad = || Error::new(&codes::settings::BAD_VALUE).detail("[warehouse] listen must be HOST:PORT");
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let plain = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".:-_".contains(c));
        let port = port.parse().ok().filter(|port| plain && *port != 0).ok_or_else(bad)?;
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// `postgresql.conf`, whole.
pub(super) fn server(socket_dir: &Path, listen: Option<&Listen>) -> String {
    let host = listen.map_or("", |listen| &listen.host);
    let port = listen.map_or(SOCKET_PORT, |listen| listen.port);
    format!(
        "# Written anew by buss at each start.
listen_addresses = '{host}'
port = {port}
unix_socket_directories = '{}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = '256MB'
work_mem = '32MB'
maintenance_work_mem = '128MB'
max_wal_size = '2GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
huge_pages = off
jit = off
fsync = on
full_page_writes = on
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'ISO, YMD'
lc_messages = 'C'
# Messages of errors and statements quote values of rows: neither goes to the log.
log_min_messages = fatal
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = 'none'
log_min_duration_statement = -1
log_min_duration_sample = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
log_lock_waits = off
log_autovacuum_min_duration = -1
",
        socket_dir.display()
    )
}

/// The address in settings written by [`server`].
pub(super) fn listening(text: &str) -> Option<Listen> {
    let value =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix('=').map(str::trim));
    let host = value("listen_addresses")?.trim_matches('\'').to_owned();
    let port = value("port")?.parse().ok()?;
    (!host.is_empty()).then_some(Listen { host, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listen_addresses_are_host_and_port() {
        for (text, host, port) in
            [("127.0.0.1:5433", "127.0.0.1", 5433), ("[::1]:5433", "::1", 5433), ("localhost:1", "localhost", 1)]
        {
            assert_eq!(Listen::parse(text).expect("an address"), Listen { host: host.into(), port });
        }
        for text in ["", "5433", ":5433", "host:", "host:0", "ho'st:1", "host:70000"] {
            assert!(Listen::parse(text).is_err(), "{text}");
        }
    }
}

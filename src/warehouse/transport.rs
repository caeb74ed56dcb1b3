//! The way to the server: address, login and encryption, as libpq understands them.
//!
//! `sslmode` means what it means in libpq: `prefer` and `require` encrypt, `verify-ca` and `verify-full` also check the certificate
//! (and here both check the host name) against `sslrootcert`, else against the machine's certificates.

use std::{path::Path, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Role, embedded::Address, fault};
use crate::{
    error::{Error, Result, causes, codes::warehouse as codes},
    settings::Secret,
    tls,
};

pub(super) type Connector = MakeRustlsConnect;

/// Where the database is and how it is spoken to.
#[derive(Clone)]
pub(super) struct Transport {
    config: tokio_postgres::Config,
    tls: ClientConfig,
    embedded: bool,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Transport(…)")
    }
}

impl Transport {
    /// The embedded cluster's socket. Its directory is open to the cluster's account alone.
    pub(super) fn socket(address: &Address) -> Self {
        let mut config = tokio_postgres::Config::new();
        config.host_path(&address.socket_dir).port(address.port).user(super::db::SUPERUSER).dbname(super::db::DATABASE);
        config.ssl_mode(SslMode::Disable);
        Self { config: patient(config), tls: unverified(), embedded: true }
    }

    /// A server by its `postgresql://…` address.
    pub(super) fn server(url: &Secret) -> Result<Self> {
        let (address, asked) = split_tls(url.expose());
        // The parser's own message can quote the password.
        let mut config: tokio_postgres::Config = address.parse().map_err(|_| Error::new(&codes::BAD_URL))?;
        let verify = match asked.mode.as_deref() {
            None => false,
            Some("verify-ca" | "verify-full") => true,
            Some(mode @ ("disable" | "prefer" | "require")) => {
                config.ssl_mode(match mode {
                    "disable" => SslMode::Disable,
                    "prefer" => SslMode::Prefer,
                    _ => SslMode::Require,
                });
                mode == "require" && asked.root.is_some()
            }
            Some(_) => return Err(Error::new(&codes::BAD_URL).detail("sslmode")),
        };
        if verify {
            config.ssl_mode(SslMode::Require);
        }
        let tls = if verify { verified(asked.root.as_deref().map(Path::new))? } else { unverified() };
        Ok(Self { config: patient(config), tls, embedded: false })
    }

    /// None over a unix socket, where PostgreSQL speaks no TLS.
    pub(super) fn connector(&self) -> Option<Connector> {
        let local = self.config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        (!local).then(|| MakeRustlsConnect::new(self.tls.clone()))
    }

    pub(super) fn logs_in_as_role(&self) -> bool {
        self.embedded
    }

    pub(super) fn config_for(&self, role: Role) -> tokio_postgres::Config {
        let mut config = self.config.clone();
        if let Some(name) = role.name() {
            config.application_name(name);
            if self.embedded {
                config.user(name);
            }
        } else {
            config.application_name("buss");
        }
        config
    }

    /// What kept a session from being opened.
    pub(super) fn fault(&self, error: &tokio_postgres::Error, role: Role) -> Error {
        let state = error.code().map(tokio_postgres::error::SqlState::code);
        match state {
            // Neither `set role` nor a login finds the role.
            Some("22023") => Error::new(&codes::NOT_MIGRATED),
            Some("28000") if self.embedded && role != Role::Owner => Error::new(&codes::NOT_MIGRATED),
            Some(_) => fault(error),
            None => self.unreachable(error),
        }
    }

    fn unreachable(&self, error: &tokio_postgres::Error) -> Error {
        // tokio_postgres wraps the TLS library's error as its source; only its kind is told.
        if tls::failed(error) {
            return Error::new(&codes::NO_TLS);
        }
        if let Some(io) = causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>()) {
            return Error::new(&codes::UNREACHABLE).detail(io.kind());
        }
        match self.config.get_ssl_mode() {
            SslMode::Require => Error::new(&codes::NO_TLS),
            _ => Error::new(&codes::UNREACHABLE),
        }
    }
}

fn patient(mut config: tokio_postgres::Config) -> tokio_postgres::Config {
    config.connect_timeout(Duration::from_secs(20)).keepalives(true).keepalives_idle(Duration::from_mins(1));
    config
}

/// The two parameters that `tokio_postgres` does not know in full.
#[derive(Default)]
struct Asked {
    mode: Option<String>,
    root: Option<String>,
}

/// Takes `sslmode` and `sslrootcert` out of an address.
fn split_tls(url: &str) -> (String, Asked) {
    let mut asked = Asked::default();
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), asked);
    };
    let mut rest = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => asked.mode = Some(mode.to_owned()),
            Some(("sslrootcert", path)) => asked.root = Some(path.replace("%2F", "/").replace("%2f", "/")),
            _ => rest.push(pair),
        }
    }
    let address = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    (address, asked)
}

fn verified(root: Option<&Path>) -> Result<ClientConfig> {
    let no_tls = |what: &str| Error::new(&codes::NO_TLS).detail(what);
    let authorities = tls::authorities(root).map_err(no_tls)?;
    Ok(tls::checked(authorities).map_err(no_tls)?.with_no_client_auth())
}

/// Encryption without a check of who the server is, as libpq's `prefer` and `require`.
fn unverified() -> ClientConfig {
    ClientConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(rustls::DEFAULT_VERSIONS)
        .expect("the provider serves rustls' own default versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(tls::provider())))
        .with_no_client_auth()
}

#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_parameters_are_read_as_libpq_reads_them() {
        let (address, asked) =
            split_tls("postgresql://u@h/d?sslmode=verify-full&application_name=x&sslrootcert=%2Fetc%2Fca.pem");
        assert_eq!(address, "postgresql://u@h/d?application_name=x");
        assert_eq!(asked.mode.as_deref(), Some("verify-full"));
        assert_eq!(asked.root.as_deref(), Some("/etc/ca.pem"));
    }

    #[test]
    fn a_bad_address_does_not_quote_its_password() {
        for url in ["postgresql://u:canary@h:port/d", "postgresql://u:canary@h/d?sslmode=canary"] {
            let error = Transport::server(&Secret::new(url)).expect_err("not an address");
            assert_eq!(error.code().id, "WARE-001");
            assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        }
    }
}

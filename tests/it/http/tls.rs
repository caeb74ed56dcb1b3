//! TLS: who a server is, and who the client is, is proven before anything is sent.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};

use super::{
    Came, Office, RESOURCE, rows,
    server::{Request, Script, Server, Step::*, not_found},
};

/// An authority of a test, and a directory for what it signs.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    dir: tempfile::TempDir,
}

/// A certificate and its key.
struct Signed {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("signed");
        Self { issuer, dir: tempfile::tempdir().expect("a directory") }
    }

    fn sign(&self, name: &str, change: impl Fn(&mut CertificateParams)) -> Signed {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        Signed { certificate, key }
    }

    /// The setting that trusts this authority.
    fn trusted(&self) -> String {
        let path = self.dir.path().join("ca.pem");
        fs::write(&path, self.issuer.pem()).expect("a file");
        format!("http.ca = '{}'\n", path.display())
    }

    fn identity_file(&self, signed: &Signed) -> PathBuf {
        let path = self.dir.path().join("client.pem");
        fs::write(&path, signed.certificate.pem() + &signed.key.serialize_pem()).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
        path
    }
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
}

fn config(signed: &Signed) -> ServerConfig {
    let key = PrivateKeyDer::try_from(signed.key.serialize_der()).expect("a key");
    builder().with_no_client_auth().with_single_cert(vec![signed.certificate.der().clone()], key).expect("they fit")
}

fn whole(request: &Request) -> Script {
    if request.path.ends_with(RESOURCE) {
        vec![Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n")]
    } else {
        not_found()
    }
}

/// What comes of a server with this certificate, and that it was sent nothing unless it came whole.
#[track_caller]
fn comes(tls: ServerConfig, settings: &str, expected: &Came) {
    let server = Server::start_tls(tls, whole);
    let office = Office::at(format!("https://127.0.0.1:{}/24", server.port())).http(settings);
    assert_eq!(&office.pull(), expected);
    assert_eq!(server.requests().is_empty(), *expected != rows(), "what is not trusted is sent nothing");
}

const NOT_TRUSTED: Came = Came::Problem("EXTR-021");

#[test]
fn a_server_of_a_trusted_authority_is_spoken_to() {
    let authority = Authority::new();
    comes(config(&authority.sign("127.0.0.1", |_| {})), &authority.trusted(), &rows());
}

#[test]
fn a_server_of_another_authority_is_not() {
    let (authority, other) = (Authority::new(), Authority::new());
    comes(config(&other.sign("127.0.0.1", |_| {})), &authority.trusted(), &NOT_TRUSTED);
}

#[test]
fn a_server_that_vouches_for_itself_is_not() {
    let authority = Authority::new();
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("signed");
    comes(config(&Signed { certificate, key }), &authority.trusted(), &NOT_TRUSTED);
}

#[test]
fn nothing_that_the_machine_does_not_trust_is_trusted_by_default() {
    let authority = Authority::new();
    comes(config(&authority.sign("127.0.0.1", |_| {})), "", &NOT_TRUSTED);
}

#[test]
fn an_expired_certificate_is_not_trusted() {
    let authority = Authority::new();
    let signed = authority.sign("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2006, 1, 1);
        params.not_after = date_time_ymd(2007, 1, 1);
    });
    comes(config(&signed), &authority.trusted(), &NOT_TRUSTED);
}

#[test]
fn a_certificate_of_another_host_is_not_trusted() {
    let authority = Authority::new();
    comes(config(&authority.sign("files.example", |_| {})), &authority.trusted(), &NOT_TRUSTED);
}

#[test]
fn a_server_that_speaks_only_old_tls_is_not_spoken_to() {
    // TLS 1.0: alert, fatal, protocol_version. It reads the hello as far as it must and answers.
    let server = Server::start_raw(b"\x15\x03\x01\x00\x02\x02\x46");
    let office = Office::at(format!("https://127.0.0.1:{}/24", server.port()));
    assert_eq!(office.pull(), NOT_TRUSTED);
}

#[test]
fn a_server_without_tls_is_not_spoken_to() {
    let server = Server::start_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let office = Office::at(format!("https://127.0.0.1:{}/24", server.port()));
    assert_eq!(office.pull(), NOT_TRUSTED);
}

#[test]
fn a_server_that_never_ends_its_handshake_is_given_up() {
    let server = Server::start_raw(b"");
    let office =
        Office::at(format!("https://127.0.0.1:{}/24", server.port())).limits("connect_seconds = 0.2\nretries = 1");
    assert_eq!(office.pull(), Came::Problem("EXTR-015"));
}

#[test]
fn a_client_shows_its_certificate_where_it_is_asked_for() {
    let authority = Authority::new();
    let mut roots = RootCertStore::empty();
    roots.add(authority.issuer.der().clone()).expect("an authority");
    let demanding = |signed: &Signed| {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots.clone()), provider);
        let key = PrivateKeyDer::try_from(signed.key.serialize_der()).expect("a key");
        builder()
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(vec![signed.certificate.der().clone()], key)
            .expect("they fit")
    };
    let server = authority.sign("127.0.0.1", |_| {});
    let client = authority.sign("buss", |_| {});
    let identity = format!("http.client_identity = {{ file = {:?} }}\n", authority.identity_file(&client));
    comes(demanding(&server), &(authority.trusted() + &identity), &rows());
    comes(demanding(&server), &authority.trusted(), &NOT_TRUSTED);
}

#[test]
fn a_body_that_breaks_off_without_the_end_of_tls_is_not_whole() {
    let authority = Authority::new();
    let server = Server::start_tls(config(&authority.sign("127.0.0.1", |_| {})), |_| {
        vec![Send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nStadsdel;Inkom\r\n"), Cut]
    });
    let office = Office::at(format!("https://127.0.0.1:{}/24", server.port())).http(authority.trusted());
    assert_eq!(office.pull(), Came::Problem("EXTR-016"));
}

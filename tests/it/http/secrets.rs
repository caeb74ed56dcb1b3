//! Secrets reach the deliverer's own server and nobody else, and never print.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use buss::extract::http::{Pulled, Puller};

use super::{
    Office, RESOURCE, rows,
    server::{Server, Step::*, not_found},
};

const CANARY: &str = "canary-7f3a";

fn secret_file(dir: &Path) -> String {
    let path = dir.join("token");
    fs::write(&path, format!("{CANARY}\n")).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
    path.display().to_string()
}

fn whole(request: &super::server::Request) -> super::server::Script {
    if request.path.ends_with(RESOURCE) {
        vec![Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n")]
    } else {
        not_found()
    }
}

#[test]
fn a_token_goes_with_the_resource_and_its_side_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::start(whole);
    let office = Office::of(&server).http(format!("http.bearer = {{ file = \"{}\" }}", secret_file(dir.path())));
    assert_eq!(office.pull(), rows());
    let sent: Vec<_> =
        server.requests().iter().map(|request| request.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, vec![Some(format!("Bearer {CANARY}")); 2]);
}

#[test]
fn user_and_password_go_as_basic() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::start(whole);
    let file = secret_file(dir.path());
    let office =
        Office::of(&server).http(format!("http.basic = {{ user = \"buss\", password = {{ file = \"{file}\" }} }}"));
    assert_eq!(office.pull(), rows());
    // buss:canary-7f3a
    assert_eq!(server.requests()[0].header("authorization"), Some("Basic YnVzczpjYW5hcnktN2YzYQ=="));
}

#[test]
fn a_redirect_takes_no_secret_to_another_server() {
    let dir = tempfile::tempdir().expect("a directory");
    let other = Server::start(whole);
    let to: &'static str = format!(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{}/24/{RESOURCE}\r\nContent-Length: 0\r\n\r\n",
        other.port()
    )
    .leak();
    let server =
        Server::start(move |request| if request.path.ends_with(RESOURCE) { vec![Send(to)] } else { not_found() });
    let office = Office::of(&server).http(format!(
        "http.bearer = {{ file = \"{}\" }}\nhttp.allow_hosts = [\"127.0.0.1:{}\"]",
        secret_file(dir.path()),
        other.port()
    ));
    assert_eq!(office.pull(), rows());
    assert!(server.requests()[0].header("authorization").is_some());
    let there = other.requests();
    assert_eq!(there.len(), 1);
    assert!(!there[0].head.contains(CANARY) && there[0].header("referer").is_none(), "{}", there[0].head);
}

#[test]
fn a_request_says_no_more_than_it_must() {
    let server = Server::start(whole);
    Office::of(&server).pull();
    let head = &server.requests()[0].head;
    let names: Vec<_> =
        head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(name, _)| name.to_lowercase()).collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, ["accept", "accept-encoding", "host", "user-agent"], "{head}");
    assert!(head.starts_with(&format!("GET /24/{RESOURCE} HTTP/1.1\r\n")), "{head}");
}

#[test]
fn nothing_that_prints_holds_a_secret() {
    let dir = tempfile::tempdir().expect("a directory");
    // The server is gone, answers nonsense, and sends the token on.
    let nonsense = Server::start(|_| vec![Send("HTTP/1.1 418 canary-7f3a\r\nContent-Length: 0\r\n\r\n")]);
    let away = Server::start(|_| {
        vec![Send(
            "HTTP/1.1 302 Found\r\nLocation: http://u:canary-7f3a@a.example/?token=canary-7f3a\r\nContent-Length: 0\r\n\r\n",
        )]
    });
    let gone = Server::start(|_| vec![Reset]);
    for server in [nonsense, away, gone] {
        let office = Office::of(&server).http(format!("http.bearer = {{ file = \"{}\" }}", secret_file(dir.path())));
        let settings = office.settings().expect("valid");
        let puller = Puller::new(&settings).expect("the secret is there");
        let Pulled::Problem(error) = office.pulled() else { panic!("a problem") };
        let printed = format!("{error} {error:?} {puller:?} {settings:?}");
        assert!(!printed.contains(CANARY), "{printed}");
    }
}

#[test]
fn every_secret_that_is_missing_is_told_before_anything_is_asked() {
    let server = Server::start(whole);
    let dir = tempfile::tempdir().expect("a directory");
    let open = dir.path().join("open");
    fs::write(&open, CANARY).expect("a file");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).expect("its mode");
    for source in
        ["{ file = \"/nowhere/token\" }", "{ env = \"BUSS_NO_SUCH_TOKEN\" }", &format!("{{ file = {open:?} }}")]
    {
        let office = Office::of(&server).http(format!("http.bearer = {source}\nhttp.ca = \"/nowhere/ca.pem\""));
        let error = Puller::new(&office.settings().expect("valid")).expect_err("a secret is missing");
        let found: Vec<_> =
            error.findings().map(|finding| (finding.code().id, finding.place().unwrap_or_default())).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|(code, _)| *code == "CONF-005"), "{found:?}");
        assert!(found[1].1.contains("http.ca of deliverer 24"), "{found:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn doctor_learns_whether_the_server_lets_us_in() {
    let reach = |script: &'static str| {
        let server = Server::start(move |_| vec![Send(script)]);
        let office = Office::of(&server);
        let settings = office.settings().expect("valid");
        let puller = Puller::new(&settings).expect("no secrets");
        super::runtime().block_on(puller.reach(&settings.deliverers[0])).err().map(|error| error.code().id)
    };
    assert_eq!(reach("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), None);
    assert_eq!(reach("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), None);
    assert_eq!(reach("HTTP/1.1 301 Moved\r\nLocation: /24/\r\nContent-Length: 0\r\n\r\n"), None);
    assert_eq!(reach("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"), Some("EXTR-019"));
    assert_eq!(reach("nonsense\r\n\r\n"), Some("EXTR-024"));
}

//! Addresses that may not be connected to, in every form and from everywhere they can come: none is connected to.

use std::{
    io,
    net::{IpAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use buss::extract::http::Names;
use futures::future::BoxFuture;

use super::{
    Came, Office, RESOURCE, rows,
    server::{Server, Step::*, not_found},
};

/// Ways to write this machine, or a network in which no deliverer can be, that only a machine would read.
const FORMS: &[&str] = &[
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0X7F.1",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "0x0",
    "localhost.",
    "127。0。0。1",
    "１２７.0.0.1",
    "①②⑦.⓪.⓪.①",
    "ⓛocalhost",
    "loc\u{AD}alhost",
    "%31%32%37.0.0.1",
    "local%68ost",
    "user@127.0.0.1",
    "user:word@127.0.0.1",
    "files.example@127.0.0.1",
    "@127.0.0.1",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::0001]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[ff02::1]",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[fd00:ec2::254%25lo]",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
];

/// Addresses that a name may not lead to.
const ADDRESSES: &[&str] = &[
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2001::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
];

/// Listens on every address of this machine and never answers: whoever connects is seen.
struct Tripwire {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Tripwire {
    fn new() -> Self {
        let first = TcpListener::bind("0.0.0.0:0").expect("a port");
        let port = first.local_addr().expect("an address").port();
        // A machine without version 6 has nothing to watch there.
        let listeners: Vec<_> = std::iter::once(first).chain(TcpListener::bind(("::1", port))).collect();
        for listener in &listeners {
            listener.set_nonblocking(true).expect("a look");
        }
        Self { listeners, port }
    }

    #[track_caller]
    fn saw_nobody(&self, what: &str) {
        for listener in &self.listeners {
            assert_eq!(listener.accept().expect_err(what).kind(), io::ErrorKind::WouldBlock, "{what}");
        }
    }
}

/// Gives one list of addresses after the other; the last one for ever.
struct Answers {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Answers {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |list: &&[&str]| list.iter().map(|text| text.parse().expect("an address")).collect();
        Arc::new(Self { answers: answers.iter().map(parse).collect(), asked: AtomicUsize::new(0) })
    }
}

impl Names for Answers {
    fn look_up(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let at = self.asked.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
        let answer = self.answers[at].clone();
        Box::pin(async move { Ok(answer) })
    }
}

#[test]
fn no_form_is_accepted_as_base_url_or_as_a_host_to_allow() {
    let tripwire = Tripwire::new();
    for form in FORMS {
        for address in [format!("http://{form}:{}/24", tripwire.port), format!("https://{form}/24")] {
            let error = Office::at(&address).settings().expect_err(form);
            assert_eq!(error.code().id, "CONF-011", "{address}");
        }
        let allowed = Office::at("https://files.example").http(format!("http.allow_hosts = [\"{form}\"]"));
        assert_eq!(allowed.settings().expect_err(form).code().id, "CONF-011", "{form}");
        tripwire.saw_nobody(form);
    }
}

#[test]
fn no_form_is_followed_in_a_redirect() {
    let tripwire = Tripwire::new();
    for form in FORMS.iter().chain(&["127.0.0.1", "localhost", "[::1]", "127.0.0.2"]) {
        for location in [format!("http://{form}:{}/x", tripwire.port), format!("//{form}:{}/x", tripwire.port)] {
            let answer: &'static str =
                format!("HTTP/1.1 307 Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").leak();
            let server = Server::start(move |_| vec![Send(answer)]);
            // This machine is where the server is, so only its other doors can be forbidden.
            let office = Office::of(&server).http("http.allow_hosts = [\"files.example\"]");
            assert_eq!(office.pull(), Came::Problem("EXTR-022"), "{location}");
            assert_eq!(server.requests().len(), 1, "{location}");
            tripwire.saw_nobody(&location);
        }
    }
}

#[test]
fn no_name_leads_to_a_forbidden_address() {
    let tripwire = Tripwire::new();
    for address in ADDRESSES {
        for list in [vec![*address], vec!["10.255.255.1", address], vec![address, "10.255.255.1"]] {
            let base_url = format!("http://files.example:{}/24", tripwire.port);
            let office = Office { names: Answers::of(&[&list]), ..Office::at(base_url) };
            assert_eq!(office.pull(), Came::Problem("EXTR-023"), "{list:?}");
            tripwire.saw_nobody(address);
        }
    }
}

#[test]
fn no_name_of_a_redirect_leads_to_a_forbidden_address() {
    let tripwire = Tripwire::new();
    let location = format!("http://files.example:{}/x", tripwire.port);
    let answer: &'static str =
        format!("HTTP/1.1 302 Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").leak();
    for address in ADDRESSES {
        let server = Server::start(move |_| vec![Send(answer)]);
        let office = Office { names: Answers::of(&[&[address]]), ..Office::of(&server) };
        let office = office.http("http.allow_hosts = [\"files.example\"]");
        assert_eq!(office.pull(), Came::Problem("EXTR-023"), "{address}");
        tripwire.saw_nobody(address);
    }
}

#[test]
fn a_name_whose_second_answer_differs_is_judged_again() {
    for second in ["169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "64:ff9b::a9fe:a9fe"] {
        let server =
            Server::start(|_| vec![Send("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), Close]);
        let base_url = format!("http://localhost:{}/24", server.port());
        let office = Office { names: Answers::of(&[&["127.0.0.1"], &[second]]), ..Office::at(base_url) };
        assert_eq!(office.pull(), Came::Problem("EXTR-023"), "{second}");
        assert_eq!((server.connections(), server.asked(RESOURCE)), (1, 1), "{second}");
    }
}

#[test]
fn what_the_operator_wrote_is_connected_to() {
    let server = Server::start(|request| {
        if request.path.ends_with(RESOURCE) {
            vec![Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n")]
        } else {
            not_found()
        }
    });
    for host in ["127.0.0.1", "localhost"] {
        let base_url = format!("http://{host}:{}/24", server.port());
        assert_eq!(Office { names: Answers::of(&[&["127.0.0.1"]]), ..Office::at(base_url) }.pull(), rows(), "{host}");
    }
    assert_eq!(Office::at(format!("http://localhost:{}/{{deliverer}}", server.port())).pull(), rows());
}

mod redirects {
    use super::*;

    fn sends_to(location: &str) -> Server {
        let answer: &'static str =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").leak();
        Server::start(move |request| if request.path.ends_with(RESOURCE) { vec![Send(answer)] } else { not_found() })
    }

    #[test]
    fn none_is_followed_unless_its_host_is_allowed_not_even_to_the_same_server() {
        let server = sends_to("/elsewhere.csv");
        assert_eq!(Office::of(&server).pull(), Came::Problem("EXTR-022"));
        assert_eq!(server.requests().len(), 1);
    }

    #[test]
    fn an_allowed_host_is_followed() {
        let there = Server::start(|_| {
            vec![Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n")]
        });
        let server = sends_to(&format!("http://127.0.0.1:{}/signed.csv?token=x", there.port()));
        assert_eq!(Office::of(&server).http("http.allow_hosts = [\"127.0.0.1\"]").pull(), rows());
        assert_eq!(there.requests()[0].path, "/signed.csv?token=x");
    }

    #[test]
    fn an_allowed_port_is_no_other_port() {
        let tripwire = Tripwire::new();
        let server = sends_to(&format!("http://127.0.0.1:{}/x", tripwire.port));
        assert_eq!(Office::of(&server).http("http.allow_hosts = [\"127.0.0.1:1\"]").pull(), Came::Problem("EXTR-022"));
        tripwire.saw_nobody("another port");
    }

    #[test]
    fn a_circle_ends() {
        let server = sends_to("/24/anmalningar_2007.csv");
        assert_eq!(Office::of(&server).http("http.allow_hosts = [\"127.0.0.1\"]").pull(), Came::Problem("EXTR-022"));
        assert_eq!(server.asked(RESOURCE), 6);
    }

    #[test]
    fn one_that_does_not_say_where_to_is_none() {
        let server = Server::start(|_| vec![Send("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n")]);
        assert_eq!(Office::of(&server).pull(), Came::Problem("EXTR-022"));
    }
}

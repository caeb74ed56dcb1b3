//! Versions: what a server says of one, and that it is asked for another only.

use buss::{
    extract::http::{Known, Pulled},
    model::{ContentHash, Validators},
};

use super::{
    Came, Office, RESOURCE, ROWS, rows,
    server::{
        Server,
        Step::{self, *},
        not_found,
    },
    sha256,
};

const WHOLE: Step = Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n");

fn validators(head: &'static str) -> Validators {
    let server = Server::start(move |request| {
        if request.path.ends_with(RESOURCE) {
            vec![Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"), Send(head), Send("\r\nabc")]
        } else {
            not_found()
        }
    });
    match Office::of(&server).pulled() {
        Pulled::Whole(fetched) => fetched.validators,
        other => panic!("{other:?}"),
    }
}

fn known(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
    Validators { etag: etag.map(str::to_owned), last_modified: last_modified.map(str::to_owned) }
}

const MORNING: &str = "Sun, 01 Jul 2007 02:00:00 GMT";

#[test]
fn etag_and_time_are_kept_word_for_word() {
    assert_eq!(validators("ETag: \"a-1\"\r\n"), known(Some("\"a-1\""), None));
    assert_eq!(validators("ETag: W/\"a-1\"\r\n"), known(Some("W/\"a-1\""), None));
    assert_eq!(
        validators("Last-Modified: Sun, 01 Jul 2007 02:00:00 GMT\r\nDate: Sun, 01 Jul 2007 02:00:01 GMT\r\n"),
        known(None, Some(MORNING))
    );
}

#[test]
fn what_cannot_be_relied_on_is_not_kept() {
    for head in [
        "",
        // Within the same second the file may change again.
        "Last-Modified: Sun, 01 Jul 2007 02:00:00 GMT\r\nDate: Sun, 01 Jul 2007 02:00:00 GMT\r\n",
        "Last-Modified: Sun, 01 Jul 2007 02:00:00 GMT\r\n",
        "Last-Modified: Sun, 01 Jul 2057 02:00:00 GMT\r\nDate: Sun, 01 Jul 2007 02:00:00 GMT\r\n",
        "Last-Modified: 2007-07-01\r\nDate: Sun, 01 Jul 2007 02:00:01 GMT\r\n",
        "ETag: a-1\r\n",
        "ETag: \"a\"\r\nETag: \"b\"\r\n",
    ] {
        assert!(validators(head).is_empty(), "{head}");
    }
}

/// The landed version, as the ledger knows it.
fn landed(etag: Option<&str>, last_modified: Option<&str>) -> Known {
    let hash = ContentHash::parse(&sha256(ROWS.as_bytes())).expect("a hash");
    Known { validators: known(etag, last_modified), hash }
}

#[test]
fn a_version_that_is_known_is_not_sent_again() {
    let server = Server::start(|request| match request.header("if-none-match") {
        Some("\"a-1\"") => vec![Send("HTTP/1.1 304 Not Modified\r\n\r\n")],
        _ => not_found(),
    });
    let office = Office { known: Some(landed(Some("\"a-1\""), Some(MORNING))), ..Office::of(&server) };
    assert_eq!(office.pull(), Came::NotModified);
    assert_eq!(server.requests()[0].header("if-modified-since"), Some(MORNING));
    assert_eq!(server.asked(RESOURCE), 1);
}

#[test]
fn unchanged_since_but_another_version_is_sent_whole() {
    for (answer, etag, asked) in [
        // Put back to an older state: not modified since, and not the landed one.
        ("HTTP/1.1 304 Not Modified\r\nLast-Modified: Sat, 30 Jun 2007 02:00:00 GMT\r\n\r\n", None, 2),
        ("HTTP/1.1 304 Not Modified\r\nETag: \"b\"\r\n\r\n", Some("\"a\""), 2),
        ("HTTP/1.1 304 Not Modified\r\nETag: W/\"a\"\r\n\r\n", Some("\"a\""), 1),
        ("HTTP/1.1 304 Not Modified\r\nLast-Modified: Sun, 01 Jul 2007 02:00:00 GMT\r\n\r\n", None, 1),
    ] {
        let server = Server::start(move |request| {
            if !request.path.ends_with(RESOURCE) {
                not_found()
            } else if request.header("if-modified-since").is_some() {
                vec![Send(answer)]
            } else {
                vec![WHOLE]
            }
        });
        let came = Office { known: Some(landed(etag, Some(MORNING))), ..Office::of(&server) }.pull();
        assert_eq!(
            (came, server.asked(RESOURCE)),
            (if asked == 2 { rows() } else { Came::NotModified }, asked),
            "{answer}"
        );
    }
}

#[test]
fn another_version_comes_whole_and_a_vanished_one_is_missing() {
    let server = Server::start(|request| if request.path.ends_with(RESOURCE) { vec![WHOLE] } else { not_found() });
    assert_eq!(Office { known: Some(landed(Some("\"old\""), None)), ..Office::of(&server) }.pull(), rows());
    let empty = Server::start(|_| not_found());
    assert_eq!(Office { known: Some(landed(Some("\"old\""), None)), ..Office::of(&empty) }.pull(), Came::Missing);
}

#[test]
fn a_side_file_that_states_another_hash_has_the_resource_sent_whole() {
    let stated = |hash: String| {
        let side_file: &'static str = format!("HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n{hash}").leak();
        let server = Server::start(move |request| {
            if !request.path.ends_with(RESOURCE) {
                vec![Send(side_file)]
            } else if request.header("if-none-match").is_some() {
                vec![Send("HTTP/1.1 304 Not Modified\r\n\r\n")]
            } else {
                vec![WHOLE]
            }
        });
        let known = Known { hash: ContentHash([7; 32]), ..landed(Some("\"a-1\""), None) };
        let came = Office { known: Some(known), ..Office::of(&server) }.pull();
        (came, server.asked(RESOURCE))
    };
    assert_eq!(stated(hex::encode([7; 32])), (Came::NotModified, 1));
    assert_eq!(stated(sha256(ROWS.as_bytes())), (rows(), 2));
}

#[test]
fn unchanged_without_a_version_to_ask_with_is_a_problem() {
    let server = Server::start(|_| vec![Send("HTTP/1.1 304 Not Modified\r\n\r\n")]);
    assert_eq!(Office { known: Some(landed(None, None)), ..Office::of(&server) }.pull(), Came::Problem("EXTR-020"));
}

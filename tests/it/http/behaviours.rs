//! Every behaviour of a server as one named case: what it says, byte by byte, and what comes of it.

use std::sync::LazyLock;

use super::{
    Came, Office, RESOURCE, ROWS, SIDE_FILE, gzip, rows,
    server::{Script, Server, Step, Step::*, not_found},
    sha256,
};

/// One case: the script of the resource, what comes of it, and how often the resource is asked for.
macro_rules! cases {
    ($($name:ident: [$($step:expr),* $(,)?] => $came:expr, asked $asked:literal $(, limits $limits:literal)?;)*) => {
        $(
            #[test]
            fn $name() {
                let limits = concat!("" $(, $limits)?);
                comes(vec![$($step),*], limits, &$came, $asked);
            }
        )*
    };
}

#[track_caller]
fn comes(script: Script, limits: &str, expected: &Came, asked: usize) {
    let server = resource_says(script);
    assert_eq!(&Office::of(&server).limits(limits).pull(), expected);
    assert_eq!(server.asked_at_least(RESOURCE, asked), asked, "how often it is asked for");
}

/// A server that follows the script for the resource and has no side file.
fn resource_says(script: Script) -> Server {
    Server::start(move |request| if request.path.ends_with(RESOURCE) { script.clone() } else { not_found() })
}

const fn problem(code: &'static str) -> Came {
    Came::Problem(code)
}

/// The rows, as gzip.
static GZIP: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(ROWS.as_bytes()));

fn bytes(bytes: Vec<u8>) -> Step {
    Bytes(bytes.leak())
}

fn gzip_answer(body: &[u8]) -> Step {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
    bytes([head.as_bytes(), body].concat())
}

const WHOLE: Step = Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n");
const ENDLESS: Step = Send("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n");
const NO_END: Step = Send("HTTP/1.0 200 OK\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n");

// Whole answers.
cases! {
    a_body_of_its_length_is_whole: [WHOLE] => rows(), asked 1;
    chunks_with_their_end_are_whole: [
        Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Send("11\r\nStadsdel;Inkom\r\n2\r\n"), Send("e\r\n4;2007-01-02\r\n\r\n"), Send("0\r\n\r\n"),
    ] => rows(), asked 1;
    an_old_server_that_says_the_length_is_whole: [
        Send("HTTP/1.0 200 OK\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n"), Close,
    ] => rows(), asked 1;
    the_same_length_twice_is_a_length: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\nContent-Length: 31\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n"),
    ] => rows(), asked 1;
    a_body_in_single_bytes_is_whole: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), Send("a"), Send("b"), Send("c"),
    ] => Came::Whole("abc".into()), asked 1;
    a_word_of_patience_before_the_answer_is_passed_over: [
        Send("HTTP/1.1 100 Continue\r\n\r\n"), Send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), WHOLE,
    ] => rows(), asked 1;
    gzip_is_inflated: [gzip_answer(&GZIP)] => rows(), asked 1;
    gzip_in_two_members_is_inflated: [
        gzip_answer(&[gzip(&ROWS.as_bytes()[..9]), gzip(&ROWS.as_bytes()[9..])].concat()),
    ] => rows(), asked 1;
}

// Answers that break off.
cases! {
    fewer_bytes_than_the_length_says: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nStadsdel;Inkom\r\n"), Close,
    ] => problem("EXTR-016"), asked 3;
    chunks_without_their_end: [
        Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nStadsdel;Inkom\r\n\r\n"), Close,
    ] => problem("EXTR-016"), asked 3;
    a_chunk_that_breaks_off: [
        Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nStadsdel"), Close,
    ] => problem("EXTR-016"), asked 3;
    a_reset_in_the_body: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nStadsdel"), Reset,
    ] => problem("EXTR-016"), asked 3;
    a_reset_before_the_answer: [Reset] => problem("EXTR-015"), asked 3;
    a_close_before_the_answer: [Close] => problem("EXTR-015"), asked 3;
    a_head_that_breaks_off: [Send("HTTP/1.1 200 OK\r\nContent-"), Close] => problem("EXTR-015"), asked 3;
    an_answer_without_an_end_is_unproven: [NO_END, Close] => Came::Unproven(ROWS.into(), "EXTR-027"), asked 1;
    a_newer_answer_without_an_end_is_unproven: [
        Send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nStadsdel;Inkom\r\n"), Close,
    ] => Came::Unproven("Stadsdel;Inkom\r\n".into(), "EXTR-027"), asked 1;
    gzip_that_breaks_off_where_the_connection_ends: [
        bytes([&b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n"[..], &GZIP[..20]].concat()), Close,
    ] => problem("EXTR-025"), asked 1;
}

// Answers that contradict themselves.
cases! {
    two_different_lengths: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\nContent-Length: 5\r\n\r\nStadsdel;Inkom\r\n24;2007-01-02\r\n"),
    ] => problem("EXTR-024"), asked 1;
    a_length_and_chunks: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    ] => problem("EXTR-024"), asked 1;
    a_length_that_is_no_number: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc"),
    ] => problem("EXTR-024"), asked 1;
    a_length_beyond_all_numbers: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nabc"),
    ] => problem("EXTR-024"), asked 1;
    chunks_of_no_size: [
        Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n"),
    ] => problem("EXTR-024"), asked 1;
    chunks_of_a_size_beyond_all_numbers: [
        Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    ] => problem("EXTR-024"), asked 1;
    another_language: [Send("SSH-2.0-OpenSSH_9.2p1\r\n"), Hang] => problem("EXTR-024"), asked 1;
    a_transfer_encoding_nobody_asked_for: [
        Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    ] => problem("EXTR-025"), asked 1;
    an_encoding_nobody_asked_for: [
        Send("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc"),
    ] => problem("EXTR-025"), asked 1;
    an_encoding_twice: [
        Send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 3\r\n\r\nabc"),
    ] => problem("EXTR-025"), asked 1;
    gzip_that_is_none: [
        Send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
    ] => problem("EXTR-025"), asked 1;
    gzip_followed_by_something: [gzip_answer(&[&GZIP[..], b"tail"].concat())] => problem("EXTR-025"), asked 1;
    a_head_without_end: [
        bytes(format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20)).into_bytes()), Hang,
    ] => problem("EXTR-024"), asked 1;
    a_thousand_headers: [
        bytes(format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: x\r\n".repeat(1000)).into_bytes()), Hang,
    ] => problem("EXTR-024"), asked 1;
}

// Statuses; the table in `policy` is tested for all of them.
cases! {
    nothing_there: [Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")] => Came::Missing, asked 1;
    gone: [Send("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")] => Came::Missing, asked 1;
    no_entry: [Send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")] => problem("EXTR-019"), asked 1;
    forbidden: [Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")] => problem("EXTR-019"), asked 1;
    busy: [Send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")] => problem("EXTR-017"), asked 3;
    busy_behind_a_gateway: [Send("HTTP/1.1 504 Gateway Timeout\r\nConnection: close\r\n\r\n"), Close] => problem("EXTR-017"), asked 3;
    not_implemented: [Send("HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n")] => problem("EXTR-020"), asked 1;
    no_content: [Send("HTTP/1.1 204 No Content\r\n\r\n")] => problem("EXTR-020"), asked 1;
    a_part_nobody_asked_for: [
        Send("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/31\r\nContent-Length: 3\r\n\r\nabc"),
    ] => problem("EXTR-020"), asked 1;
    unchanged_although_nothing_is_known: [Send("HTTP/1.1 304 Not Modified\r\n\r\n")] => problem("EXTR-020"), asked 1;
    another_protocol: [Send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"), Hang] => problem("EXTR-020"), asked 1;
}

// Waits that servers ask for: honoured up to the limit, here a thousandth of a second.
cases! {
    come_back_in_thirty_years: [
        Send("HTTP/1.1 503 Busy\r\nRetry-After: 1000000000\r\nContent-Length: 0\r\n\r\n"),
    ] => problem("EXTR-017"), asked 3, limits "retry_after_max_seconds = 0.001";
    come_back_yesterday: [
        Send("HTTP/1.1 429 Too Many Requests\r\nRetry-After: -86400\r\nContent-Length: 0\r\n\r\n"),
    ] => problem("EXTR-017"), asked 3;
    come_back_after_the_night: [
        Send("HTTP/1.1 503 Busy\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n"),
    ] => problem("EXTR-017"), asked 1, limits "retry_after_max_seconds = 3600";
}

// Time.
cases! {
    silence_before_the_answer: [Hang] => problem("EXTR-018"), asked 3, limits "read_seconds = 0.2";
    silence_after_the_head: [ENDLESS, Hang] => problem("EXTR-018"), asked 3, limits "read_seconds = 0.2";
    a_drip_is_below_the_least_rate: [ENDLESS, Drip] => problem("EXTR-018"), asked 1, limits "read_seconds = 2\nmin_bytes_per_second = 100000";
    a_drip_ends_with_the_time_of_the_resource: [ENDLESS, Drip] => problem("EXTR-018"), asked 1, limits "total_seconds = 0.5\nmin_bytes_per_second = 0";
    a_drip_in_the_head_ends_with_the_time_of_the_resource: [
        Send("HTTP/1.1 200 OK\r\nX: "), Drip,
    ] => problem("EXTR-018"), asked 1, limits "total_seconds = 0.5";
    the_time_of_the_deliverer_ends_a_resource: [ENDLESS, Drip] => problem("EXTR-018"), asked 1, limits "deliverer_seconds = 0.5\nmin_bytes_per_second = 0";
}

// Size and kind.
cases! {
    a_length_beyond_the_limit_is_not_read: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n"), Hang,
    ] => problem("EXTR-008"), asked 1;
    chunks_beyond_the_limit: [
        Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400001\r\n"), bytes(vec![b'a'; 0x40_0001]), Hang,
    ] => problem("EXTR-008"), asked 1;
    gzip_beyond_the_limit: [gzip_answer(&gzip(&noise(5 << 20)))] => problem("EXTR-008"), asked 1;
    a_gzip_bomb: [gzip_answer(&gzip(&vec![b'a'; 3 << 20]))] => problem("EXTR-026"), asked 1;
    nothing_in_it: [Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")] => problem("EXTR-007"), asked 1;
    a_login_page_by_its_type: [
        Send("HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 3\r\n\r\nabc"),
    ] => problem("EXTR-009"), asked 1;
    a_login_page_by_its_first_bytes: [
        Send("HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 24\r\n\r\n\r\n <!DOCTYPE html><html>"),
    ] => problem("EXTR-009"), asked 1;
    a_workbook_where_rows_are_expected: [
        Send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nPK\x03\x04abcd"),
    ] => problem("EXTR-009"), asked 1;
}

/// Text that hardly shrinks.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 24) as u8 % 16
    };
    (0..length).map(|_| letter()).collect()
}

#[test]
fn a_server_that_recovers_is_taken_at_its_last_word() {
    let server = Server::start(|request| match (request.path.ends_with(RESOURCE), request.number) {
        (true, 1) => vec![Send("HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")],
        (true, 2) => vec![Send("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nStads"), Close],
        (true, _) => vec![WHOLE],
        (false, 1) => vec![Reset],
        _ => not_found(),
    });
    assert_eq!(Office::of(&server).limits("retries = 3").pull(), rows());
    assert_eq!((server.asked(RESOURCE), server.asked(SIDE_FILE)), (3, 2));
}

#[test]
fn nobody_at_home_is_tried_again() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    assert_eq!(Office::at(format!("http://127.0.0.1:{port}")).pull(), problem("EXTR-015"));
}

#[test]
fn after_an_office_was_given_up_its_other_resources_are_tried_once() {
    let server = Server::start(|_| vec![Reset]);
    let office = Office::of(&server);
    let settings = office.settings().expect("valid");
    let puller = buss::extract::http::Puller::new(&settings).expect("no secrets");
    let resource = office.resource(&settings);
    let mut asked = Vec::new();
    for _ in 0..2 {
        let mut draft = || Ok(Vec::new());
        let pull = puller.pull(&settings.deliverers[0], &resource, None, &mut draft);
        super::runtime().block_on(pull);
        asked.push(server.asked(RESOURCE));
    }
    assert_eq!(asked, [3, 4]);
}

#[test]
fn the_draft_is_fresh_for_every_try() {
    let server = Server::start(|request| match request.number {
        _ if !request.path.ends_with(RESOURCE) => not_found(),
        1 => vec![Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nleft behind"), Close],
        _ => vec![WHOLE],
    });
    assert_eq!(Office::of(&server).pull(), rows());
}

mod side_files {
    use buss::pipeline::Proof;

    use super::*;

    fn with_side_file(resource: Script, side_file: Script) -> Server {
        Server::start(
            move |request| if request.path.ends_with(RESOURCE) { resource.clone() } else { side_file.clone() },
        )
    }

    fn says(text: &str) -> Script {
        vec![bytes(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len()).into_bytes())]
    }

    #[test]
    fn the_right_hash_proves_what_has_no_end() {
        let server = with_side_file(vec![NO_END, Close], says(&format!("{}  {RESOURCE}\n", sha256(ROWS.as_bytes()))));
        assert_eq!(Office::of(&server).pull(), rows());
    }

    #[test]
    fn the_hash_is_that_of_the_inflated_bytes() {
        let server = with_side_file(vec![gzip_answer(&GZIP)], says(&sha256(ROWS.as_bytes())));
        assert_eq!(Office { proof: Proof::Required, ..Office::of(&server) }.pull(), rows());
    }

    #[test]
    fn another_hash_refuses_after_a_second_look() {
        let server = with_side_file(vec![WHOLE], says(&sha256(b"other")));
        assert_eq!(Office::of(&server).pull(), problem("EXTR-013"));
        assert_eq!(server.asked(RESOURCE), 2);
    }

    #[test]
    fn a_resource_replaced_between_the_questions_is_asked_for_again() {
        let server = Server::start(|request| match (request.path.ends_with(RESOURCE), request.number) {
            (true, 1) => says("Stadsdel;Inkom\r\n"),
            (true, _) => vec![WHOLE],
            _ => says(&sha256(ROWS.as_bytes())),
        });
        assert_eq!(Office::of(&server).pull(), rows());
    }

    #[test]
    fn without_one_what_needs_it_is_refused() {
        let server = with_side_file(vec![WHOLE], not_found());
        assert_eq!(Office { proof: Proof::Required, ..Office::of(&server) }.pull(), problem("EXTR-011"));
    }

    #[test]
    fn one_that_is_no_proof_refuses() {
        for side_file in ["<html>not found</html>", "", "abc"] {
            let server = with_side_file(vec![WHOLE], says(side_file));
            assert_eq!(Office::of(&server).pull(), problem("EXTR-012"), "{side_file}");
        }
        let server = with_side_file(vec![WHOLE], says(&"x".repeat(70_000)));
        assert_eq!(Office::of(&server).pull(), problem("EXTR-012"));
        let page = Send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\nabc");
        assert_eq!(Office::of(&with_side_file(vec![WHOLE], vec![page])).pull(), problem("EXTR-012"));
        // Cut short where only the end of the connection says so.
        let half = bytes([&b"HTTP/1.0 200 OK\r\n\r\n"[..], &sha256(ROWS.as_bytes()).as_bytes()[..40]].concat());
        assert_eq!(Office::of(&with_side_file(vec![WHOLE], vec![half, Close])).pull(), problem("EXTR-012"));
    }

    #[test]
    fn one_that_cannot_be_had_leaves_the_resource_unproven_for_this_night() {
        let busy = vec![Send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")];
        let server = with_side_file(vec![WHOLE], busy);
        assert_eq!(Office::of(&server).pull(), problem("EXTR-017"));
        assert_eq!((server.asked(RESOURCE), server.asked(SIDE_FILE)), (1, 3), "the resource is not asked for again");
    }
}

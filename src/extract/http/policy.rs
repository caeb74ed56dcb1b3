//! The policy of pulling over HTTP(S): what happens, and what follows. One table, read from the top; the first row that fits holds.
//!
//! Pure. Everything that a server, a network or an answer can do is a [`Happening`]; nothing else decides what is retried or refused.

use crate::{
    Error,
    error::{Code, codes::extract as codes},
};

/// What happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    /// An answer with a status from the first to the last, both included.
    Status(u16, u16),
    /// 304, and no version had been named in the request.
    NotAsked304,
    // On the way to an answer.
    /// The name is not known, or its server is not to be asked now.
    NoName,
    /// Refused, reset, or not made in time.
    NoConnection,
    /// Certificate, authority or protocol version.
    Tls,
    /// The name or redirect leads to an address that may not be connected to.
    ForbiddenAddress,
    /// A redirect to a host that is not allowed, from https to http, to nowhere, or one too many.
    BadRedirect,
    /// No word within the read limit.
    Silent,
    /// Fewer bytes than the least rate.
    TooSlow,
    /// The limit for the whole resource, or for all of the deliverer's, has passed.
    OutOfTime,
    // In the answer.
    /// The head cannot be read, is too large, or says in two ways where the body ends.
    BadHead,
    /// The body ended before its end.
    CutShort,
    /// The chunks cannot be read.
    BadChunks,
    /// Neither length nor chunks nor side file.
    NoEnd,
    /// An encoding that was not asked for, or gzip that is damaged, cut short or followed by something.
    BadEncoding,
    Bomb,
    TooLarge,
    Empty,
    /// A web page, by its type or its first bytes, or another kind of file.
    OtherFormat,
    // In the side file.
    NoProof,
    BadProof,
    /// The hash is another: perhaps the resource was replaced between the two requests.
    WrongHash,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The body is read.
    Read,
    /// The landed version is used.
    UseLanded,
    Missing,
    /// The next place is judged, and asked if it is allowed.
    Follow,
    /// Asked again within the limits; then the code.
    Retry(&'static Code),
    /// The code, at once.
    Stop(&'static Code),
}

use Happening as H;
use Then::{Follow, Missing, Read, Retry, Stop, UseLanded};

pub(super) static TABLE: &[(Happening, Then)] = &[
    (H::Status(200, 200), Read),
    (H::Status(304, 304), UseLanded),
    (H::NotAsked304, Stop(&codes::OTHER_ANSWER)),
    (H::Status(301, 303), Follow),
    (H::Status(307, 308), Follow),
    (H::Status(404, 404), Missing),
    (H::Status(410, 410), Missing),
    (H::Status(401, 401), Stop(&codes::LOCKED_OUT)),
    (H::Status(403, 403), Stop(&codes::LOCKED_OUT)),
    (H::Status(408, 408), Retry(&codes::BUSY)),
    (H::Status(425, 425), Retry(&codes::BUSY)),
    (H::Status(429, 429), Retry(&codes::BUSY)),
    (H::Status(500, 500), Retry(&codes::BUSY)),
    (H::Status(502, 504), Retry(&codes::BUSY)),
    // 204 and 206 nobody asked for, every other refusal, and what no standard knows.
    (H::Status(0, 999), Stop(&codes::OTHER_ANSWER)),
    (H::NoName, Retry(&codes::UNREACHABLE)),
    (H::NoConnection, Retry(&codes::UNREACHABLE)),
    (H::Tls, Stop(&codes::NOT_TRUSTED)),
    (H::ForbiddenAddress, Stop(&codes::FORBIDDEN_ADDRESS)),
    (H::BadRedirect, Stop(&codes::REDIRECT)),
    (H::Silent, Retry(&codes::TOO_SLOW)),
    // Trying again would take the same time once more.
    (H::TooSlow, Stop(&codes::TOO_SLOW)),
    (H::OutOfTime, Stop(&codes::TOO_SLOW)),
    (H::BadHead, Stop(&codes::NOT_HTTP)),
    (H::CutShort, Retry(&codes::CUT_SHORT)),
    (H::BadChunks, Stop(&codes::NOT_HTTP)),
    (H::NoEnd, Stop(&codes::UNPROVEN)),
    (H::BadEncoding, Stop(&codes::BAD_ENCODING)),
    (H::Bomb, Stop(&codes::BOMB)),
    (H::TooLarge, Stop(&codes::TOO_LARGE)),
    (H::Empty, Stop(&codes::EMPTY)),
    (H::OtherFormat, Stop(&codes::OTHER_FORMAT)),
    (H::NoProof, Stop(&codes::NO_PROOF)),
    (H::BadProof, Stop(&codes::BAD_PROOF)),
    (H::WrongHash, Retry(&codes::WRONG_HASH)),
];

/// The happening of an answer; `asked` says that the request named a version.
pub(super) fn of_status(status: u16, asked: bool) -> Happening {
    if status == 304 && !asked { H::NotAsked304 } else { H::Status(status, status) }
}

/// What follows from a happening.
pub(super) fn then(happening: Happening) -> Then {
    let fits = |row: Happening| match (row, happening) {
        (H::Status(first, last), H::Status(status, _)) => (first..=last).contains(&status),
        (row, happening) => row == happening,
    };
    TABLE.iter().find(|(row, _)| fits(*row)).map_or(Stop(&codes::OTHER_ANSWER), |(_, then)| *then)
}

/// Why a request did not end with the resource.
#[derive(Debug)]
pub(super) struct Failure {
    pub error: Error,
    pub retry: bool,
    /// What the server says of when to come back, word for word.
    pub retry_after: Option<String>,
}

impl Failure {
    /// The failure that a happening is; `detail` names the address or what of it, never anything secret.
    pub fn of(happening: Happening, detail: impl std::fmt::Display) -> Self {
        let (code, retry) = match then(happening) {
            Retry(code) => (code, true),
            Stop(code) => (code, false),
            Read | UseLanded | Missing | Follow => (&codes::OTHER_ANSWER, false),
        };
        Self { error: Error::new(code).detail(detail), retry, retry_after: None }
    }
}

/// A failure of the program's own ground: nothing that a server did, and nothing that asking again would cure.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, retry: false, retry_after: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(happening: Happening) -> String {
        match then(happening) {
            Read => "read".into(),
            UseLanded => "use landed".into(),
            Missing => "missing".into(),
            Follow => "follow".into(),
            Retry(code) => format!("retry {}", code.id),
            Stop(code) => format!("stop {}", code.id),
        }
    }

    #[test]
    fn every_status_has_its_consequence() {
        for status in 0..=999 {
            let expected = match status {
                200 => "read",
                304 => "use landed",
                301 | 302 | 303 | 307 | 308 => "follow",
                404 | 410 => "missing",
                401 | 403 => "stop EXTR-019",
                408 | 425 | 429 | 500 | 502 | 503 | 504 => "retry EXTR-017",
                _ => "stop EXTR-020",
            };
            assert_eq!(word(of_status(status, true)), expected, "{status}");
        }
        assert_eq!(word(of_status(304, false)), "stop EXTR-020");
    }

    #[test]
    fn every_fault_has_its_consequence() {
        for (happening, expected) in [
            (H::NoName, "retry EXTR-015"),
            (H::NoConnection, "retry EXTR-015"),
            (H::Tls, "stop EXTR-021"),
            (H::ForbiddenAddress, "stop EXTR-023"),
            (H::BadRedirect, "stop EXTR-022"),
            (H::Silent, "retry EXTR-018"),
            (H::TooSlow, "stop EXTR-018"),
            (H::OutOfTime, "stop EXTR-018"),
            (H::BadHead, "stop EXTR-024"),
            (H::CutShort, "retry EXTR-016"),
            (H::BadChunks, "stop EXTR-024"),
            (H::NoEnd, "stop EXTR-027"),
            (H::BadEncoding, "stop EXTR-025"),
            (H::Bomb, "stop EXTR-026"),
            (H::TooLarge, "stop EXTR-008"),
            (H::Empty, "stop EXTR-007"),
            (H::OtherFormat, "stop EXTR-009"),
            (H::NoProof, "stop EXTR-011"),
            (H::BadProof, "stop EXTR-012"),
            (H::WrongHash, "retry EXTR-013"),
        ] {
            assert_eq!(word(happening), expected, "{happening:?}");
        }
    }

    #[test]
    fn every_row_is_reached() {
        for (row, expected) in TABLE {
            let happening = if *row == H::Status(0, 999) { H::Status(418, 418) } else { *row };
            assert_eq!(then(happening), *expected, "{row:?} stands below a row that covers it");
        }
    }
}

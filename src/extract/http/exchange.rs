//! One question to a server: the request with the redirects that follow it, to an answer whose head was found in order.
//!
//! Every hop is judged before it is asked, and the address that was really connected to is judged once more.

use reqwest::{
    Response,
    header::{
        ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
        IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER, TRANSFER_ENCODING,
    },
};
use url::Url;

use super::{
    channel::Channel,
    guard,
    policy::{self, Failure, Happening, Then},
};
use crate::{error::causes, model::Validators, settings::Host, tls};

/// Redirects that are followed, at most.
const HOPS: usize = 5;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub url: &'a Url,
    /// The version that is landed already.
    pub known: Option<&'a Validators>,
    /// Whether gzip is asked for.
    pub gzip: bool,
}

/// What a server answered, when it is of use.
#[derive(Debug)]
pub(super) enum Answer {
    Body(Response),
    NotModified,
    Missing,
}

/// Asks, and follows where the settings allow it.
pub(super) async fn ask(channel: &Channel, mut question: Question<'_>) -> Result<Answer, Failure> {
    let mut url = question.url.clone();
    for _ in 0..=HOPS {
        let response = send(channel, &url, question).await?;
        let status = response.status().as_u16();
        let asked = question.known.is_some_and(|known| !known.is_empty());
        let happening = policy::of_status(status, asked);
        match policy::then(happening) {
            Then::Read => return Ok(Answer::Body(response)),
            Then::UseLanded if names_another(response.headers(), question.known) => {
                (url, question.known) = (question.url.clone(), None);
            }
            Then::UseLanded => return Ok(Answer::NotModified),
            Then::Missing => return Ok(Answer::Missing),
            Then::Follow => url = next(channel, &url, response.headers())?,
            Then::Retry(_) | Then::Stop(_) => {
                let mut failure = Failure::of(happening, format!("{} answered {status}", guard::shown(&url)));
                failure.retry_after = text(response.headers(), RETRY_AFTER).map(str::to_owned);
                return Err(failure);
            }
        }
    }
    Err(Failure::of(Happening::BadRedirect, format!("{}: more than {HOPS} in a row", guard::shown(question.url))))
}

/// Whether "not modified" is said of another version than the one that was asked about: a file that was put back to an older state is "not
/// modified since", and still another. Then it is asked for without conditions.
fn names_another(headers: &HeaderMap, known: Option<&Validators>) -> bool {
    let Some(known) = known else { return false };
    match (text(headers, ETAG), known.etag.as_deref()) {
        // Weak or strong makes no difference here (RFC 9110 §13.1.2).
        (Some(told), Some(landed)) => told.trim_start_matches("W/") != landed.trim_start_matches("W/"),
        _ => text(headers, LAST_MODIFIED)
            .zip(known.last_modified.as_deref())
            .is_some_and(|(told, landed)| told != landed),
    }
}

/// The place that a redirect names, judged.
fn next(channel: &Channel, from: &Url, headers: &HeaderMap) -> Result<Url, Failure> {
    let bad = |why: &str| Failure::of(Happening::BadRedirect, format!("{}: {why}", guard::shown(from)));
    let location = text(headers, LOCATION).ok_or_else(|| bad("it does not say where to"))?;
    guard::redirect(from, location, &channel.allowed).map_err(|why| bad(&why))
}

async fn send(channel: &Channel, url: &Url, question: Question<'_>) -> Result<Response, Failure> {
    guard::judge_url(url).map_err(|forbidden| Failure::of(Happening::ForbiddenAddress, forbidden.0))?;
    let encodings = if question.gzip { "gzip, identity" } else { "identity" };
    let mut request = channel.get(url).header(ACCEPT_ENCODING, encodings);
    if let Some(known) = question.known {
        for (name, value) in [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
    }
    let response = request.send().await.map_err(|error| before_the_body(&error, url))?;
    if let (Some(host), Some(met)) = (Host::of(url), response.remote_addr()) {
        guard::judge(&host, met.ip()).map_err(|forbidden| Failure::of(Happening::ForbiddenAddress, forbidden.0))?;
    }
    Ok(response)
}

/// The happening of an error before the body. Only its kind is told: a library's message may hold an address with secrets.
fn before_the_body(error: &reqwest::Error, url: &Url) -> Failure {
    let at = guard::shown(url);
    if let Some(forbidden) = causes(error).find_map(|cause| cause.downcast_ref::<guard::Forbidden>()) {
        return Failure::of(Happening::ForbiddenAddress, &forbidden.0);
    }
    let broken = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    if tls::failed(error) {
        Failure::of(Happening::Tls, at)
    } else if error.is_dns() {
        Failure::of(Happening::NoName, format!("{at}: the name was not found"))
    } else if error.is_connect() {
        Failure::of(Happening::NoConnection, format!("{at}: no connection"))
    } else if error.is_timeout() {
        Failure::of(Happening::Silent, format!("{at}: no answer in time"))
    } else if broken.is_some_and(hyper::Error::is_parse) || error.is_builder() {
        Failure::of(Happening::BadHead, at)
    } else {
        Failure::of(Happening::NoConnection, format!("{at}: the connection broke before an answer"))
    }
}

/// Where the body ends, and how it is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Framing {
    pub length: Option<u64>,
    /// A length or chunks say where the end is; else only the end of the connection does.
    pub has_end: bool,
    pub gzip: bool,
}

/// Judges the head of an answer.
pub(super) fn framing(headers: &HeaderMap) -> Result<Framing, Failure> {
    let chunked = headers.get_all(TRANSFER_ENCODING).iter().count();
    let lengths = headers.get_all(CONTENT_LENGTH).iter().count();
    if chunked > 0 && lengths > 0 {
        return Err(Failure::of(Happening::BadHead, "both Content-Length and Transfer-Encoding"));
    }
    let is_chunked = text(headers, TRANSFER_ENCODING).is_some_and(|word| word.trim().eq_ignore_ascii_case("chunked"));
    if chunked > 1 || (chunked == 1 && !is_chunked) {
        return Err(Failure::of(Happening::BadEncoding, "a Transfer-Encoding that was not asked for"));
    }
    // Several equal lengths have passed the HTTP library; differing ones have not.
    let length = text(headers, CONTENT_LENGTH).and_then(|digits| digits.split(',').next()?.trim().parse().ok());
    let gzip = match headers.get_all(CONTENT_ENCODING).iter().count() {
        0 => Some(false),
        1 => match text(headers, CONTENT_ENCODING).map(|word| word.trim().to_ascii_lowercase()).as_deref() {
            Some("gzip" | "x-gzip") => Some(true),
            Some("identity" | "") => Some(false),
            _ => None,
        },
        _ => None,
    };
    let gzip = gzip.ok_or_else(|| Failure::of(Happening::BadEncoding, "a Content-Encoding that was not asked for"))?;
    Ok(Framing { length, has_end: is_chunked || length.is_some(), gzip })
}

/// True when the answer says that it is a web page, which is never what was asked for.
pub(super) fn is_web_page(headers: &HeaderMap) -> bool {
    let kind = text(headers, CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ["text/html", "application/xhtml+xml"].contains(&kind.as_str())
}

/// A header as text, where it is plain text and stands once.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.all(|other| other.as_bytes() == first.as_bytes()).then_some(first)
}

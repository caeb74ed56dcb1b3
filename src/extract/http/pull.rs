//! One resource from the first question to the verdict: body, side file, proof.

use std::{io::Write, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{
    Response,
    header::{DATE, ETAG, HeaderMap, LAST_MODIFIED},
};
use tokio::time::Instant;
use url::Url;

use super::{
    Fetched, Known, Pulled,
    channel::Channel,
    exchange::{self, Answer, Question, text},
    guard,
    intake::{Bounds, Intake, Taken},
    patience::Patience,
    policy::{Failure, Happening},
};
use crate::{
    Result,
    error::{causes, codes::extract as codes},
    extract::{
        Observed, Resource,
        proof::{self, SIDE_FILE_MAX_BYTES},
    },
    model::{ContentHash, Validators},
    settings::Http,
};

/// A validator longer than this is not kept.
const VALIDATOR_MAX_BYTES: usize = 1024;

/// Where a fresh draft comes from.
pub(super) type Drafts<'a, D> = &'a mut (dyn FnMut() -> Result<D> + Send);

/// One pull.
pub(super) struct Pull<'a> {
    pub channel: &'a Channel,
    pub http: &'a Http,
    pub resource: &'a Resource,
    pub url: Url,
    pub known: Option<&'a Known>,
}

/// A body that came whole, with what its head said.
struct Arrived<D> {
    taken: Taken<D>,
    has_end: bool,
    modified: Option<DateTime<Utc>>,
    validators: Validators,
}

enum Came<D> {
    Body(Arrived<D>),
    /// The landed version, of this hash, is still the server's.
    NotModified(ContentHash),
    Missing,
}

impl Pull<'_> {
    /// Pulls until there is a verdict.
    pub async fn run<D: Write>(&self, patience: &mut Patience, drafts: Drafts<'_, D>) -> Result<Pulled<D>> {
        let mut known = self.known;
        let mut refuted = None;
        loop {
            let came = loop {
                match patience.within(self.body(known, drafts)).await {
                    Ok(came) => break came,
                    Err(failure) => patience.pause(failure).await?,
                }
            };
            let hash = match &came {
                Came::Body(arrived) => arrived.taken.hash,
                Came::NotModified(hash) => *hash,
                Came::Missing => return Ok(Pulled::Missing),
            };
            let side_file = loop {
                match patience.within(self.side_file()).await {
                    Ok(side_file) => break side_file,
                    Err(failure) => patience.pause(failure).await?,
                }
            };
            let name = self.resource.url.rsplit('/').next().unwrap_or_default();
            match (came, proof::check(self.resource.proof, side_file.as_deref(), name, hash)) {
                (Came::Body(arrived), Ok(())) => return Ok(self.verdict(arrived, side_file.is_some())),
                (_, Ok(())) => return Ok(Pulled::NotModified),
                // What is landed is not what the side file states: the whole resource is asked for.
                (Came::NotModified(_), Err(_)) => known = None,
                (_, Err(error)) if error.code() == &codes::WRONG_HASH => {
                    // The resource may have been replaced between the two questions; the same bytes again were not.
                    let failure = Failure::of(Happening::WrongHash, "");
                    let retry = failure.retry && refuted.replace(hash) != Some(hash);
                    patience.pause(Failure { retry, ..failure }).await?;
                }
                (_, Err(error)) => return Err(error),
            }
        }
    }

    fn verdict<D>(&self, arrived: Arrived<D>, is_proven: bool) -> Pulled<D> {
        let Arrived { taken: Taken { hash, bytes, draft }, has_end, modified, validators } = arrived;
        let observed = Observed { resource: self.resource.clone(), hash, bytes, modified };
        let fetched = Fetched { observed, validators, draft };
        if has_end || is_proven {
            Pulled::Whole(fetched)
        } else {
            let doubt = Failure::of(Happening::NoEnd, guard::shown(&self.url));
            Pulled::Unproven(fetched, doubt.error.at(&self.resource.slice))
        }
    }

    /// One question for the resource, and its body taken in.
    async fn body<D: Write>(
        &self,
        known: Option<&Known>,
        drafts: &mut (dyn FnMut() -> Result<D> + Send),
    ) -> Result<Came<D>, Failure> {
        let validators = known.map(|known| &known.validators);
        let question = Question { url: &self.url, known: validators, gzip: true };
        let mut response = match exchange::ask(self.channel, question).await? {
            Answer::Body(response) => response,
            Answer::NotModified => {
                let unasked = || Failure::of(Happening::NotAsked304, guard::shown(&self.url));
                return known.map(|known| Came::NotModified(known.hash)).ok_or_else(unasked);
            }
            Answer::Missing => return Ok(Came::Missing),
        };
        let framing = exchange::framing(response.headers())?;
        if exchange::is_web_page(response.headers()) {
            return Err(Failure::of(Happening::OtherFormat, "it says that it is a web page"));
        }
        let bounds = Bounds { format: self.resource.format, max_bytes: self.resource.max_bytes };
        if framing.length.is_some_and(|length| length > bounds.max_bytes) {
            return Err(Failure::of(Happening::TooLarge, format!("the limit is {} bytes", bounds.max_bytes)));
        }
        let mut intake = Intake::new(drafts()?, framing.gzip, bounds);
        let mut pace = Pace::new(self.http);
        while let Some(chunk) = pace.next(&mut response).await? {
            intake.take(&chunk)?;
        }
        let (modified, validators) = version(response.headers());
        Ok(Came::Body(Arrived { taken: intake.finish()?, has_end: framing.has_end, modified, validators }))
    }

    /// The side file beside the resource, if there is one.
    async fn side_file(&self) -> Result<Option<Vec<u8>>, Failure> {
        let mut url = self.url.clone();
        url.set_path(&format!("{}.sha256", self.url.path()));
        let question = Question { url: &url, known: None, gzip: false };
        let mut response = match exchange::ask(self.channel, question).await? {
            Answer::Body(response) => response,
            Answer::NotModified | Answer::Missing => return Ok(None),
        };
        if exchange::framing(response.headers())?.gzip {
            return Err(Failure::of(Happening::BadEncoding, guard::shown(&url)));
        }
        let mut side_file = Vec::new();
        let mut pace = Pace::new(self.http);
        while let Some(chunk) = pace.next(&mut response).await? {
            side_file.extend_from_slice(&chunk);
            if side_file.len() as u64 > SIDE_FILE_MAX_BYTES {
                return Err(Failure::of(Happening::BadProof, "it is too long"));
            }
        }
        Ok(Some(side_file))
    }
}

/// Watches how fast a body comes. Only waiting for the server counts, not what is done with the bytes here.
struct Pace {
    window: Duration,
    least: u64,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    fn new(http: &Http) -> Self {
        Self { window: http.read(), least: http.min_bytes_per_second, waited: Duration::ZERO, bytes: 0 }
    }

    async fn next(&mut self, response: &mut Response) -> Result<Option<bytes::Bytes>, Failure> {
        let asked = Instant::now();
        let chunk = response.chunk().await.map_err(|error| in_the_body(&error))?;
        self.waited += asked.elapsed();
        self.bytes += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if chunk.is_some() && self.waited >= self.window {
            if (self.bytes as f64) < self.least as f64 * self.waited.as_secs_f64() {
                return Err(Failure::of(Happening::TooSlow, format!("less than {} bytes per second", self.least)));
            }
            (self.waited, self.bytes) = (Duration::ZERO, 0);
        }
        Ok(chunk)
    }
}

/// The happening of an error inside a body.
fn in_the_body(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::of(Happening::Silent, "it fell silent");
    }
    let kind =
        causes(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind).last();
    match kind {
        Some(std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData) => {
            Failure::of(Happening::BadChunks, "the chunks cannot be read")
        }
        _ => Failure::of(Happening::CutShort, "the connection ended first"),
    }
}

/// When the version was made, and what the server calls it, as far as that can be relied on.
fn version(headers: &HeaderMap) -> (Option<DateTime<Utc>>, Validators) {
    let plain = |text: &&str| text.len() <= VALIDATOR_MAX_BYTES;
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let last_modified = text(headers, LAST_MODIFIED).filter(plain);
    let modified = last_modified.and_then(date);
    // Within the second in which it was written a resource may change again and keep its time (RFC 9110 §8.8.2.2).
    let is_past = modified
        .zip(text(headers, DATE).and_then(date))
        .is_some_and(|(modified, now)| now.duration_since(modified).is_ok_and(|age| age >= Duration::from_secs(1)));
    let etag = text(headers, ETAG).filter(plain).filter(|etag| is_etag(etag));
    let validators = Validators {
        etag: etag.map(str::to_owned),
        last_modified: last_modified.filter(|_| is_past).map(str::to_owned),
    };
    (modified.map(DateTime::from), validators)
}

/// `"…"` or `W/"…"`.
fn is_etag(text: &str) -> bool {
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"')
}

//! Pulls resources over HTTP(S), and lets nothing through that is not proven.
//!
//! In: a [`Resource`] and a place for its bytes. Out: [`Pulled`]. Policy (what is retried, refused, held) is one table
//! (`policy`); which hosts and addresses may be spoken to is judged before a connection is made (`guard`). Secrets are read
//! once, go to the origin of `base_url` alone, and never print; addresses print without user and query.

mod channel;
mod exchange;
mod guard;
mod intake;
mod names;
mod patience;
mod policy;
mod pull;

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use chrono::NaiveDate;
use url::Url;

use super::{Observed, Resource};
use crate::{
    Error, Result,
    error::codes::extract as codes,
    model::{ContentHash, DelivererCode, Validators},
    settings::{Deliverer, Http, Settings},
    tls,
};
use channel::Channel;
use exchange::Question;
use names::Judged;
use patience::Patience;
use pull::Pull;

pub use names::{Names, System};

/// What came of pulling one resource. `D` is where the bytes of the last attempt were written.
#[derive(Debug)]
pub enum Pulled<D> {
    /// There, whole and proven.
    Whole(Fetched<D>),
    /// There, but nothing says that the end of the answer is the end of the resource. The error's policy is to hold it.
    Unproven(Fetched<D>, Error),
    /// The server still has the version whose validators were sent: use the file landed then.
    NotModified,
    /// Nothing stands at the address.
    Missing,
    /// Refused or failed, by the error's policy, after every retry that the policy allows.
    Problem(Error),
}

/// The version of a resource that was pulled before and is landed whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub validators: Validators,
    /// A side file beside the resource must state this hash, or the resource is asked for again without conditions.
    pub hash: ContentHash,
}

/// A resource as it came: the bytes after inflating, their hash and length, and what the server calls this version.
#[derive(Debug)]
pub struct Fetched<D> {
    pub observed: Observed,
    /// Empty when the server gave none that can be relied on.
    pub validators: Validators,
    /// Holds exactly the bytes whose hash is [`Observed::hash`]; flushed, not yet kept under any name.
    pub draft: D,
}

/// The channels to all deliverers with HTTP addresses: one puller per run, shared by all its pulls. Never prints what it holds.
pub struct Puller {
    channels: HashMap<Key, Channel>,
    http: Http,
}

/// What tells deliverers apart: one code may stand twice, with different validity.
type Key = (DelivererCode, Option<NaiveDate>);

impl std::fmt::Debug for Puller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Puller(…)")
    }
}

impl Puller {
    /// Reads each deliverer's secrets and certificates and makes its clients. Connects to nothing.
    ///
    /// # Errors
    /// `CONF-005` for every secret or certificate that is missing or unusable, all at once.
    pub fn new(settings: &Settings) -> Result<Self> {
        Self::with_names(settings, Arc::new(System))
    }

    /// As [`Self::new`], with another way to look names up; what it answers is judged like any answer.
    pub fn with_names(settings: &Settings, names: Arc<dyn Names>) -> Result<Self> {
        let names = Judged(names);
        // The machine's authorities are many: they are read once, and only where somebody needs them.
        let mut machine = None;
        let mut machine = || machine.get_or_insert_with(|| tls::authorities(None)).clone();
        let (mut channels, mut findings) = (HashMap::new(), Vec::new());
        for deliverer in settings.deliverers.iter().filter(|deliverer| deliverer.is_http()) {
            match Channel::open(deliverer, &settings.http, &names, &mut machine) {
                Ok(channel) => {
                    channels.insert(key(deliverer), channel);
                }
                Err(error) => findings.push(error),
            }
        }
        Error::all(findings).map_or(Ok(Self { channels, http: settings.http.clone() }), Err)
    }

    /// Pulls a resource of this deliverer. With `known` the server is asked for the resource only if it has another version.
    ///
    /// `draft` gives an empty place for the bytes, once per attempt; what a failed attempt wrote is dropped. Writing blocks and
    /// inflating keeps a core busy, so run it on a thread of its own; it ends within `http.total_seconds` whatever the server does.
    pub async fn pull<D: Write>(
        &self,
        deliverer: &Deliverer,
        resource: &Resource,
        known: Option<&Known>,
        draft: &mut (dyn FnMut() -> Result<D> + Send),
    ) -> Pulled<D> {
        let begun = Instant::now();
        let pulled = match self.prepare(deliverer, resource, known) {
            Ok(pull) => {
                let channel = pull.channel;
                let left = self.http.deliverer_total().saturating_sub(channel.spent());
                let once = channel.given_up.load(Ordering::Relaxed);
                let mut patience = Patience::new(&self.http, left, once);
                let pulled = pull.run(&mut patience, draft).await;
                channel.spend(begun.elapsed());
                let gives_up = |error: &Error| [&codes::UNREACHABLE, &codes::TOO_SLOW].contains(&error.code());
                channel.given_up.store(pulled.as_ref().is_err_and(gives_up), Ordering::Relaxed);
                pulled
            }
            Err(error) => Err(error),
        };
        pulled.unwrap_or_else(|error| Pulled::Problem(error.at(&resource.slice)))
    }

    /// Whether the deliverer's server answers: its address is judged; name, connection, TLS and credentials are tried. For `buss doctor`.
    ///
    /// # Errors
    /// As [`Pulled::Problem`].
    pub async fn reach(&self, deliverer: &Deliverer) -> Result<()> {
        let channel = self.channel(deliverer)?;
        let patience = Patience::new(&self.http, self.http.total(), true);
        let question = Question { url: channel.base(), known: None, gzip: false };
        let asked = patience.within(exchange::ask(channel, question)).await;
        match asked.map_err(|failure| failure.error) {
            // A directory need not be readable, nor stand where it is asked for, for its files to be there.
            Err(error) if ![&codes::OTHER_ANSWER, &codes::REDIRECT].contains(&error.code()) => {
                Err(error.at(&deliverer.code))
            }
            _ => Ok(()),
        }
    }

    fn channel(&self, deliverer: &Deliverer) -> Result<&Channel> {
        self.channels.get(&key(deliverer)).ok_or_else(|| Error::new(&codes::SCHEME).at(&deliverer.code))
    }

    fn prepare<'a>(
        &'a self,
        deliverer: &Deliverer,
        resource: &'a Resource,
        known: Option<&'a Known>,
    ) -> Result<Pull<'a>> {
        let channel = self.channel(deliverer)?;
        let url = Url::parse(&resource.url).map_err(|_| Error::new(&codes::BAD_ADDRESS))?;
        Ok(Pull { channel, http: &self.http, resource, url, known })
    }
}

fn key(deliverer: &Deliverer) -> Key {
    (deliverer.code.clone(), deliverer.valid_from)
}

//! Pulls resources over HTTP(S), and lets nothing through that is not proven.
//!
//! In: a [`Resource`] and a place for its bytes. Out: [`Pulled`]. Policy (what is retried, refused, held) is one table
//! (`policy`); which hosts and addresses may be spoken to is judged before a connection is made (`guard`). Secrets are read
//! once, go to the origin of `base_url` alone, and never print; addresses print without user and query.

use std::io::Write;

use super::{Observed, Resource};
use crate::{
    Error, Result,
    error::codes::extract as codes,
    model::{ContentHash, Validators},
    settings::{Deliverer, Settings},
};

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

/// The clients of all deliverers with HTTP addresses: one per run, shared by all its pulls. Never prints what it holds.
pub struct Puller {}

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
    pub fn new(_settings: &Settings) -> Result<Self> {
        Ok(Self {})
    }

    /// Pulls a resource of this deliverer. With `known` the server is asked for the resource only if it has another version.
    ///
    /// `draft` gives an empty place for the bytes, once per attempt; what a failed attempt wrote is dropped. Writing blocks and
    /// inflating keeps a core busy, so run it on a thread of its own; it ends within `http.total_seconds` whatever the server does.
    pub async fn pull<D: Write>(
        &self,
        _deliverer: &Deliverer,
        resource: &Resource,
        _known: Option<&Known>,
        _draft: &mut (dyn FnMut() -> Result<D> + Send),
    ) -> Pulled<D> {
        Pulled::Problem(Error::new(&codes::SCHEME).at(&resource.slice))
    }

    /// Whether the deliverer's server answers: its address is judged, name, connection, TLS and credentials are tried. For `buss doctor`.
    ///
    /// # Errors
    /// As [`Pulled::Problem`].
    pub async fn reach(&self, deliverer: &Deliverer) -> Result<()> {
        Err(Error::new(&codes::SCHEME).at(&deliverer.code))
    }
}

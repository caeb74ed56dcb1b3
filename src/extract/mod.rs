//! Finds a resource and proves that it is whole, before anything of it is kept.
//!
//! In: a [`Resource`]. Out: an [`Observation`]: found with content hash, missing, or a problem with a code.
//! Reads only; writes nothing, and never opens anything but regular files inside the deliverer's directory.

mod address;
pub mod http;
mod observe;
mod proof;
mod sniff;
mod source;

use chrono::{DateTime, Utc};

use crate::{
    Error, Result,
    model::{ContentHash, SliceKey},
    pipeline::{Format, Proof},
};

pub use address::{reach, resource};
pub use observe::observe;

/// One expected resource.
#[derive(Debug, Clone)]
pub struct Resource {
    pub slice: SliceKey,
    /// `file:///data/24/anmalningar_2007.csv`.
    pub url: String,
    pub format: Format,
    pub proof: Proof,
    pub max_bytes: u64,
}

impl Resource {
    /// True when it is pulled with [`http::Puller`], false when [`observe`] looks at it.
    pub fn is_http(&self) -> bool {
        self.url.starts_with("http://") || self.url.starts_with("https://")
    }
}

/// What stands at a resource's address.
#[derive(Debug)]
pub enum Observation {
    Found(Observed),
    Missing,
    /// Refused or failed, by the error's policy.
    Problem(Error),
}

/// A resource that is there, whole, with the hash of its bytes.
#[derive(Debug, Clone)]
pub struct Observed {
    pub(in crate::extract) resource: Resource,
    pub(in crate::extract) hash: ContentHash,
    pub(in crate::extract) bytes: u64,
    pub(in crate::extract) modified: Option<DateTime<Utc>>,
}

impl Observed {
    pub fn resource(&self) -> &Resource {
        &self.resource
    }
    pub fn hash(&self) -> ContentHash {
        self.hash
    }
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
    pub fn modified(&self) -> Option<DateTime<Utc>> {
        self.modified
    }

    /// Opens the resource again, with the same care, for landing. What is read must still have [`Observed::hash`].
    ///
    /// # Errors
    /// As [`observe`]; a resource that has vanished since is `LAND-002`.
    pub fn open(&self) -> Result<std::fs::File> {
        observe::reopen(&self.resource)
    }
}

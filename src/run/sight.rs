//! What is seen at a resource's address, and how a server's answer comes into landing.

use std::io::{Result as IoResult, Write};

use super::look::Look;
use crate::{
    Error, Result,
    error::codes,
    extract::{
        Observation, Observed,
        http::{Fetched, Known, Pulled, Puller},
    },
    history::PulledVersion,
    land::{Incoming, LandedFile, Landing},
    model::{ContentHash, Timeliness, Validators},
    plan::Seen,
};

/// What is seen of one resource.
#[derive(Debug)]
pub enum Sight {
    /// A file, whole where it lies.
    File(Observed),
    /// Pulled whole, and landed where the run keeps things.
    Pulled(Observed, Validators),
    /// The server has nothing newer than this landed file.
    NotModified {
        hash: ContentHash,
        bytes: u64,
    },
    /// Pulled and landed, but nothing proves its end; the error says why.
    Unproven(Observed, Error),
    Missing,
    /// Refused or failed, by the error's policy.
    Problem(Error),
}

impl Sight {
    pub fn of(observation: Observation) -> Self {
        match observation {
            Observation::Found(observed) => Self::File(observed),
            Observation::Missing => Self::Missing,
            Observation::Problem(error) => Self::Problem(error),
        }
    }

    /// What the plan is told.
    pub fn seen(&self) -> Seen {
        match self {
            Self::File(observed) | Self::Pulled(observed, _) => Seen::Content(observed.hash()),
            Self::NotModified { hash, .. } => Seen::NotModified(*hash),
            Self::Unproven(observed, error) => Seen::Unproven(observed.hash(), error.code()),
            Self::Missing => Seen::Missing,
            Self::Problem(error) => Seen::Problem(error.code()),
        }
    }

    /// A resource that is there when the night looks is in time; due times of their own come with the schedule.
    pub fn timeliness(&self) -> Timeliness {
        match self {
            Self::File(_) | Self::Pulled(..) | Self::NotModified { .. } | Self::Unproven(..) => Timeliness::OnTime,
            Self::Missing | Self::Problem(_) => Timeliness::Missed,
        }
    }

    /// Bytes of the content; 0 where none was seen.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::File(observed) | Self::Pulled(observed, _) | Self::Unproven(observed, _) => observed.bytes(),
            Self::NotModified { bytes, .. } => *bytes,
            Self::Missing | Self::Problem(_) => 0,
        }
    }

    /// The file to be landed, where it is not landed already.
    pub fn file(&self) -> Option<&Observed> {
        match self {
            Self::File(observed) => Some(observed),
            _ => None,
        }
    }

    /// What the ledger remembers for the next night. Of an unproven version nothing: it must come anew until somebody's word
    /// or a proof stands for it.
    pub fn pulled(&self) -> Option<PulledVersion> {
        let Self::Pulled(observed, validators) = self else { return None };
        let resource = observed.resource();
        Some(PulledVersion {
            slice: resource.slice.clone(),
            address: resource.url.clone(),
            validators: validators.clone(),
            content_hash: observed.hash(),
        })
    }
}

/// The servers, and landing for what comes from them.
#[derive(Debug)]
pub struct Sources {
    puller: Puller,
    /// None where nothing was ever landed.
    landing: Option<Landing>,
    /// A plan keeps nothing.
    keeps: bool,
}

impl Sources {
    /// For a run, which lands what it pulls.
    pub fn landing(puller: Puller, landing: Landing) -> Self {
        Self { puller, landing: Some(landing), keeps: true }
    }

    /// For a plan, which pulls and hashes, and keeps nothing.
    pub fn keeping_nothing(puller: Puller, landing: Option<Landing>) -> Self {
        Self { puller, landing, keeps: false }
    }

    /// Pulls one resource. Blocks on disk: runs on a thread of its own.
    pub async fn pull(&self, look: &Look) -> Sight {
        let landed = self.landed(look);
        let known = landed
            .as_ref()
            .map(|(version, _)| Known { validators: version.validators.clone(), hash: version.content_hash });
        let mut draft = || self.draft();
        let pulled = self.puller.pull(&look.deliverer, &look.resource, known.as_ref(), &mut draft).await;
        let sight = match pulled {
            Pulled::Whole(fetched) => {
                let validators = fetched.validators.clone();
                self.keep(fetched).map(|observed| Sight::Pulled(observed, validators))
            }
            Pulled::Unproven(fetched, error) => self.keep(fetched).map(|observed| Sight::Unproven(observed, error)),
            Pulled::NotModified => Ok(landed.map_or_else(
                || Sight::Problem(Error::new(&codes::run::BROKEN).detail("not modified, and nothing was asked about")),
                |(version, file)| Sight::NotModified { hash: version.content_hash, bytes: file.bytes() },
            )),
            Pulled::Missing => Ok(Sight::Missing),
            Pulled::Problem(error) => Ok(Sight::Problem(error)),
        };
        sight.unwrap_or_else(|error| Sight::Problem(error.at(&look.resource.slice)))
    }

    /// What was pulled from the same address before, where its landed file is still whole.
    fn landed<'a>(&self, look: &'a Look) -> Option<(&'a PulledVersion, LandedFile)> {
        let version = look.pulled.as_ref().filter(|version| version.address == look.resource.url)?;
        let file = self.landing.as_ref()?.open_landed(version.content_hash).ok()?;
        Some((version, file))
    }

    fn draft(&self) -> Result<Draft> {
        let landing = self.landing.as_ref().filter(|_| self.keeps);
        Ok(Draft(landing.map(Landing::incoming).transpose()?))
    }

    fn keep(&self, fetched: Fetched<Draft>) -> Result<Observed> {
        let Fetched { observed, draft, .. } = fetched;
        if let (Some(landing), Draft(Some(incoming))) = (&self.landing, draft)
            && landing.keep(incoming)? != observed.hash()
        {
            return Err(Error::new(&codes::land::CHANGED));
        }
        Ok(observed)
    }
}

/// Where the bytes of one attempt go: into landing, or nowhere.
struct Draft(Option<Incoming>);

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.0.as_mut().map_or(Ok(bytes.len()), |incoming| incoming.write(bytes))
    }
    fn flush(&mut self) -> IoResult<()> {
        self.0.as_mut().map_or(Ok(()), Write::flush)
    }
}

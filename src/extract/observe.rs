//! One look at a resource: found whole, missing, or a problem.
//!
//! One streaming pass hashes the bytes. States before and after must be equal, else the pass is repeated a few times.

use std::{
    ffi::OsString,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    Observation, Observed, Resource,
    address::path_of,
    proof::{self, SIDE_FILE_MAX_BYTES},
    sniff::{HEAD_BYTES, other_format},
    source::{self, Source, Stamp},
};
use crate::{
    Error, Result,
    error::codes::{extract as codes, land},
    model::ContentHash,
};

const PASSES: usize = 3;
const CHUNK_BYTES: usize = 256 * 1024;

/// Looks at a resource. Blocks on disk: call it on the blocking pool.
pub fn observe(resource: &Resource) -> Observation {
    observe_passes(resource, &mut |_| {})
}

/// `between` is called after each pass of reading, before the states are compared.
fn observe_passes(resource: &Resource, between: &mut dyn FnMut(&Path)) -> Observation {
    let looked = path_of(&resource.url).and_then(|path| {
        for _ in 0..PASSES {
            match pass(resource, &path, between)? {
                Pass::Stable(observed) => return Ok(observed.map(|observed| *observed)),
                Pass::Changed => {}
            }
        }
        Err(Error::new(&codes::CHANGING))
    });
    match looked {
        Ok(Some(observed)) => Observation::Found(observed),
        Ok(None) => Observation::Missing,
        Err(error) => Observation::Problem(placed(error, resource)),
    }
}

/// Opens the resource for landing.
pub(super) fn reopen(resource: &Resource) -> Result<File> {
    let source = path_of(&resource.url).and_then(|path| source::open(&path));
    match source {
        Ok(Some(source)) => Ok(source.file),
        Ok(None) => Err(placed(Error::new(&land::CHANGED).detail("it has vanished"), resource)),
        Err(error) => Err(placed(error, resource)),
    }
}

fn placed(error: Error, resource: &Resource) -> Error {
    error.at(&resource.slice)
}

enum Pass {
    /// The same before and after; `None` when there was nothing.
    Stable(Option<Box<Observed>>),
    Changed,
}

fn pass(resource: &Resource, path: &Path, between: &mut dyn FnMut(&Path)) -> Result<Pass> {
    let side_path = side_file(path);
    let Some(source) = source::open(path)? else { return Ok(Pass::Stable(None)) };
    let stamp = source.stamp;
    let stated = read_side_file(&side_path)?;
    let read = read_through(source, resource);
    between(path);
    // A verdict on a file that is still being written would be a verdict on nothing.
    let same = source::stamp(path)? == Some(stamp) && source::stamp(&side_path)? == stated.as_ref().map(|side| side.0);
    if !same {
        return Ok(Pass::Changed);
    }
    let (hash, bytes) = read?;
    if bytes != stamp.bytes {
        return Ok(Pass::Changed);
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    proof::check(resource.proof, stated.as_ref().map(|side| side.1.as_slice()), name, hash)?;
    Ok(Pass::Stable(Some(Box::new(Observed { resource: resource.clone(), hash, bytes, modified: stamp.modified() }))))
}

/// Hash and length of the bytes, after size and first bytes have been found acceptable.
fn read_through(mut source: Source, resource: &Resource) -> Result<(ContentHash, u64)> {
    if source.stamp.bytes == 0 {
        return Err(Error::new(&codes::EMPTY));
    }
    if source.stamp.bytes > resource.max_bytes {
        return Err(too_large(resource));
    }
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = source.file.read(&mut chunk).map_err(|error| source::problem(&error))?;
        if length == 0 {
            break;
        }
        // A regular file gives its first chunk whole, so the head is there to be judged.
        if bytes == 0
            && let Some(other) = other_format(&chunk[..length.min(HEAD_BYTES)], resource.format)
        {
            return Err(Error::new(&codes::OTHER_FORMAT).detail(format!("it is {other}")));
        }
        bytes += length as u64;
        if bytes > resource.max_bytes {
            return Err(too_large(resource));
        }
        hasher.update(&chunk[..length]);
    }
    Ok((ContentHash(hasher.finalize().into()), bytes))
}

fn too_large(resource: &Resource) -> Error {
    Error::new(&codes::TOO_LARGE).detail(format!("the limit is {} bytes", resource.max_bytes))
}

fn side_file(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".sha256");
    PathBuf::from(name)
}

fn read_side_file(path: &Path) -> Result<Option<(Stamp, Vec<u8>)>> {
    let Some(source) = source::open(path)? else { return Ok(None) };
    if source.stamp.bytes > SIDE_FILE_MAX_BYTES {
        return Err(Error::new(&codes::BAD_PROOF).detail("it is too long"));
    }
    let mut text = Vec::new();
    source.file.take(SIDE_FILE_MAX_BYTES).read_to_end(&mut text).map_err(|error| source::problem(&error))?;
    Ok(Some((source.stamp, text)))
}

#[cfg(test)]
mod tests;

//! Addresses of resources: how they are built of a deliverer's `base_url`, and which file a `file:` address names.
//!
//! Pure. An address that could mean two places is refused rather than cleaned up.

use std::{ffi::OsString, fs, io::ErrorKind, os::unix::ffi::OsStringExt, path::PathBuf};

use super::Resource;
use crate::{
    Error, Result,
    error::codes::extract as codes,
    model::{Period, SliceKey},
    pipeline::Pipeline,
    settings::Deliverer,
};

/// The resource of one slice: `<base_url>/<dataset>_<period>.<ext>`, `{deliverer}` replaced by the code.
pub fn resource(deliverer: &Deliverer, pipeline: &Pipeline, period: &Period) -> Resource {
    let base = deliverer.base_url.replace("{deliverer}", deliverer.code.as_str());
    let base = base.trim_end_matches('/');
    Resource {
        url: format!("{base}/{}_{period}.{}", pipeline.name, pipeline.extension),
        slice: SliceKey { dataset: pipeline.name.clone(), period: period.clone(), deliverer: deliverer.code.clone() },
        format: pipeline.format,
        proof: pipeline.proof,
        max_bytes: pipeline.max_bytes,
    }
}

/// Whether the place of a deliverer's files is there and may be searched.
///
/// # Errors
/// `EXTR-001` and `EXTR-002` for an address that names no place, `EXTR-005` and `EXTR-006` as for a resource, and a missing directory.
pub fn reach(base_url: &str) -> Result<()> {
    let path = path_of(base_url.trim_end_matches('/'))?;
    // Naming something inside needs the right to search the directory, which is all that extracting needs.
    match fs::metadata(path.join(".")) {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(Error::new(&codes::NO_DIRECTORY).at(path.display()))
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(Error::new(&codes::DENIED).at(path.display())),
        Err(error) => Err(Error::new(&codes::UNREADABLE).detail(error.kind()).at(path.display())),
    }
}

/// The path an address names.
pub(super) fn path_of(url: &str) -> Result<PathBuf> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(bad(url, "it has no scheme"));
    };
    if !scheme.eq_ignore_ascii_case("file") {
        return Err(Error::new(&codes::SCHEME).detail(scheme));
    }
    let rest = rest.strip_prefix("//").ok_or_else(|| bad(url, "it is not of the form file:///path"))?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    if !path.starts_with('/') {
        return Err(bad(url, "it names another host or a relative path"));
    }
    if path.contains(['?', '#']) {
        return Err(bad(url, "? and # must be escaped"));
    }
    let mut bytes = Vec::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let decoded = decode(segment).ok_or_else(|| bad(url, "a % escape is broken"))?;
        if decoded.contains(&b'/') || decoded.contains(&0) || decoded == b".." || decoded == b"." {
            return Err(bad(url, "a part of the path is .., . or holds an escaped / or NUL"));
        }
        bytes.push(b'/');
        bytes.extend(decoded);
    }
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

fn bad(url: &str, why: &str) -> Error {
    Error::new(&codes::BAD_ADDRESS).detail(format!("{why}: {url}"))
}

fn decode(segment: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' {
            let mut value = [0];
            hex::decode_to_slice(rest.get(..2)?, &mut value).ok()?;
            bytes.push(value[0]);
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::{os::unix::ffi::OsStrExt, path::Path};

    use proptest::prelude::*;

    use super::*;
    use crate::model::file_url;

    #[test]
    fn plain_and_escaped_addresses_name_their_file() {
        assert_eq!(path_of("file:///data/24/a_2007.csv").unwrap(), Path::new("/data/24/a_2007.csv"));
        assert_eq!(path_of("file://localhost/data//24/a.csv").unwrap(), Path::new("/data/24/a.csv"));
        assert_eq!(path_of("FILE:///in%20box/Sk%C3%A4rholmen/a.csv").unwrap(), Path::new("/in box/Skärholmen/a.csv"));
        assert_eq!(path_of("file:///in/%FF.csv").unwrap().as_os_str().as_bytes(), b"/in/\xFF.csv");
    }

    #[test]
    fn lying_addresses_are_refused() {
        for url in [
            "file:///data/../etc/passwd",
            "file:///data/%2e%2e/etc/passwd",
            "file:///data/..%2Fetc/passwd",
            "file:///data/a%00.csv",
            "file:///data/a%2.csv",
            "file:///data/a%zz.csv",
            "file://server/share/a.csv",
            "file://data/a.csv",
            "file:/data/a.csv",
            "/data/a.csv",
            "file:///data/a.csv?x=1",
        ] {
            assert_eq!(path_of(url).unwrap_err().code().id, "EXTR-001", "{url}");
        }
        assert_eq!(path_of("https://x.se/a.csv").unwrap_err().code().id, "EXTR-002");
    }

    proptest! {
        #[test]
        fn a_path_survives_its_address(parts in prop::collection::vec("[^/\0]{1,12}", 1..5)) {
            prop_assume!(parts.iter().all(|part| part != "." && part != ".."));
            let path = PathBuf::from(format!("/{}", parts.join("/")));
            prop_assert_eq!(path_of(&file_url(&path)).unwrap(), path);
        }
    }
}

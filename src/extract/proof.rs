//! The `.sha256` side file, as `sha256sum` writes it.
//!
//! Pure. A side file that is there but cannot be used is a broken proof, never no proof.

use crate::{Error, Result, error::codes::extract as codes, model::ContentHash, pipeline::Proof};

/// A side file holds a line per file of a directory at most.
pub(super) const SIDE_FILE_MAX_BYTES: u64 = 64 * 1024;

/// Whether the side file, if there is one, proves the resource of this name as the pipeline demands.
pub(super) fn check(proof: Proof, side_file: Option<&[u8]>, name: &str, hash: ContentHash) -> Result<()> {
    let Some(side_file) = side_file else {
        return match proof {
            Proof::Required => Err(Error::new(&codes::NO_PROOF)),
            Proof::Optional => Ok(()),
        };
    };
    match stated_hash(side_file, name) {
        None => Err(Error::new(&codes::BAD_PROOF)),
        Some(stated) if stated != hash => Err(Error::new(&codes::WRONG_HASH)),
        Some(_) => Ok(()),
    }
}

/// The hash a side file states for the resource of this name; `None` when it states none, or two.
fn stated_hash(side_file: &[u8], name: &str) -> Option<ContentHash> {
    let text = std::str::from_utf8(side_file).ok()?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if let [line] = lines[..]
        && let Some(hash) = ContentHash::parse(line)
    {
        return Some(hash);
    }
    let mut hashes = lines.iter().filter_map(|line| entry(line)).filter(|(_, named)| is_name(named, name));
    let (hash, _) = hashes.next()?;
    hashes.all(|(other, _)| other == hash).then_some(hash)
}

/// `<hash>  name`, `<hash> *name`, or `SHA256 (name) = <hash>` (`sha256sum --tag`).
fn entry(line: &str) -> Option<(ContentHash, &str)> {
    if let Some(tagged) = line.strip_prefix("SHA256 (") {
        let (name, hash) = tagged.rsplit_once(") = ")?;
        return Some((ContentHash::parse(hash)?, name));
    }
    let (hash, rest) = line.split_once([' ', '\t'])?;
    let name = rest.trim_start();
    Some((ContentHash::parse(hash)?, name.strip_prefix('*').unwrap_or(name)))
}

/// `sha256sum` writes the path it was given, so only its last part must be the resource's name.
fn is_name(named: &str, name: &str) -> bool {
    named.rsplit(['/', '\\']).next() == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const OTHER: &str = "0000000000000000000000000000000000000000000000000000000000000000";

    fn stated(text: &str) -> Option<String> {
        stated_hash(text.as_bytes(), "a_2007.csv").map(|hash| hash.to_string())
    }

    #[test]
    fn every_form_of_sha256sum_is_read() {
        for text in [
            HASH.to_owned(),
            format!("{HASH}  a_2007.csv\n"),
            format!("{HASH} *a_2007.csv\r\n"),
            format!("{}  ./out/a_2007.csv\n", HASH.to_uppercase()),
            format!("\u{FEFF}{HASH}  a_2007.csv"),
            format!("SHA256 (a_2007.csv) = {HASH}\n"),
            format!("{OTHER}  b_2007.csv\n{HASH}  a_2007.csv\n"),
        ] {
            assert_eq!(stated(&text).as_deref(), Some(HASH), "{text}");
        }
    }

    #[test]
    fn anything_else_is_a_broken_proof() {
        for text in [
            String::new(),
            "x".to_owned(),
            HASH[1..].to_owned(),
            format!("{HASH}0"),
            format!("{HASH}  b_2007.csv\n"),
            format!("{HASH}  xa_2007.csv\n"),
            format!("{HASH}\n{OTHER}\n"),
            format!("{HASH}  a_2007.csv\n{OTHER}  a_2007.csv\n"),
        ] {
            assert_eq!(stated(&text), None, "{text}");
        }
    }
}

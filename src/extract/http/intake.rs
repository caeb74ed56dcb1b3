//! Takes a body in: inflates, counts, hashes, looks at its first bytes, and writes it to the draft.
//!
//! In: chunks as they come off the wire. Out: hash and length of what they mean. Whatever is too large, inflates too far or is of
//! another kind ends the taking at once; memory is that of one chunk.

use std::io::{self, ErrorKind, Write};

use flate2::write::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::policy::{Failure, Happening};
use crate::{
    Error,
    error::codes::land,
    extract::sniff::{HEAD_BYTES, other_format},
    model::ContentHash,
    pipeline::Format,
};

/// Inflated bytes per wire byte, at most: rows of text shrink by 5 to 30, a bomb by 1,000.
const MOST_INFLATION: u64 = 200;
/// Below this nothing is a bomb: a short file of blanks shrinks far.
const HARMLESS_BYTES: u64 = 1 << 20;

/// What a resource may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub format: Format,
    pub max_bytes: u64,
}

/// A body on its way to the draft.
pub(super) enum Intake<D: Write> {
    Plain(Box<Sink<D>>),
    Gzip(Box<MultiGzDecoder<Sink<D>>>),
}

/// A body that was taken in whole.
#[derive(Debug)]
pub(super) struct Taken<D> {
    pub hash: ContentHash,
    pub bytes: u64,
    pub draft: D,
}

impl<D: Write> Intake<D> {
    pub fn new(draft: D, gzip: bool, bounds: Bounds) -> Self {
        let sink = Sink {
            draft,
            bounds,
            hasher: Sha256::new(),
            bytes: 0,
            wire: 0,
            gzip,
            head: Vec::new(),
            stopped: false,
            why: None,
        };
        if gzip { Self::Gzip(Box::new(MultiGzDecoder::new(sink))) } else { Self::Plain(Box::new(sink)) }
    }

    /// Takes one chunk.
    pub fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        let sink = self.sink();
        sink.wire += chunk.len() as u64;
        if sink.wire > sink.bounds.max_bytes {
            return Err(too_large(sink.bounds));
        }
        let written = match self {
            Self::Plain(sink) => sink.write_all(chunk),
            Self::Gzip(inflater) => inflater.write_all(chunk),
        };
        written.map_err(|_| self.why())
    }

    /// The end of the body.
    pub fn finish(mut self) -> Result<Taken<D>, Failure> {
        if let Self::Gzip(inflater) = &mut self
            && inflater.try_finish().is_err()
        {
            return Err(self.why());
        }
        let sink = match self {
            Self::Plain(sink) => *sink,
            Self::Gzip(inflater) => inflater.finish().map_err(|_| bad_gzip())?,
        };
        sink.finish()
    }

    fn sink(&mut self) -> &mut Sink<D> {
        match self {
            Self::Plain(sink) => sink,
            Self::Gzip(inflater) => inflater.get_mut(),
        }
    }

    /// Why the taking stopped: what the sink found, else the inflater.
    fn why(&mut self) -> Failure {
        self.sink().why.take().unwrap_or_else(bad_gzip)
    }
}

/// Where the inflated bytes go.
pub(super) struct Sink<D> {
    draft: D,
    bounds: Bounds,
    hasher: Sha256,
    bytes: u64,
    wire: u64,
    gzip: bool,
    head: Vec<u8>,
    /// Nothing more is taken; why, until it is told.
    stopped: bool,
    why: Option<Failure>,
}

impl<D: Write> Sink<D> {
    fn accept(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.bounds.max_bytes {
            return Err(too_large(self.bounds));
        }
        if self.gzip && self.bytes > HARMLESS_BYTES && self.bytes / MOST_INFLATION > self.wire {
            return Err(Failure::of(Happening::Bomb, format!("more than {MOST_INFLATION} times")));
        }
        if self.head.len() < HEAD_BYTES {
            self.head.extend(bytes.iter().take(HEAD_BYTES - self.head.len()));
            if self.head.len() == HEAD_BYTES {
                self.look()?;
            }
        }
        self.hasher.update(bytes);
        self.draft.write_all(bytes).map_err(|error| not_written(&error).into())
    }

    fn look(&self) -> Result<(), Failure> {
        match other_format(&self.head, self.bounds.format) {
            Some(other) => Err(Failure::of(Happening::OtherFormat, format!("it is {other}"))),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Taken<D>, Failure> {
        if self.bytes == 0 {
            return Err(Failure::of(Happening::Empty, ""));
        }
        self.look()?;
        self.draft.flush().map_err(|error| not_written(&error))?;
        Ok(Taken { hash: ContentHash(self.hasher.finalize().into()), bytes: self.bytes, draft: self.draft })
    }
}

impl<D: Write> Write for Sink<D> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An inflater that is dropped after a stop writes what it still has.
        if !self.stopped
            && let Err(failure) = self.accept(bytes)
        {
            self.stopped = true;
            self.why = Some(failure);
        }
        if self.stopped { Err(io::Error::other("stopped")) } else { Ok(bytes.len()) }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn too_large(bounds: Bounds) -> Failure {
    Failure::of(Happening::TooLarge, format!("the limit is {} bytes", bounds.max_bytes))
}

fn bad_gzip() -> Failure {
    Failure::of(Happening::BadEncoding, "the gzip stream is damaged, cut short or followed by something else")
}

/// The draft could not be written: the machine's fault, not the deliverer's.
fn not_written(error: &io::Error) -> Error {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => &land::FULL,
        _ => &land::NOT_WRITTEN,
    };
    Error::new(code).detail(error.kind())
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const ROWS: &[u8] = b"Stadsdel;Inkom\r\n24;2007-01-02\r\n";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// The code of the failure, or the bytes that reached the draft.
    fn take(wire: &[u8], is_gzip: bool, chunk: usize, max_bytes: u64) -> Result<Vec<u8>, &'static str> {
        let mut intake = Intake::new(Vec::new(), is_gzip, Bounds { format: Format::Csv, max_bytes });
        let code = |failure: Failure| failure.error.code().id;
        for chunk in wire.chunks(chunk) {
            intake.take(chunk).map_err(code)?;
        }
        let taken = intake.finish().map_err(code)?;
        assert_eq!(taken.bytes, taken.draft.len() as u64);
        assert_eq!(taken.hash, ContentHash(Sha256::digest(&taken.draft).into()));
        Ok(taken.draft)
    }

    #[test]
    fn plain_and_gzip_bodies_come_out_as_they_were_whatever_the_chunks() {
        let two_members = [gzip(&ROWS[..10]), gzip(&ROWS[10..])].concat();
        for chunk in [1, 2, 7, 1000] {
            assert_eq!(take(ROWS, false, chunk, 1000).unwrap(), ROWS);
            assert_eq!(take(&gzip(ROWS), true, chunk, 1000).unwrap(), ROWS);
            assert_eq!(take(&two_members, true, chunk, 1000).unwrap(), ROWS);
        }
    }

    #[test]
    fn gzip_that_is_not_whole_is_refused_at_every_length() {
        let whole = gzip(ROWS);
        for length in 0..whole.len() {
            for chunk in [1, 1000] {
                assert_eq!(take(&whole[..length], true, chunk, 1000), Err("EXTR-025"), "{length}");
            }
        }
        for tail in [&b"\0"[..], b"x", b"\x1F\x8B", b"\r\n"] {
            assert_eq!(take(&[&whole[..], tail].concat(), true, 1000, 1000), Err("EXTR-025"), "{tail:?}");
        }
        let mut damaged = whole;
        let crc = damaged.len() - 8;
        damaged[crc] ^= 1;
        assert_eq!(take(&damaged, true, 1000, 1000), Err("EXTR-025"));
        assert_eq!(take(ROWS, true, 1000, 1000), Err("EXTR-025"));
    }

    #[test]
    fn size_is_judged_on_the_wire_and_after_inflating() {
        assert_eq!(take(&[b'a'; 1001], false, 100, 1000), Err("EXTR-008"));
        assert_eq!(take(&gzip(&[b'a'; 1001]), true, 100, 1000), Err("EXTR-008"));
        assert_eq!(take(&[b'a'; 1000], false, 100, 1000).unwrap().len(), 1000);
        assert_eq!(take(b"", false, 100, 1000), Err("EXTR-007"));
    }

    #[test]
    fn a_bomb_is_let_go_after_a_mebibyte() {
        struct Counted(u64);
        impl Write for Counted {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 += bytes.len() as u64;
                assert!(self.0 <= HARMLESS_BYTES, "the draft takes no more of a bomb");
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let bomb = gzip(&vec![b'a'; 4 << 20]);
        let mut intake = Intake::new(Counted(0), true, Bounds { format: Format::Csv, max_bytes: 1 << 40 });
        let failure = bomb.chunks(16 * 1024).try_for_each(|chunk| intake.take(chunk)).unwrap_err();
        assert_eq!(failure.error.code().id, "EXTR-026");
    }

    #[test]
    fn another_kind_of_file_is_told_by_its_inflated_head() {
        assert_eq!(take(b"<html>", false, 1, 1000), Err("EXTR-009"));
        assert_eq!(take(&gzip(b"<!doctype html><p>x"), true, 3, 1000), Err("EXTR-009"));
        assert_eq!(take(&gzip(&gzip(ROWS)), true, 1000, 1000), Err("EXTR-009"));
    }

    #[test]
    fn a_full_disk_is_the_machines_fault() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut intake = Intake::new(Full, false, Bounds { format: Format::Csv, max_bytes: 1000 });
        let failure = intake.take(ROWS).unwrap_err();
        assert_eq!((failure.error.code().id, failure.retry), ("LAND-003", false));
    }
}

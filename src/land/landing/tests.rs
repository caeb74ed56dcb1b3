//! Landing under faults: kills between steps, damage on disk, changes of the source, equal files at once.

use std::{fs, os::unix::fs::PermissionsExt};

use super::*;
use crate::{
    extract::{self, Observation, Resource},
    model::{DatasetName, DelivererCode, Period, SliceKey, file_url},
    pipeline::{Format, Proof},
};

struct Place {
    dir: tempfile::TempDir,
    landing: Landing,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("24")).unwrap();
    let landing = Landing::open(&dir.path().join("landing"), Identity::generate()).unwrap();
    Place { dir, landing }
}

impl Place {
    fn source(&self) -> PathBuf {
        self.dir.path().join("24/anmalningar_2007.csv")
    }

    fn deliver(&self, content: &[u8]) -> Observed {
        fs::write(self.source(), content).unwrap();
        let resource = Resource {
            slice: SliceKey {
                dataset: DatasetName::new("anmalningar"),
                period: Period::from(2007),
                deliverer: DelivererCode::new("24"),
            },
            url: file_url(&self.source()),
            format: Format::Csv,
            proof: Proof::Optional,
            max_bytes: 1 << 30,
        };
        match extract::observe(&resource) {
            Observation::Found(observed) => observed,
            other => panic!("{other:?}"),
        }
    }

    fn partials(&self) -> usize {
        fs::read_dir(self.landing.dir.join(PARTIALS)).unwrap().count()
    }
}

fn content(file: &LandedFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.reader().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn id<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.unwrap_err().code().id
}

#[test]
fn what_lands_comes_out_as_delivered_and_is_not_plain_on_disk() {
    let place = place();
    // More than two blocks of the cipher, so that block borders are crossed.
    let bytes = "Stadsdel;Beslut\r\n24;Pågår redan\r\n".repeat(6000).into_bytes();
    let observed = place.deliver(&bytes);
    let file = place.landing.land(&observed).unwrap();
    assert_eq!((file.hash(), file.bytes()), (observed.hash(), bytes.len() as u64));
    assert_eq!((file.encoding(), file.has_nul()), (crate::land::Encoding::Utf8, false));
    assert_eq!(content(&file), bytes);
    let sealed = fs::read(place.landing.path(file.hash())).unwrap();
    assert!(!sealed.windows(8).any(|window| window == b"Stadsdel"));
}

#[test]
fn only_this_account_may_read() {
    let place = place();
    let file = place.landing.land(&place.deliver(b"x;y\n")).unwrap();
    let path = place.landing.path(file.hash());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&place.landing.dir), 0o700);
}

#[test]
fn a_second_landing_reuses_the_first() {
    let place = place();
    let observed = place.deliver(b"x;y\n");
    let path = place.landing.path(place.landing.land(&observed).unwrap().hash());
    let first = fs::read(&path).unwrap();
    place.landing.land(&observed).unwrap();
    // Encryption is randomised, so a rewrite would show.
    assert_eq!(fs::read(&path).unwrap(), first);
}

#[test]
fn what_comes_in_pieces_is_sealed_at_once_and_kept_when_it_is_whole() {
    let place = place();
    let bytes = b"Stadsdel;Beslut\r\n24;x\r\n".repeat(8000);
    let come = || {
        let mut incoming = place.landing.incoming().unwrap();
        bytes.chunks(1000).for_each(|piece| incoming.write_all(piece).unwrap());
        incoming
    };
    let incoming = come();
    let drafts = fs::read_dir(place.landing.dir.join(PARTIALS)).unwrap();
    let drafts: Vec<Vec<u8>> = drafts.map(|draft| fs::read(draft.unwrap().path()).unwrap()).collect();
    assert!(drafts.len() == 1 && drafts[0].len() > 100_000);
    assert!(!drafts[0].windows(8).any(|window| window == b"Stadsdel"), "plain bytes on disk");
    drop(incoming);
    assert_eq!(place.partials(), 0, "what is not kept is gone");

    let hash = place.landing.keep(come()).unwrap();
    assert_eq!(content(&place.landing.open_landed(hash).unwrap()), bytes);
    let path = place.landing.path(hash);
    let sealed = fs::read(&path).unwrap();
    place.landing.keep(come()).unwrap();
    assert_eq!(fs::read(&path).unwrap(), sealed, "the same content stays as it was landed");
    fs::write(&path, &sealed[..sealed.len() / 2]).unwrap();
    place.landing.keep(come()).unwrap();
    assert_eq!(content(&place.landing.open_landed(hash).unwrap()), bytes, "what was damaged is replaced");
    assert_eq!(place.partials(), 0);
}

#[test]
fn a_source_that_changed_since_is_not_kept() {
    let place = place();
    let observed = place.deliver(b"first;version\n");
    fs::write(place.source(), b"other;version\n").unwrap();
    assert_eq!(id(place.landing.land(&observed)), "LAND-002");
    assert_eq!(id(place.landing.open_landed(observed.hash())), "LAND-006");
    assert_eq!(place.partials(), 0);
    fs::remove_file(place.source()).unwrap();
    assert_eq!(id(place.landing.land(&observed)), "LAND-002");
}

#[test]
fn any_byte_changed_or_lost_is_found_and_healed_from_the_source() {
    let place = place();
    let observed = place.deliver(&b"Stadsdel\n24\n".repeat(20));
    let path = place.landing.path(place.landing.land(&observed).unwrap().hash());
    let whole = fs::read(&path).unwrap();
    for position in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[position] ^= 1;
        fs::write(&path, damaged).unwrap();
        assert!(["LAND-007", "LAND-008"].contains(&id(place.landing.open_landed(observed.hash()))), "{position}");
    }
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(["LAND-007", "LAND-008"].contains(&id(place.landing.open_landed(observed.hash()))), "{length}");
    }
    fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    assert_eq!(id(place.landing.open_landed(observed.hash())), "LAND-007");
    assert_eq!(content(&place.landing.land(&observed).unwrap()), b"Stadsdel\n24\n".repeat(20));
}

#[test]
fn another_files_content_under_a_hash_is_found() {
    let place = place();
    let one = place.landing.land_bytes(&b"one\n"[..]).unwrap();
    let two = place.landing.land_bytes(&b"two\n"[..]).unwrap();
    fs::copy(place.landing.path(two.hash()), place.landing.path(one.hash())).unwrap();
    assert_eq!(id(place.landing.open_landed(one.hash())), "LAND-007");
}

#[test]
fn another_key_does_not_open() {
    let place = place();
    let hash = place.landing.land_bytes(&b"one\n"[..]).unwrap().hash();
    let other = Landing::open(&place.landing.dir, Identity::generate()).unwrap();
    assert_eq!(id(other.open_landed(hash)), "LAND-008");
}

#[test]
fn a_kill_before_the_rename_leaves_only_what_the_sweep_removes() {
    let place = place();
    let observed = place.deliver(b"x;y\n");
    let landed = place.landing.land(&observed).unwrap();
    let sealed = fs::read(place.landing.path(landed.hash())).unwrap();
    fs::remove_file(place.landing.path(landed.hash())).unwrap();
    fs::write(place.landing.dir.join(PARTIALS).join("1-0.part"), &sealed[..sealed.len() / 2]).unwrap();
    fs::write(place.landing.dir.join(PARTIALS).join("1-1.part"), &sealed).unwrap();
    assert_eq!(id(place.landing.open_landed(observed.hash())), "LAND-006");
    assert_eq!(place.landing.sweep().unwrap(), 2);
    assert_eq!(place.partials(), 0);
    assert_eq!(content(&place.landing.land(&observed).unwrap()), b"x;y\n");
}

#[test]
fn a_kill_after_the_rename_leaves_a_landed_file() {
    let place = place();
    let observed = place.deliver(b"x;y\n");
    place.landing.write(observed.open().unwrap(), Some(observed.hash())).unwrap();
    let again = Landing { dir: place.landing.dir.clone(), key: place.landing.key.clone() };
    assert_eq!(again.sweep().unwrap(), 0);
    assert_eq!(content(&again.open_landed(observed.hash()).unwrap()), b"x;y\n");
}

#[test]
fn equal_files_may_land_at_once() {
    let place = place();
    let bytes = b"Stadsdel\n24\n".repeat(40_000);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| place.landing.land_bytes(&bytes[..]).unwrap())).collect();
        for thread in threads {
            assert_eq!(content(&thread.join().unwrap()), bytes);
        }
    });
    assert_eq!(place.partials(), 0);
}

#[test]
fn a_directory_that_cannot_be_made_is_told() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), b"").unwrap();
    assert_eq!(id(Landing::open(&dir.path().join("file/landing"), Identity::generate())), "LAND-001");
}

#[test]
fn the_key_does_not_print() {
    let place = place();
    let file = place.landing.land_bytes(&b"one\n"[..]).unwrap();
    assert!(format!("{file:?} {:?}", place.landing).contains("Key(…)"));
    assert!(!format!("{file:?}").contains("AGE-SECRET"));
}

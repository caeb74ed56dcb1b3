//! Every fault of a delivered file, each its own case.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    os::unix::net::UnixListener,
    process::Command,
};

use super::*;
use crate::{
    model::file_url,
    model::{DatasetName, DelivererCode, Period, SliceKey},
    pipeline::{Format, Proof},
};

const ROWS: &[u8] = b"Stadsdel;Inkom\r\n24;2007-01-02\r\n";

struct Office {
    dir: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("24")).unwrap();
        Self { dir }
    }
    fn path(&self) -> PathBuf {
        self.dir.path().join("24/anmalningar_2007.csv")
    }
    fn with(content: &[u8]) -> Self {
        let office = Self::new();
        fs::write(office.path(), content).unwrap();
        office
    }
    fn side(&self, text: &str) {
        fs::write(side_file(&self.path()), text).unwrap();
    }
    fn resource(&self) -> Resource {
        Resource {
            slice: SliceKey {
                dataset: DatasetName::new("anmalningar"),
                period: Period::from(2007),
                deliverer: DelivererCode::new("24"),
            },
            url: file_url(&self.path()),
            format: Format::Csv,
            proof: Proof::Optional,
            max_bytes: 1000,
        }
    }
    fn observe(&self) -> Observation {
        observe(&self.resource())
    }
    fn code(&self) -> &'static str {
        code(self.observe())
    }
}

fn code(observation: Observation) -> &'static str {
    match observation {
        Observation::Found(_) => "found",
        Observation::Missing => "missing",
        Observation::Problem(error) => error.code().id,
    }
}

fn hash(bytes: &[u8]) -> String {
    ContentHash(Sha256::digest(bytes).into()).to_string()
}

#[test]
fn a_whole_file_is_found_with_its_hash() {
    let Observation::Found(observed) = Office::with(ROWS).observe() else { panic!() };
    assert_eq!(observed.hash().to_string(), hash(ROWS));
    assert_eq!(observed.bytes(), ROWS.len() as u64);
    assert!(observed.modified().is_some());
}

#[test]
fn nothing_there_is_missing() {
    let office = Office::new();
    assert_eq!(office.code(), "missing");
    fs::remove_dir(office.dir.path().join("24")).unwrap();
    assert_eq!(office.code(), "missing");
}

#[test]
fn a_dangling_link_is_missing() {
    let office = Office::new();
    symlink("gone.csv", office.path()).unwrap();
    assert_eq!(office.code(), "missing");
}

#[test]
fn a_link_inside_the_directory_is_followed() {
    let office = Office::new();
    fs::write(office.dir.path().join("24/v2.csv"), ROWS).unwrap();
    symlink("v2.csv", office.path()).unwrap();
    assert_eq!(office.code(), "found");
}

#[test]
fn a_link_out_of_the_directory_is_refused() {
    let office = Office::new();
    fs::write(office.dir.path().join("secret.csv"), ROWS).unwrap();
    symlink("../secret.csv", office.path()).unwrap();
    assert_eq!(office.code(), "EXTR-003");
    fs::remove_file(office.path()).unwrap();
    symlink("/etc/passwd", office.path()).unwrap();
    assert_eq!(office.code(), "EXTR-003");
}

#[test]
fn a_link_to_itself_is_refused() {
    let office = Office::new();
    symlink(office.path(), office.path()).unwrap();
    assert_eq!(office.code(), "EXTR-003");
}

#[test]
fn a_side_file_that_links_out_is_refused() {
    let office = Office::with(ROWS);
    symlink("/etc/passwd", side_file(&office.path())).unwrap();
    assert_eq!(office.code(), "EXTR-003");
}

#[test]
fn a_base_directory_may_be_a_link_itself() {
    let office = Office::with(ROWS);
    symlink("24", office.dir.path().join("25")).unwrap();
    let mut resource = office.resource();
    resource.url = file_url(&office.dir.path().join("25/anmalningar_2007.csv"));
    assert_eq!(code(observe(&resource)), "found");
}

#[test]
fn only_regular_files_are_opened() {
    let office = Office::new();
    fs::create_dir(office.path()).unwrap();
    assert_eq!(office.code(), "EXTR-004");
    fs::remove_dir(office.path()).unwrap();
    // Opening this pipe for reading would wait for a writer for ever.
    assert!(Command::new("mkfifo").arg(office.path()).status().unwrap().success());
    assert_eq!(office.code(), "EXTR-004");
    fs::remove_file(office.path()).unwrap();
    let _socket = UnixListener::bind(office.path()).unwrap();
    assert_eq!(office.code(), "EXTR-004");
    let mut device = office.resource();
    device.url = "file:///dev/zero".to_owned();
    assert_eq!(code(observe(&device)), "EXTR-004");
}

#[test]
fn a_file_in_place_of_a_directory_is_told() {
    let office = Office::new();
    fs::remove_dir(office.dir.path().join("24")).unwrap();
    fs::write(office.dir.path().join("24"), b"").unwrap();
    assert_eq!(office.code(), "EXTR-001");
}

#[test]
fn an_empty_file_is_not_a_slice_without_rows() {
    assert_eq!(Office::with(b"").code(), "EXTR-007");
    assert_eq!(Office::with(b"Stadsdel;Inkom\r\n").code(), "found");
}

#[test]
fn size_has_a_limit() {
    assert_eq!(Office::with(&[b'x'; 1000]).code(), "found");
    assert_eq!(Office::with(&[b'x'; 1001]).code(), "EXTR-008");
}

#[test]
fn a_login_page_is_not_an_extract() {
    assert_eq!(Office::with(b"\n<!DOCTYPE html><title>Logga in</title>").code(), "EXTR-009");
}

#[test]
fn the_side_file_decides() {
    let office = Office::with(ROWS);
    office.side(&format!("{} *anmalningar_2007.csv\r\n", hash(ROWS).to_uppercase()));
    assert_eq!(office.code(), "found");
    office.side(&format!("{}  anmalningar_2007.csv\n", hash(b"other")));
    assert_eq!(office.code(), "EXTR-013");
    office.side(&format!("{}  anmalningar_2006.csv\n", hash(ROWS)));
    assert_eq!(office.code(), "EXTR-012");
    office.side("");
    assert_eq!(office.code(), "EXTR-012");
    office.side(&" ".repeat(100_000));
    assert_eq!(office.code(), "EXTR-012");
}

#[test]
fn required_proof_must_be_there() {
    let office = Office::with(ROWS);
    let mut resource = office.resource();
    resource.proof = Proof::Required;
    assert_eq!(code(observe(&resource)), "EXTR-011");
    office.side(&hash(ROWS));
    assert_eq!(code(observe(&resource)), "found");
}

#[test]
fn a_file_that_keeps_growing_is_told() {
    let office = Office::with(ROWS);
    let mut passes = 0;
    let observation = observe_passes(&office.resource(), &mut |path| {
        passes += 1;
        fs::write(path, ROWS.repeat(passes + 1)).unwrap();
    });
    assert_eq!((code(observation), passes), ("EXTR-010", PASSES));
}

#[test]
fn a_file_that_settles_is_read_again() {
    let office = Office::with(ROWS);
    let mut passes = 0;
    let observation = observe_passes(&office.resource(), &mut |path| {
        passes += 1;
        if passes == 1 {
            // Replaced by one of equal length: only the inode and the times tell.
            fs::remove_file(path).unwrap();
            fs::write(path, b"Stadsdel;Inkom\r\n24;2007-01-03\r\n").unwrap();
        }
    });
    let Observation::Found(observed) = observation else { panic!() };
    assert_eq!(observed.hash().to_string(), hash(b"Stadsdel;Inkom\r\n24;2007-01-03\r\n"));
    assert_eq!(passes, 2);
}

#[test]
fn a_file_that_vanishes_while_read_is_missing() {
    let office = Office::with(ROWS);
    let observation = observe_passes(&office.resource(), &mut |path| fs::remove_file(path).unwrap());
    assert_eq!(code(observation), "missing");
}

#[test]
fn a_side_file_that_comes_while_read_counts() {
    let office = Office::with(ROWS);
    let text = hash(b"other");
    let observation = observe_passes(&office.resource(), &mut |path| {
        if !side_file(path).exists() {
            fs::write(side_file(path), &text).unwrap();
        }
    });
    assert_eq!(code(observation), "EXTR-013");
}

#[test]
fn denied_is_not_missing() {
    let office = Office::with(ROWS);
    fs::set_permissions(office.path(), fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything; the code of the system's answer is tested in `source`.
    let readable = fs::read(office.path()).is_ok();
    assert_eq!(office.code(), if readable { "found" } else { "EXTR-005" });
}

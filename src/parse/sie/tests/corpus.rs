//! The files that vendors gave SIE-Gruppen: each parses, or is refused with a reason that is true.

use std::{fmt::Write, fs, path::Path};

use super::{Parsed, parse};
use crate::parse::sie::{reading::Reading, survey::Survey};

/// The year of the file's own `#RAR 0`, so that only broken years are refused for their year.
fn year_of(bytes: &[u8]) -> i32 {
    let text = String::from_utf8_lossy(bytes);
    let row = text.lines().find(|line| line.starts_with("#RAR") && line.split_whitespace().nth(1) == Some("0"));
    row.and_then(|row| row.split_whitespace().nth(2)?.get(..4)?.parse().ok()).unwrap()
}

fn line(parsed: &Parsed, bytes: &[u8], year: i32) -> String {
    let reading = Reading::of(&Survey::of(bytes, None).unwrap(), year).unwrap();
    let tally = &parsed.tally;
    format!(
        "{reading:?}: {} rows, outcome {}, budget {}; read {}, control {}, out of scope {}, reasons {}",
        parsed.rows.len(),
        parsed.sum("outcome"),
        parsed.sum("budget"),
        tally.rows_read,
        tally.rows_control,
        tally.rows_out_of_scope,
        parsed.reasons.len()
    )
}

#[test]
fn vendors_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora/sie");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut table = String::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it.eq_ignore_ascii_case("se"))) {
        let bytes = fs::read(path).unwrap();
        let year = year_of(&bytes);
        let outcome = match parse(&bytes, year, None) {
            Ok(parsed) => line(&parsed, &bytes, year),
            Err(error) => format!("{}: {}", error.code().id, error.code().message),
        };
        writeln!(table, "{} ({year}) {outcome}", path.file_name().unwrap().to_string_lossy()).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// Broken years are refused as slices; their sums and checksums are proven all the same.
#[test]
fn broken_years_are_read_up_to_their_year() {
    for (name, accounts) in [("BL0001_typ3.SE", 16), ("Bokslut_Norstedts_SIE_4E.se", 63)] {
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora/sie").join(name)).unwrap();
        let survey = Survey::of(bytes.as_slice(), None).unwrap();
        assert_eq!(survey.results.values().filter(|amount| amount.0 != 0).count(), accounts, "{name}");
        let changed = String::from_utf8_lossy(&bytes).replace("#TAXAR", "#TAXER");
        let changed = Survey::of(changed.as_bytes(), None);
        assert_eq!(changed.is_err(), name.starts_with("Bokslut"), "{name}");
    }
}

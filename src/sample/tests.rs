//! The sample keeps its word: same bytes, official numbers only, published growth, planted faults where it says.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::Path,
};

use regex::bytes::Regex;
use serde_json::Value;

use super::{children::official_numbers, *};

/// The datasets that hold children.
const CASES: [&str; 3] = ["anmalningar", "utredningar", "insatser"];

fn small(faults: Faults) -> Options {
    Options { scale: 0.2, faults, ..Options::default() }
}

fn sample(options: Options) -> (tempfile::TempDir, Report) {
    let dir = tempfile::tempdir().unwrap();
    let report = write(dir.path(), options).unwrap();
    (dir, report)
}

/// Every file below a directory, by relative path.
fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(dir).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            (path, fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn expected(dir: &Path) -> Value {
    serde_json::from_slice(&fs::read(dir.join("expected.json")).unwrap()).unwrap()
}

fn line<'a>(expected: &'a Value, part: &str, year: i32, organisation: Option<&str>, code: Option<&str>) -> &'a Value {
    let lines = expected[part].as_array().unwrap();
    lines
        .iter()
        .find(|line| {
            line["year"] == year
                && line["organisation"].as_str() == organisation
                && line["district_code"].as_str() == code
        })
        .unwrap()
}

#[test]
fn equal_options_give_equal_bytes() {
    let (one, _) = sample(small(Faults::All));
    let (two, _) = sample(small(Faults::All));
    let (mut one, mut two) = (contents(one.path()), contents(two.path()));
    // The settings name their own directory, which differs.
    assert!(one.remove("buss.toml").is_some() && two.remove("buss.toml").is_some());
    assert!(one == two);
    let (other, _) = sample(Options { seed: 8, ..small(Faults::All) });
    assert!(contents(other.path())["24/anmalningar_2007.csv"] != one["24/anmalningar_2007.csv"]);
}

#[test]
fn every_identity_is_an_official_test_number() {
    let official: HashSet<String> = official_numbers().collect();
    let short: HashSet<&str> = official.iter().map(|number| &number[2..]).collect();
    let number = Regex::new(r"(?-u:\b)(\d{6}|\d{8})-?(\d{4})(?-u:\b)").unwrap();
    let (dir, report) = sample(small(Faults::None));
    let mut found = 0;
    for file in report.files.iter().filter(|file| CASES.contains(&file.dataset)) {
        for capture in number.captures_iter(&fs::read(dir.path().join(&file.path)).unwrap()) {
            let digits = String::from_utf8([&capture[1], &capture[2]].concat()).unwrap();
            assert!(official.contains(&digits) || short.contains(digits.as_str()), "{}", file.path);
            found += 1;
        }
    }
    assert!(found > 2000, "{found}");
}

#[test]
fn the_city_grows_as_published_to_the_ore() {
    let (dir, _) = sample(small(Faults::Demo));
    let expected = expected(dir.path());
    let city = |year, what: &str| line(&expected, "costs", year, None, None)[what].as_i64().unwrap();
    assert_eq!(city(2007, "budget_ore") * 1000, city(2004, "budget_ore") * 1109);
    assert_eq!(city(2007, "outcome_ore") * 1000, city(2004, "outcome_ore") * 1252);
}

#[test]
fn eighteen_deliver_for_2006_and_fourteen_after() {
    let (_dir, report) = sample(small(Faults::None));
    let offices = |dataset: &str, period| {
        report.files.iter().filter(|file| file.dataset == dataset && file.period == period).count()
    };
    for dataset in CASES.into_iter().chain(["personal"]) {
        assert_eq!([2005, 2006, 2007, 2008].map(|year| offices(dataset, year)), [0, 18, 14, 14], "{dataset}");
    }
    assert_eq!([2004, 2005, 2006, 2007].map(|year| offices("ekonomi", year)), [18, 18, 18, 14]);
    assert_eq!((offices("befolkning", 2007), offices("granskning", 2022)), (1, 1));
    let paths: BTreeSet<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), report.files.len());
}

#[test]
fn districts_of_2006_make_up_those_of_2007() {
    let (dir, _) = sample(small(Faults::None));
    let expected = expected(dir.path());
    let intakes = |organisation, code| {
        line(&expected, "intakes", 2006, Some(organisation), Some(code))["intakes"].as_u64().unwrap()
    };
    assert_eq!(intakes("2007", "01"), intakes("as_it_was", "01") + intakes("as_it_was", "02"));
    let children = |organisation, code| {
        line(&expected, "intakes", 2006, Some(organisation), Some(code))["children"].as_u64().unwrap()
    };
    assert!(children("2007", "01") <= children("as_it_was", "01") + children("as_it_was", "02"));
}

#[test]
fn rates_are_plausible() {
    let (dir, report) = sample(Options::default());
    let expected = expected(dir.path());
    let rate = |code| {
        let intakes = line(&expected, "intakes", 2007, Some("2007"), Some(code))["intakes_0_17"].as_u64().unwrap();
        let persons = line(&expected, "population", 2007, Some("2007"), Some(code))["persons_0_17"].as_u64().unwrap();
        intakes * 1000 / persons
    };
    assert!((40..65).contains(&rate("24")), "{}", rate("24"));
    assert!((5..20).contains(&rate("10")), "{}", rate("10"));
    let intakes: u64 = report.files.iter().filter(|file| file.dataset == "anmalningar").map(|file| file.rows).sum();
    assert!((8_000..15_000).contains(&intakes), "{intakes}");
}

#[test]
fn every_planted_fault_changes_its_file() {
    let (clean, _) = sample(Options::default());
    let (spoilt, report) = sample(Options { faults: Faults::All, ..Options::default() });
    let (clean, spoilt) = (contents(clean.path()), contents(spoilt.path()));
    for fault in &report.faults {
        let changed = spoilt.get(&fault.path) != clean.get(&fault.path);
        let side = format!("{}.sha256", fault.path);
        assert!(changed || spoilt.get(&side) != clean.get(&side), "{}", fault.fault);
    }
    assert_eq!(report.faults.iter().map(|fault| fault.fault).collect::<BTreeSet<_>>().len(), 30);
}

#[test]
fn a_second_sample_takes_the_place_of_the_first() {
    let (dir, _) = sample(small(Faults::None));
    write(dir.path(), small(Faults::Demo)).unwrap();
    assert!(!dir.path().join("18/anmalningar_2008.csv").exists());
    write(dir.path(), small(Faults::None)).unwrap();
    assert!(dir.path().join("18/anmalningar_2008.csv").exists());
}

#[test]
fn files_are_of_all_legal_kinds() {
    let (dir, report) = sample(small(Faults::None));
    let csv: Vec<Vec<u8>> = report
        .files
        .iter()
        .filter(|file| file.dataset == "anmalningar")
        .map(|file| fs::read(dir.path().join(&file.path)).unwrap())
        .collect();
    let any = |test: &dyn Fn(&[u8]) -> bool| csv.iter().any(|bytes| test(bytes));
    assert!(any(&|bytes| bytes.starts_with(b"\xEF\xBB\xBF")) && any(&|bytes| std::str::from_utf8(bytes).is_err()));
    assert!(any(&|bytes| bytes.ends_with(b"\r\n")) && any(&|bytes| !bytes.contains(&b'\r')));
    assert!(any(&|bytes| bytes.contains(&b'\t')));
    assert!(any(&|bytes| bytes.windows(14).any(|window| window == "rader;\npåhitt".as_bytes())));
}

#[test]
fn a_scale_that_makes_no_sense_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(write(dir.path(), Options { scale, ..Options::default() }).unwrap_err().code().id, "SAMP-002");
    }
}

#[test]
fn the_settings_name_this_directory() {
    let (dir, report) = sample(small(Faults::None));
    let text = fs::read_to_string(report.config).unwrap();
    let settings: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(settings["paths"]["data_dir"].as_str().unwrap(), dir.path().join("var").to_str().unwrap());
    assert!(!text.contains("{data_dir}"));
    let base = settings["deliverers"][0]["base_url"].as_str().unwrap();
    assert!(base.starts_with("file:///") && base.ends_with("/{deliverer}"), "{base}");
}

/// The published words on these years: on an average nearly three posts, as many employees all along, fewer where little is
/// reported, more than that lets expect in Södermalm and less in three others.
#[test]
fn posts_per_child_come_out_as_published() {
    let (dir, _) = sample(small(Faults::None));
    let expected = expected(dir.path());
    let all = |line: &&Value| line["staff_group"] == "alla";
    let lines = || expected["staff_density"].as_array().unwrap().iter().filter(all);
    let posts = |line: &Value| line["percent_of_posts"].as_f64().unwrap() / line["months"].as_f64().unwrap() / 100.0;
    let density = |line: &Value| posts(line) * 1000.0 / line["children_0_17"].as_f64().unwrap();
    let city = |year: i32| lines().find(|line| line["level"] == "city" && line["year"] == year).unwrap();
    assert!((2.9..3.0).contains(&density(city(2007))), "{}", density(city(2007)));
    assert!((posts(city(2008)) / posts(city(2006)) - 1.0).abs() < 0.03);
    let of = |code: &str| {
        density(
            lines()
                .find(|line| line["year"] == 2007 && line["organisation"] == "2007" && line["district_code"] == code)
                .unwrap(),
        )
    };
    // Östermalm, Bromma, Norrmalm against Skärholmen, Rinkeby-Kista, Spånga-Tensta.
    assert!(
        ["10", "06", "09"].map(of).iter().all(|low| ["24", "01", "03"].map(of).iter().all(|high| low * 1.5 < *high))
    );
    // Posts per intake: Södermalm, the city, and the three where most is reported.
    let per_intake = |code: &str| {
        let persons = line(&expected, "population", 2007, Some("2007"), Some(code))["persons_0_17"].as_f64().unwrap();
        of(code) * persons / line(&expected, "intakes", 2007, Some("2007"), Some(code))["intakes"].as_f64().unwrap()
    };
    let whole = posts(city(2007)) * 1000.0 / line(&expected, "intakes", 2007, None, None)["intakes"].as_f64().unwrap();
    assert!(per_intake("12") > whole && ["24", "01", "03"].map(per_intake).iter().all(|low| *low < whole));
}

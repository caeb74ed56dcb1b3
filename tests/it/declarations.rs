//! Pipeline files: all findings at once, and a version that changes when the reading could.

use std::fs;

use buss::{Error, pipeline::Declarations, settings::Settings};

const GOOD: &str = include_str!("../../pipelines/anmalningar.toml");

fn with(file: &str, text: &str) -> Result<Declarations, Error> {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join(file), text).expect("a file");
    let mut settings = Settings::load(None, std::iter::empty()).expect("the defaults are valid");
    settings.paths.pipelines = Some(dir.path().to_owned());
    Declarations::load(&settings)
}

fn findings(text: &str) -> String {
    let error = with("anmalningar.toml", text).expect_err("there are findings");
    assert_eq!(error.code().exit, 2);
    error
        .findings()
        .map(|finding| {
            format!("{} {} {}\n", finding.place().unwrap_or_default(), finding.code().id, finding.detail_text())
        })
        .collect()
}

#[test]
fn the_bundled_pipelines_are_valid() {
    let settings = Settings::load(None, std::iter::empty()).expect("the defaults are valid");
    let declarations = Declarations::load(&settings).expect("the bundled pipelines are valid");
    let names: Vec<_> = declarations.pipelines.iter().map(|pipeline| pipeline.name.as_str()).collect();
    assert!(names.contains(&"anmalningar") && names.is_sorted());
    let anmalningar = declarations.pipeline("anmalningar").expect("it is bundled");
    assert_eq!(anmalningar.years(&settings), 2006..=2008);
}

#[test]
fn misspelt_keys_and_wrong_types_are_told_at_once() {
    let text = GOOD
        .replacen("grain = ", "grian = ", 1)
        .replacen("type = \"identity\"", "type = \"identiy\"", 1)
        .replacen("coverage = \"2006..2008\"", "coverage = 2006", 1)
        .replacen("required = true", "required = \"ja\"", 1)
        .replacen("kind = \"dimension\"\n", "", 1);
    insta::assert_snapshot!(findings(&text));
}

#[test]
fn parts_that_do_not_fit_are_told_at_once() {
    let text = GOOD
        .replacen("period_date = \"inkom\"", "period_date = \"typ\"", 1)
        .replacen("key = [\"anmalan_id\", \"child\"]", "key = [\"anmalan_id\", \"barn\"]\namount = \"belopp\"", 1)
        .replacen("protected = \"skyddad_identitet\"", "protected = \"inkom\"", 1)
        .replacen("event_date = \"inkom\"\n", "", 1)
        .replacen("code_list = \"reporter_categories\"", "code_list = \"reporter_category\"", 1)
        .replacen("code_list = \"intake_reasons\"", "code_list = \"intake_reasons\"\nenum = [\"a\"]", 1)
        .replacen("name = \"skyddsbedomning\"", "name = \"inkom\"", 1)
        .replacen("check = \"skyddsbedomning >= inkom\"", "query = \"select 1\"\ncheck = \"true\"", 1)
        .replacen("conform = \"fact_anmalan\"", "conform = \"fact_missing\"", 1);
    insta::assert_snapshot!(findings(&text));
}

#[test]
fn the_file_is_named_after_the_dataset() {
    let error = with("intakes.toml", GOOD).expect_err("another name");
    assert!(error.detail_text().contains("expected anmalningar.toml"), "{error}");
}

#[test]
fn the_version_changes_with_what_decides_the_reading() {
    let mut settings =
        Settings::demo(std::path::Path::new("/tmp/demo"), std::iter::empty()).expect("the demo is valid");
    let declarations = Declarations::load(&settings).expect("valid");
    let hash = |declarations: &Declarations, settings: &Settings| {
        declarations.pipeline("anmalningar").expect("bundled").version_hash(declarations, &settings.deliverers[0])
    };
    let before = hash(&declarations, &settings);
    assert_eq!(before, hash(&declarations, &settings));
    let changed = with("anmalningar.toml", &GOOD.replacen("skyddsbedomning >= inkom", "skyddsbedomning > inkom", 1))
        .expect("valid");
    assert_ne!(before, hash(&changed, &settings));
    settings.deliverers[0].csv.separator = Some('\t');
    assert_ne!(before, hash(&declarations, &settings));
}

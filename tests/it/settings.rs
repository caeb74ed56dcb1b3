//! Settings: layers, findings, and the default file as tested documentation.

use std::{fs, path::Path};

use buss::{
    Error,
    settings::{DEFAULTS, Settings},
};

fn none() -> impl Iterator<Item = (String, String)> {
    std::iter::empty()
}

fn variables(list: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>().into_iter()
}

fn load(text: &str, env: &[(&str, &str)]) -> Result<Settings, Error> {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("buss.toml");
    fs::write(&path, text).expect("a file");
    Settings::load(Some(&path), variables(env))
}

/// All findings, without the directory of the file.
fn findings(text: &str, env: &[(&str, &str)]) -> String {
    let error = load(text, env).expect_err("there are findings");
    assert_eq!(error.code().exit, 2);
    let place = |finding: &Error| {
        let place = finding.place().unwrap_or_default();
        place.rfind('/').map_or(place.to_owned(), |at| place[at + 1..].to_owned())
    };
    error
        .findings()
        .map(|finding| format!("{} {} {}\n", place(finding), finding.code().id, finding.detail_text()))
        .collect()
}

const DELIVERER: &str = "[[deliverers]]\ncode = \"24\"\nname = \"Skärholmen\"\nkind = \"district\"\nbase_url = \"file:///data/{deliverer}\"\n";

#[test]
fn the_defaults_are_valid_and_documented() {
    let settings = Settings::load(None, none()).expect("the defaults are valid");
    assert_eq!(settings.warehouse.url.expose(), "embedded");
    assert!(!settings.secrets.generate, "keys are never made for real data");
    // Every comment that shows a setting is a setting: the file without its comment marks is valid too.
    let shown: String = DEFAULTS
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| rest.starts_with("[[") || rest.split_once(" = ").is_some_and(|(key, _)| is_key(key)))
                .unwrap_or(line)
        })
        .fold(String::new(), |text, line| text + line + "\n");
    let shown = load(&shown, &[]).expect("what the defaults show is valid");
    assert_eq!(shown.deliverers[0].base_url, "file:///data/24");
    assert_eq!(shown.deliverers[0].csv.separator, Some('\t'));
    assert_eq!(shown.deliverers[0].sie.activity_dimension, Some(20));
    assert!(shown.deliverers[0].http.bearer.is_some() && shown.deliverers[0].http.allow_hosts.len() == 1);
    assert!(shown.secrets.pseudonym_key.is_some() && shown.warehouse.listen.is_some() && shown.paths.sql.is_some());
}

fn is_key(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.')
}

#[test]
fn every_finding_is_told_at_once_with_its_line() {
    let text = r#"[warehose]
url = "embedded"
[warehouse]
url = "mysql://user:secret@host"
[run]
zone = "Europe/Stokholm"
parallel = "many"
refuse_share = 2
[secrets]
pseudonym_key = { file = "a", env = "B" }
[coverage]
ekonomi = "2007..2004"
[[deliverers]]
code = "24"
kind = "disrict"
base_url = "file:///x"
valid_from = "1999-13-01"
csv.separtor = "\t"
"#;
    let told = findings(
        text,
        &[("BUSS_RUN__ZON", "x"), ("BUSS_WAREHOUSE_URL", "x"), ("BUSS_RUN__PARALLEL", "-1"), ("BUSS_TOKEN_24", "x")],
    );
    assert!(!told.contains("secret@"), "a value may be a password");
    insta::assert_snapshot!(told);
}

#[test]
fn broken_toml_names_the_line() {
    insta::assert_snapshot!(findings("[run]\nzone = \n", &[]), @"buss.toml:2 CONF-002");
}

#[test]
fn variables_go_before_the_file_and_lists_are_replaced_whole() {
    let text = format!("[run]\nparallel = 2\n[secrets]\nlanding_key = {{ file = \"/k\" }}\n{DELIVERER}");
    let settings = load(
        &text,
        &[("BUSS_RUN__PARALLEL", "3"), ("BUSS_SECRETS__LANDING_KEY__ENV", "KEY"), ("BUSS_COVERAGE__EKONOMI", "2005")],
    )
    .expect("valid");
    assert_eq!(settings.run.parallel, 3);
    assert_eq!(settings.run.batch_rows, 8192);
    assert_eq!(settings.secrets.landing_key, Some(buss::settings::SecretSource::Env("KEY".into())));
    assert_eq!(settings.coverage["ekonomi"], "2005");
    assert_eq!(settings.deliverers.len(), 1);
}

#[test]
fn addresses_and_validity_are_checked() {
    insta::assert_snapshot!(findings(&format!("{DELIVERER}{DELIVERER}"), &[]), @"buss.toml:7 CONF-004 `deliverers[1].code`: 24 stands twice with overlapping validity");
    let apart = format!("{DELIVERER}valid_to = \"2020-06-30\"\n{DELIVERER}valid_from = 2020-07-01\n");
    assert_eq!(load(&apart, &[]).expect("one after the other").deliverers.len(), 2);
    let moved = apart.replacen("/data/", "/archive/", 1);
    insta::assert_snapshot!(findings(&moved, &[]), @"buss.toml:11 CONF-004 `deliverers[1].base_url`: 24 has two addresses in the year in which one validity ends and the next begins");
}

#[test]
fn http_addresses_are_written_plainly_and_secrets_never_sent_in_the_clear() {
    let at = |address: &str| DELIVERER.replace("file:///data/{deliverer}", address);
    for address in ["https://files.example.se/{deliverer}", "http://localhost:8080", "http://127.0.0.1:8080/24"] {
        assert!(load(&at(address), &[]).expect("valid").deliverers[0].is_http(), "{address}");
    }
    let odd = format!("{}http = {{ allow_hosts = [\"a.se\", \"127.1\"] }}\n", at("https://buss:canary@2130706433/24"));
    insta::assert_snapshot!(findings(&odd, &[]));
    let clear = format!(
        "{}http.bearer = {{ env = \"T\" }}\nhttp.basic = {{ user = \"u\", password = {{ env = \"P\" }} }}\nhttp.client_identity = {{ file = \"/k\" }}\n",
        at("http://files.example.se")
    );
    insta::assert_snapshot!(findings(&clear, &[]));
}

#[test]
fn the_demo_lies_in_its_directory() {
    let settings = Settings::demo(Path::new("/tmp/somewhere"), none()).expect("the demo is valid");
    assert!(settings.deliverers.iter().all(|deliverer| deliverer.base_url.starts_with("file:///tmp/somewhere/")));
    assert_eq!(
        settings
            .deliverers
            .iter()
            .filter(|deliverer| deliverer.valid_in_year(2006) && deliverer.code.as_str() != "stad")
            .count(),
        18
    );
    assert_eq!(
        settings
            .deliverers
            .iter()
            .filter(|deliverer| deliverer.valid_in_year(2007) && deliverer.code.as_str() != "stad")
            .count(),
        14
    );
}

//! `docs/RULES.md`: the tables of declared rules are generated from the pipelines; what the catalogue's rules became is written
//! by hand below them. `BUSS_BLESS=1` writes the generated part.

use std::{env, fmt::Write as _, fs, path::Path};

use buss::{
    pipeline::{Declarations, RuleKind},
    settings::Settings,
};

const END: &str = "<!-- end of the generated part -->\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn declared(declarations: &Declarations) -> String {
    let mut text = String::from(
        "# Rules\n\nGenerated from `pipelines/*.toml`; every rule has a case under `tests/cases` that breaks it and one that keeps it.\n\
         Beside these, every column declaration is a rule: `<dataset>.<column>.<constraint>`.\n",
    );
    for pipeline in declarations.pipelines.iter().filter(|pipeline| !pipeline.rules.is_empty()) {
        writeln!(text, "\n## {}: {}\n", pipeline.name, pipeline.title).expect("writing to text");
        text.push_str(
            "| rule | severity | kind | columns | valid | catalogue | message |\n|---|---|---|---|---|---|---|\n",
        );
        for rule in &pipeline.rules {
            let kind = match rule.kind() {
                Some(RuleKind::Row(_)) => "row",
                _ => "set",
            };
            let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
            let valid = format!("{}–{}", day(rule.valid_from), day(rule.valid_to));
            let valid = if valid == "–" { "always".to_owned() } else { valid };
            let (severity, columns) = (rule.severity.as_str(), rule.columns.join(", "));
            let catalogue = rule.catalogue.as_deref().unwrap_or("–");
            writeln!(
                text,
                "| {} | {severity} | {kind} | {columns} | {valid} | {catalogue} | {} |",
                rule.id, rule.message
            )
            .expect("writing to text");
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_page_of_rules_says_what_is_declared() {
    let settings = Settings::load(None, std::iter::empty()).expect("settings");
    let declarations = Declarations::load(&settings).expect("declarations");
    let path = root().join("docs/RULES.md");
    let page = fs::read_to_string(&path).expect("docs/RULES.md");
    let (_, written) = page.split_once(END).expect("the mark between the generated part and the rest");
    let generated = declared(&declarations);
    if env::var_os("BUSS_BLESS").is_some() {
        fs::write(&path, format!("{generated}{END}{written}")).expect("docs/RULES.md");
    } else {
        assert!(
            page.starts_with(&format!("{generated}{END}")),
            "run the test with BUSS_BLESS=1 and read the difference"
        );
    }
    for rule in declarations.pipelines.iter().flat_map(|pipeline| &pipeline.rules) {
        if let Some(catalogue) = &rule.catalogue {
            assert!(written.contains(catalogue), "{catalogue} of {} is not among the catalogue's rules", rule.id);
        }
    }
}

/// True when the module is a file or a folder of the program, or (`it::…`) of the integration tests.
fn is_module(path: &str) -> bool {
    let path = match path.strip_prefix("it::") {
        Some(rest) => format!("tests/it/{rest}"),
        None => format!("src/{path}"),
    };
    let place = root().join(path.replace("::", "/"));
    place.is_dir() || place.with_extension("rs").is_file()
}

#[test]
fn the_cases_and_tests_named_are_there() {
    let page = fs::read_to_string(root().join("docs/RULES.md")).expect("docs/RULES.md");
    let (_, written) = page.split_once(END).expect("the mark between the generated part and the rest");
    let answered = written.lines().filter(|line| line.starts_with("| V-") && line.matches(" | ").count() == 2);
    let mut named = 0;
    for line in answered {
        let place = line.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        for word in place.split([' ', ',']).filter(|word| !matches!(*word, "" | "case" | "cases")) {
            let is_there = match word.strip_prefix('`') {
                Some(module) => is_module(module.trim_end_matches('`')),
                None => root().join("tests/cases").join(word).is_dir(),
            };
            assert!(is_there, "{word} in: {line}");
            named += 1;
        }
    }
    assert!(named > 30, "only {named} cases and tests are named");
}

//! The architecture of `docs/ARCHITECTURE.md` and the habits of the text, held by an ordinary test that says the reason.

use std::{fs, path::Path};

use walkdir::WalkDir;

/// Layers from the innermost to the outermost. A module imports from its own layer and those before it.
const LAYERS: &[&[&str]] = &[
    &["model", "error"],
    &["settings", "pipeline"],
    &["disk", "engine", "privacy", "telemetry", "tls", "warehouse"],
    &["extract", "land", "parse", "validate", "conform", "load", "gate", "publish"],
    &["plan", "run", "history", "doctor"],
    &["cli", "sample"],
];

/// The road: a stage names only itself and its predecessor (and what both stand on).
const ROAD: &[&str] = &["extract", "land", "parse", "validate", "conform", "load", "gate", "publish"];

/// Who may name a library, and why nobody else.
const LIBRARIES: &[(&str, &[&str], &str)] = &[
    (
        "datafusion",
        &["conform", "validate", "engine"],
        "queries over slices run in one place, so that Ballista can take them over",
    ),
    (
        "tokio_postgres",
        &["load", "warehouse", "history", "publish", "gate"],
        "database errors quote values and are made harmless there",
    ),
    ("reqwest", &["extract", "land", "publish"], "only these talk to the outside"),
    ("object_store", &["extract", "land", "publish"], "only these talk to the outside"),
];

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// `src/load/rows.rs` → `load`; the crate's own files have none.
    fn module(&self) -> Option<&str> {
        self.path.strip_prefix("src/")?.split_once('/').map(|(module, _)| module)
    }

    /// Lines of the program itself, numbered from 1: no comments, nothing from the first test module on.
    fn program(&self) -> impl Iterator<Item = (usize, &str)> {
        let of_tests =
            ["/tests.rs", "/properties.rs"].iter().any(|end| self.path.ends_with(end)) || self.path.contains("/tests/");
        let lines =
            self.text.lines().take_while(move |line| !of_tests && !line.trim_start().starts_with("#[cfg(test)]"));
        lines.enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Top modules of this crate that the program names, with their lines.
    fn imports(&self) -> Vec<(usize, String)> {
        let program: Vec<_> = self.program().collect();
        let mut found = Vec::new();
        let mut in_use = false;
        for (line, text) in program {
            if let Some(rest) = text.trim_start().strip_prefix("use crate::{") {
                in_use = !rest.contains("};");
                found.extend(top_words(rest).map(|word| (line, word)));
            } else if in_use {
                // One level of indentation below `use crate::{`, as rustfmt writes it.
                if text.starts_with("    ") && !text.starts_with("     ") {
                    found.extend(text.trim().split([':', ',', ' ']).next().map(|word| (line, word.to_owned())));
                }
                in_use = text != "};";
            } else {
                let named = text.split("crate::").skip(1).filter(|_| !text.contains("$crate"));
                found.extend(named.filter_map(|rest| top_words(rest).next()).map(|word| (line, word)));
            }
        }
        found.retain(|(_, word)| layer(word).is_some());
        found
    }
}

/// The words of `a::b, c::{d, e}, f` that stand outside inner braces and before `::`.
fn top_words(text: &str) -> impl Iterator<Item = String> {
    let mut depth = 0;
    let outside: String = text
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth <= 0
        })
        .collect();
    let words: Vec<String> = outside
        .split([',', ';'])
        .filter_map(|part| {
            part.trim().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().map(str::to_owned)
        })
        .collect();
    words.into_iter()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<Source> {
    let entries = WalkDir::new(root().join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok);
    let wanted = entries.filter(|entry| entry.path().extension().is_some_and(|found| found == extension));
    wanted
        .map(|entry| Source {
            path: entry.path().strip_prefix(root()).expect("walked from the root").display().to_string(),
            text: fs::read_to_string(entry.path()).expect("sources are text"),
        })
        .collect()
}

fn rust() -> Vec<Source> {
    files("src", "rs")
}

/// Fails with the list of violations and the reason of the rule.
#[track_caller]
fn holds(rule: &str, reason: &str, violations: &[String]) {
    assert!(violations.is_empty(), "\n{rule}\nWhy: {reason}\n{}\n", violations.join("\n"));
}

#[test]
fn imports_go_inwards() {
    let mut violations = Vec::new();
    for source in rust() {
        let Some((module, own)) = source.module().and_then(|module| Some((module, layer(module)?))) else { continue };
        for (line, import) in source.imports() {
            if layer(&import).is_some_and(|theirs| theirs > own) {
                violations.push(format!("{}:{line}: `{module}` names `{import}`", source.path));
            }
        }
    }
    holds(
        "Imports go words ← declarations ← ground ← road ← driver ← edges.",
        "what stands further in can then be understood, tested and replaced without what stands further out",
        &violations,
    );
}

#[test]
fn a_stage_knows_only_its_predecessor() {
    let mut violations = Vec::new();
    for source in rust() {
        let Some((module, own)) =
            source.module().and_then(|module| Some((module, ROAD.iter().position(|stage| *stage == module)?)))
        else {
            continue;
        };
        for (line, import) in source.imports() {
            let Some(theirs) = ROAD.iter().position(|stage| *stage == import) else { continue };
            if theirs != own && theirs + 1 != own {
                violations.push(format!("{}:{line}: `{module}` names `{import}`", source.path));
            }
        }
    }
    holds("A stage imports only its predecessor's output type.", "only `run` knows the order of the road", &violations);
}

#[test]
fn libraries_stay_where_they_belong() {
    for (library, allowed, reason) in LIBRARIES {
        let mut violations = Vec::new();
        for source in rust() {
            if source.module().is_some_and(|module| allowed.contains(&module)) {
                continue;
            }
            let named = format!("{library}::");
            violations.extend(
                source
                    .program()
                    .filter(|(_, text)| text.contains(&named))
                    .map(|(line, _)| format!("{}:{line}", source.path)),
            );
        }
        holds(&format!("Only {} name {library}.", allowed.join(", ")), reason, &violations);
    }
}

#[test]
fn the_plan_is_pure() {
    let impure = ["std::fs", "tokio::", "Utc::now", "Local::now", "SystemTime::now", "Instant::now", "std::env"];
    let mut violations = Vec::new();
    for source in rust().iter().filter(|source| source.module() == Some("plan")) {
        for (line, text) in source.program().filter(|(_, text)| impure.iter().any(|word| text.contains(word))) {
            violations.push(format!("{}:{line}: {}", source.path, text.trim()));
        }
    }
    holds("`plan` is pure.", "what `buss plan` prints is then what the run does; `now` is an argument", &violations);
}

#[test]
fn only_the_output_prints() {
    let mut violations = Vec::new();
    for source in rust().iter().filter(|source| source.path != "src/cli/output.rs") {
        let prints = |text: &str| ["println!", "print!(", "dbg!", "io::stdout"].iter().any(|word| text.contains(word));
        violations.extend(
            source.program().filter(|(_, text)| prints(text)).map(|(line, _)| format!("{}:{line}", source.path)),
        );
    }
    holds(
        "stdout only in `cli::output`.",
        "stdout is an interface: with --output json it is one document",
        &violations,
    );
}

#[test]
fn files_open_with_their_purpose_and_stay_small() {
    let mut violations = Vec::new();
    for source in rust().into_iter().chain(files("tests", "rs")) {
        if !source.text.starts_with("//!") {
            violations.push(format!("{}: does not open with `//!`", source.path));
        }
        let lines = source.text.lines().count();
        if lines > 500 {
            violations.push(format!("{}: {lines} lines", source.path));
        }
    }
    let main =
        rust().into_iter().find(|source| source.path == "src/main.rs").map_or(0, |main| main.text.lines().count());
    if main >= 40 {
        violations.push(format!("src/main.rs: {main} lines, and 40 is too many"));
    }
    holds(
        "Every file says what it is for, in at most 500 lines.",
        "a stranger finds the place within a minute",
        &violations,
    );
}

#[test]
fn names_say_what_things_do() {
    let vague = ["utils", "util", "common", "helpers", "helper", "manager", "misc"];
    let entries =
        WalkDir::new(root().join("src")).into_iter().chain(WalkDir::new(root().join("tests"))).filter_map(Result::ok);
    let named = entries.filter(|entry| {
        entry.path().file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| vague.contains(&stem))
    });
    let violations: Vec<_> = named.map(|entry| entry.path().display().to_string()).collect();
    holds("No utils, common, helpers, manager.", "such a place takes in everything and tells nothing", &violations);
}

#[test]
fn nothing_is_left_open() {
    let open = [".unwrap()", "todo!", "unimplemented!", "#[allow("];
    let notes = ["TODO", "FIXME", "XXX"];
    let mut violations = Vec::new();
    for source in rust() {
        for (line, text) in source.program().filter(|(_, text)| open.iter().any(|word| text.contains(word))) {
            violations.push(format!("{}:{line}: {}", source.path, text.trim()));
        }
        for (at, text) in
            source.text.lines().enumerate().filter(|(_, text)| notes.iter().any(|note| text.contains(note)))
        {
            violations.push(format!("{}:{}: {}", source.path, at + 1, text.trim()));
        }
    }
    holds(
        "No unwrap, todo or `allow` outside tests.",
        "the night runs unattended; an exception is `#[expect(…, reason = \"…\")]`, and an open end is an issue",
        &violations,
    );
}

/// SQL without comments and quoted text.
fn bare_sql(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    let quoted =
        |quote: char| move |(at, part): (usize, &str)| if at % 2 == 0 { part.to_owned() } else { quote.to_string() };
    let code: String = code.split('\'').enumerate().map(quoted('\'')).collect();
    code.split('"').enumerate().map(quoted('"')).collect()
}

#[test]
fn sql_is_lowercase_with_a_header() {
    let mut violations = Vec::new();
    for source in files("sql", "sql") {
        for word in ["purpose:", "grain:", "inputs:"] {
            let header = source.text.lines().take_while(|line| line.starts_with("--"));
            if !header.into_iter().any(|line| line.contains(word)) {
                violations.push(format!("{}: the header has no `{word}`", source.path));
            }
        }
        let code = bare_sql(&source.text);
        for (at, line) in code.lines().enumerate().filter(|(_, line)| line.chars().any(|c| c.is_ascii_uppercase())) {
            violations.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
        }
        if code.split_ascii_whitespace().collect::<Vec<_>>().join(" ").contains("select *") {
            violations.push(format!("{}: `select *`", source.path));
        }
    }
    holds(
        "SQL is lowercase, opens with purpose, grain and inputs, and names its columns.",
        "whoever reads it in the morning must see what a row is; `*` changes meaning when a table does",
        &violations,
    );
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let mut violations = Vec::new();
    for (at, decision) in files("docs/decisions", "md").iter().enumerate() {
        let number = at + 1;
        let begins_so = decision.path.starts_with(&format!("docs/decisions/{number:04}-"));
        if !begins_so || !decision.text.starts_with(&format!("# {number}. ")) {
            violations.push(format!("{}: is not decision {number} by name and heading", decision.path));
        }
    }
    holds("Decisions are numbered without gaps.", "others refer to them by number", &violations);
}

#[test]
fn the_checks_themselves_see() {
    let source = Source {
        path: "src/load/x.rs".into(),
        text: "//! x\nuse crate::{\n    error::{Error, Result},\n    run::Run,\n    model::Ore,\n};\nuse crate::{cli, conform::{a, gate}};\nfn f() { crate::history::g() }\n".into(),
    };
    let named: Vec<String> = source.imports().into_iter().map(|(_, word)| word).collect();
    assert_eq!(named, ["error", "run", "model", "cli", "conform", "history"]);
    assert_eq!(bare_sql("select 'A' as \"B\" -- C").trim(), "select ' as \"");
}

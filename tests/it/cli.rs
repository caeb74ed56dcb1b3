//! The built program: help, answers on stdout, errors on stderr or as JSON, exit codes.

use std::process::{Command, Output};

fn buss(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buss"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BUSS_")) {
        command.env_remove(name);
    }
    command.args(args).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("stdout is one JSON document")
}

#[test]
fn help_lists_the_commands_and_exit_codes() {
    let output = buss(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn a_wrong_command_line_exits_2() {
    let output = buss(&["fly"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && text(&output.stderr).contains("fly"));
    let output = buss(&["--output", "json", "fly"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["code"], "CLI-001");
}

#[test]
fn the_bundled_declarations_validate() {
    let output = buss(&["validate", "--output", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(json(&output)["findings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn broken_settings_exit_2_with_every_finding() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("broken.toml");
    std::fs::write(&path, "[run]\nzon = \"x\"\nparallel = \"many\"\n").expect("a file");
    let config = path.to_str().expect("a path of text");
    let output = buss(&["--config", config, "validate"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let told = text(&output.stderr).replace(config, "broken.toml");
    insta::assert_snapshot!(told);
    let output = buss(&["--config", config, "--output", "json", "validate"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["findings"].as_array().map(Vec::len), Some(2));
}

#[test]
fn explain_tells_what_a_code_means() {
    let output = buss(&["explain", "conf-003"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(text(&output.stdout));
    let output = buss(&["explain", "CONF-999"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn completions_are_what_the_shell_accepts() {
    let output = buss(&["completions", "bash"]);
    assert_eq!(output.status.code(), Some(0));
    let script = text(&output.stdout);
    assert!(script.contains("--business-date") && !script.contains("read-workbook"));
    let asked =
        format!("{script}\nCOMP_WORDS=(buss expl); COMP_CWORD=1; _buss buss expl buss; echo \"${{COMPREPLY[@]}}\"");
    let completed = Command::new("bash").args(["-c", &asked]).output().expect("bash starts");
    assert_eq!(text(&completed.stdout), "explain\n", "{}", text(&completed.stderr));
    assert_eq!(buss(&["completions", "dos"]).status.code(), Some(2));
}

//! The only place that writes to stdout: one answer per command, as text or as one JSON document.

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
    process::ExitCode,
};

use serde::Serialize;
use serde_json::{Value, json};

use super::{args::Form, exit};
use crate::{
    error::{Error, codes},
    parse::read_workbook,
};

/// What a command found: both forms, and the exit code.
#[derive(Debug)]
pub struct Answer {
    text: String,
    json: String,
    exit: u8,
}

impl Answer {
    /// An answer whose JSON is a serialisable value.
    pub fn new(text: impl Into<String>, json: &impl Serialize) -> Self {
        Self::raw(text, serde_json::to_string_pretty(json).unwrap_or_else(|_| "null".into()))
    }

    /// An answer whose JSON is already written (numbers keep all their digits).
    pub fn raw(text: impl Into<String>, json: String) -> Self {
        Self { text: text.into(), json, exit: exit::DONE }
    }

    #[must_use]
    pub fn exit(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }
}

/// Prints an answer or an error, and gives the exit code.
pub fn finish(form: Form, answer: Result<Answer, Error>) -> ExitCode {
    match answer {
        Ok(answer) => {
            let document = if form == Form::Json { answer.json } else { answer.text };
            ExitCode::from(if print(&document) { answer.exit } else { exit::FAILED })
        }
        Err(error) => {
            let code = error.code().exit;
            match form {
                Form::Json => drop(print(&serde_json::to_string_pretty(&error_document(&error)).unwrap_or_default())),
                Form::Text => eprint(&error_text(&error, io::stderr().is_terminal())),
            }
            ExitCode::from(code)
        }
    }
}

/// Reads the workbook on stdin and prints it as frames, for the process that started this one.
pub fn frames(request: &str) -> ExitCode {
    let workbook = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    let read = workbook.ok().and_then(|workbook| read_workbook(request, workbook, io::stdout().lock()));
    ExitCode::from(if read.is_some() { exit::DONE } else { exit::FAILED })
}

/// Prints what the command line's parser says: help and version to stdout, a wrong command line as an error.
pub fn finish_parse(error: &clap::Error, json_asked: bool) -> ExitCode {
    if error.use_stderr() && json_asked {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        return finish(Form::Json, Err(Error::new(&codes::cli::USAGE).detail(first)));
    }
    // clap colours for a terminal and ignores a closed pipe.
    drop(error.print());
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::USAGE))
}

/// False when stdout failed for another reason than a reader that has seen enough (`| head`).
fn print(document: &str) -> bool {
    if document.is_empty() {
        return true;
    }
    let mut stdout = io::stdout().lock();
    let end = if document.ends_with('\n') { "" } else { "\n" };
    match write!(stdout, "{document}{end}").and_then(|()| stdout.flush()) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::BrokenPipe,
    }
}

fn eprint(text: &str) {
    // Without stderr there is nobody to tell.
    drop(writeln!(io::stderr().lock(), "{}", text.trim_end()));
}

/// `error[LOAD-012]: message: detail`, then place and hint, for each finding; a hint that repeats stands once.
fn error_text(error: &Error, colour: bool) -> String {
    let (red, dim, plain) = if colour { ("\x1b[1;31m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
    let mut text = String::new();
    let findings: Vec<&Error> = error.findings().collect();
    for (at, finding) in findings.iter().enumerate() {
        let code = finding.code();
        text.push_str(&format!("{red}error[{}]{plain}: {}", code.id, code.message));
        if !finding.detail_text().is_empty() {
            text.push_str(&format!(": {}", finding.detail_text()));
        }
        if let Some(state) = finding.state() {
            text.push_str(&format!(" (SQLSTATE {state})"));
        }
        text.push('\n');
        if let Some(place) = finding.place() {
            text.push_str(&format!("  {dim}at{plain} {place}\n"));
        }
        if findings.get(at + 1).is_none_or(|next| next.code() != code) {
            text.push_str(&format!("  {dim}hint:{plain} {}\n", code.hint));
        }
    }
    if findings.len() > 1 {
        text.push_str(&format!("{} findings\n", findings.len()));
    }
    text
}

fn error_document(error: &Error) -> Value {
    let mut main = finding_document(error);
    if let Value::Object(main) = &mut main {
        let findings: Vec<_> = error.findings().map(finding_document).collect();
        main.insert("findings".into(), Value::Array(findings));
    }
    json!({ "error": main })
}

fn finding_document(error: &Error) -> Value {
    json!({
        "code": error.code().id,
        "message": error.code().message,
        "detail": error.detail_text(),
        "sqlstate": error.state(),
        "place": error.place(),
        "hint": error.code().hint,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_findings() -> Error {
        let first = Error::new(&codes::settings::UNKNOWN_KEY)
            .detail("`run.zon`; the nearest known key is `zone`")
            .at("a.toml:3");
        let second =
            Error::new(&codes::settings::BAD_VALUE).detail("`run.parallel` must be a whole number").at("a.toml:4");
        Error::all(vec![first, second]).expect("there are two")
    }

    #[test]
    fn errors_as_text_list_every_finding() {
        insta::assert_snapshot!(error_text(&two_findings(), false), @r"
        error[CONF-003]: unknown key: `run.zon`; the nearest known key is `zone`
          at a.toml:3
          hint: Use the nearest known key, or remove the line.
        error[CONF-004]: value not accepted: `run.parallel` must be a whole number
          at a.toml:4
          hint: Give a value of the form named.
        2 findings
        ");
    }

    #[test]
    fn errors_as_json_are_one_document() {
        let document = error_document(&two_findings());
        assert_eq!(document["error"]["code"], "CONF-003");
        assert_eq!(document["error"]["findings"].as_array().map(Vec::len), Some(2));
        assert_eq!(document["error"]["findings"][1]["place"], "a.toml:4");
    }
}

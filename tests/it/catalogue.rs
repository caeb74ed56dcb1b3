//! The catalogue of error codes and the page that is made of it.

use std::{collections::BTreeSet, fmt::Write, fs};

use buss::error::{Code, codes};

/// The page as the catalogue gives it.
fn page() -> String {
    let mut page = String::from(
        "# Error codes\n\nMade of the catalogue (`src/error/codes`); a test keeps it equal. `BUSS_BLESS=1 make test` writes it anew.\n\
         `buss explain CODE` tells the same.\n",
    );
    let mut stage = "";
    for code in codes::all() {
        let own = code.id.split('-').next().unwrap_or_default();
        if own != stage {
            stage = own;
            write!(page, "\n## {stage}\n").expect("a string takes text");
        }
        entry(&mut page, code);
    }
    page
}

fn entry(page: &mut String, code: &Code) {
    let Code { id, message, explanation, hint, policy, exit } = code;
    let policy = policy.meaning();
    write!(
        page,
        "\n**{id}** {message}. {explanation}\n*What to do:* {hint}\n*The program* {policy} Exit code {exit}.\n"
    )
    .expect("a string takes text");
}

#[test]
fn every_code_is_unique_and_says_what_to_do() {
    let mut ids = BTreeSet::new();
    for code in codes::all() {
        assert!(ids.insert(code.id), "{} stands twice", code.id);
        let (stage, number) = code.id.split_once('-').expect("an id is STAGE-NUMBER");
        assert!(
            stage.chars().all(|c| c.is_ascii_uppercase())
                && number.len() == 3
                && number.chars().all(|c| c.is_ascii_digit()),
            "{}",
            code.id
        );
        let begins = code.message.chars().next().expect("a message has letters");
        let begins_word =
            code.message.split(' ').next().is_some_and(|word| word.chars().skip(1).any(char::is_uppercase));
        assert!(!begins.is_uppercase() || begins_word, "{}: the message is a lowercase fragment", code.id);
        assert!(!code.message.ends_with('.'), "{}: the message is a fragment", code.id);
        assert!(
            code.hint.ends_with('.') && !code.hint.starts_with(char::is_lowercase),
            "{}: the hint is a sentence",
            code.id
        );
        assert!(code.explanation.ends_with('.'), "{}: the explanation is a sentence", code.id);
        assert!([1, 2, 3, 4, 5, 130].contains(&code.exit), "{}: exit {}", code.id, code.exit);
    }
}

#[test]
fn the_page_is_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ERRORS.md");
    if std::env::var_os("BUSS_BLESS").is_some() {
        fs::write(path, page()).expect("docs can be written");
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "docs/ERRORS.md differs from the catalogue; write it anew with BUSS_BLESS=1");
}

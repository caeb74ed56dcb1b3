//! Workbooks made to harm: each ends with its code, within 64 MiB and the time a workbook may take.
//!
//! Each is read by the real process. What it had at most is what the kernel counted (`VmHWM`), told in its last frame; a process
//! that died of its limits has no last frame, and its limits are what is asserted of it.

use std::{
    io::{Cursor, Read, Write},
    os::unix::process::ExitStatusExt,
    process::{Command, Stdio},
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    PROGRAM, parse,
    workbook::{Workbook, row, text},
};

/// KiB.
const MOST_MEMORY: u64 = 64 * 1024;
const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Reads a workbook twice: through the parser for its code, and by the bare process for what it took.
#[track_caller]
fn refused(what: &str, workbook: &[u8], code: &str) {
    let error = parse(workbook).expect_err(what);
    assert_eq!(error.code().id, code, "{what}: {error}");
    within_bounds(what, workbook);
}

/// Whatever the process says of itself at its end; nothing when it died.
#[track_caller]
fn within_bounds(what: &str, workbook: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), workbook).expect("written");
    let mut child = Command::new(PROGRAM)
        .args(["read-workbook", r#"{"sheet":"Personal","header_rows":2,"fields":["Stadsdel"]}"#])
        .env_clear()
        .stdin(std::fs::File::open(file.path()).expect("opened"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let mut tail = Vec::new();
    let mut output = child.stdout.take().expect("a pipe");
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = output.read(&mut chunk).expect("read");
        if read == 0 {
            break;
        }
        tail.extend_from_slice(&chunk[..read]);
        tail.drain(..tail.len().saturating_sub(512));
    }
    let status = child.wait().expect("it ends");
    if status.success() {
        let said = String::from_utf8_lossy(&tail);
        let peak =
            said.rsplit_once("\"peak_kib\":").and_then(|(_, rest)| rest.trim_end_matches('}').parse::<u64>().ok());
        let peak = peak.unwrap_or_else(|| panic!("{what}: no figure in {said}"));
        assert!(peak <= MOST_MEMORY, "{what}: {peak} KiB");
    } else {
        assert!(matches!(status.signal(), Some(libc::SIGABRT | libc::SIGXCPU)), "{what}: {status}");
    }
}

#[test]
fn a_dimension_of_a_million_columns_and_the_last_cell_are_read_as_what_they_hold() {
    let sheet = Workbook::of(&(row(3, 0, &text("A-1")) + "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"))
        .with(
            SHEET,
            "<sheetData>",
            "<dimension ref=\"A1:ZZZZZ9999999\"/><cols><col min=\"1\" max=\"16384\" hidden=\"1\"/></cols><sheetData>",
        );
    let parsed = parse(&sheet.zipped()).expect("sparse as it is");
    assert_eq!(parsed.table().len(), 1);
    assert!(parsed.told_of_file().contains(&(2, "personal.file.hidden_columns", "count=8")));
    within_bounds("dimension", &sheet.zipped());
}

#[test]
fn counts_that_lie_are_not_believed() {
    let texts = "<sst count=\"4294967295\" uniqueCount=\"4294967295\"><si><t>A-1</t></si></sst>";
    let one = Workbook::of(&row(3, 0, "<c t=\"s\"><v>0</v></c>")).and_texts(texts);
    assert_eq!(parse(&one.zipped()).expect("read").table().len(), 1);
    within_bounds("counts", &one.zipped());
    let beyond = Workbook::of(&row(3, 0, "<c t=\"s\"><v>1</v></c>")).and_texts(texts);
    refused("a text that does not exist", &beyond.zipped(), "PARS-302");
}

#[test]
fn what_inflates_beyond_bounds_is_refused() {
    let endless = |text: &str, times: usize| text.repeat(times);
    let texts = format!("<sst><si><t>{}</t></si></sst>", endless("a", 300 << 20));
    refused("one endless text", &Workbook::of("").and_texts(texts).zipped(), "PARS-304");
    let texts = format!("<sst>{}</sst>", endless(&format!("<si><t>{}</t></si>", "a".repeat(30_000)), 4_000));
    refused("many long texts", &Workbook::of("").and_texts(texts).zipped(), "PARS-304");
    let blanks = format!("<sheetData>{}</sheetData>", endless(" ", 300 << 20));
    refused("a sheet of blanks", &Workbook::of_sheet(&blanks).zipped(), "PARS-304");
    let attribute = format!("<sheetData a=\"{}\"/>", endless("a", 300 << 20));
    refused("one endless attribute", &Workbook::of_sheet(&attribute).zipped(), "PARS-304");
}

#[test]
fn endless_rows_end() {
    // By whichever limit is met first.
    for inside in ["<sheetData>".to_owned() + &"<row/>".repeat(1_100_000), "<x>".repeat(3_000_000)] {
        let workbook = Workbook::of_sheet(&(inside + "</sheetData>")).zipped();
        let error = parse(&workbook).expect_err("it never ends");
        assert!(["PARS-302", "PARS-304", "PARS-305"].contains(&error.code().id), "{error}");
        within_bounds("endless rows", &workbook);
    }
}

#[test]
fn many_small_parts_and_parts_that_share_their_bytes_are_refused() {
    let mut many = Workbook::of("");
    for part in 0..20_000 {
        many = many.and(&format!("xl/media/{part}.xml"), "");
    }
    refused("many parts", &many.zipped(), "PARS-304");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file("[Content_Types].xml", options).expect("a part");
    archive.write_all(b"<Types/>").expect("its bytes");
    archive.shallow_copy_file("[Content_Types].xml", "xl/workbook.xml").expect("the same bytes again");
    refused("overlapping parts", &archive.finish().expect("an archive").into_inner(), "PARS-302");
}

#[test]
fn a_damaged_archive_is_refused() {
    let good = Workbook::of(&row(3, 0, &text("A-1"))).zipped();
    refused("truncated", &good[..good.len() / 2], "PARS-302");
    refused("no end", &good[..good.len() - 30], "PARS-302");
    // The checksum of the last part, in the central directory.
    let at = good.windows(4).rposition(|window| window == b"PK\x01\x02").expect("an entry") + 16;
    let mut wrong = good.clone();
    wrong[at] ^= 0xff;
    refused("wrong checksum", &wrong, "PARS-302");
}

#[test]
fn other_kinds_of_documents_are_told_by_what_they_are() {
    let book = Workbook::of(&row(3, 0, &text("A-1")));
    let of_type = |kind: &str| {
        book.clone()
            .with(
                "[Content_Types].xml",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                kind,
            )
            .zipped()
    };
    refused("old or encrypted", &[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 4096]].concat(), "PARS-301");
    refused("text", b"Stadsdel;Anst\xc3\xa4llningsnummer\n24;1\n", "PARS-301");
    refused("macros", &of_type("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "PARS-301");
    refused("binary", &of_type("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "PARS-301");
    refused(
        "a letter",
        &of_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
        "PARS-301",
    );
    refused(
        "OpenDocument",
        &book.and("mimetype", "application/vnd.oasis.opendocument.spreadsheet").zipped(),
        "PARS-301",
    );
}

#[test]
fn entities_and_what_lies_outside_are_never_looked_up() {
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "A-1").expect("written");
    let outside = format!("<!DOCTYPE x [<!ENTITY x SYSTEM \"file://{}\">]>", secret.path().display());
    let billion = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    for declared in [outside.as_str(), billion] {
        let book = Workbook::of(&row(3, 0, &text("&x;"))).with(SHEET, "<worksheet", &format!("{declared}<worksheet"));
        refused("a document type", &book.zipped(), "PARS-302");
    }
    refused("an entity", &Workbook::of(&row(3, 0, &text("&x;"))).zipped(), "PARS-302");
    let external = "Target=\"file:///etc/passwd\" TargetMode=\"External\"";
    let book = Workbook::of(&row(3, 0, &text("A-1")));
    refused(
        "an outside sheet",
        &book.with("xl/_rels/workbook.xml.rels", "Target=\"worksheets/sheet1.xml\"", external).zipped(),
        "PARS-303",
    );
}

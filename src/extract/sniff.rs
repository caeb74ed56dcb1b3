//! What kind of file the first bytes show, where that is certainly none of the text formats declared.
//!
//! Pure. Text is never judged here beyond "this is a web page": that is the parser's work.

use crate::pipeline::Format;

/// Bytes needed to tell.
pub(super) const HEAD_BYTES: usize = 512;

const ZIP: &[u8] = b"PK\x03\x04";

const MARKS: [(&[u8], &str); 10] = [
    (ZIP, "a zip archive or an Office document"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1F\x8B", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xFD7zXZ\x00", "an xz file"),
    (b"\x28\xB5\x2F\xFD", "a zstd file"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"%PDF-", "a PDF document"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old or encrypted Office document"),
    (b"\xFF\xFE", "UTF-16 text"),
];

/// The name of the other format, if the head of the file shows one.
pub(super) fn other_format(head: &[u8], declared: Format) -> Option<&'static str> {
    // A workbook is a zip archive; every other format is text.
    if declared == Format::Xlsx && head.starts_with(ZIP) {
        return None;
    }
    let mark = MARKS.iter().find(|(mark, _)| head.starts_with(mark)).map(|&(_, name)| name);
    mark.or_else(|| head.starts_with(b"\xFE\xFF").then_some("UTF-16 text")).or_else(|| web_page(head))
}

fn web_page(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let starts = |mark: &str| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes()));
    if ["<!doctype", "<html", "<head", "<body"].iter().any(|mark| starts(mark)) {
        return Some("a web page");
    }
    starts("<?xml").then_some("an XML document")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_kinds_are_told_by_their_first_bytes() {
        for head in [
            &b"\xEF\xBB\xBF \r\n<!DocType html><title>Logga in</title>"[..],
            b"<HTML>",
            b"<?xml version=\"1.0\"?>",
            b"PK\x03\x04xlsx",
            b"\x1F\x8B\x08",
            b"\xFF\xFEA\0",
            b"\xFE\xFF\0A",
            b"%PDF-1.4",
        ] {
            assert!(other_format(head, Format::Csv).is_some(), "{head:?}");
        }
    }

    #[test]
    fn a_workbook_is_a_zip_archive_and_nothing_else() {
        assert_eq!(other_format(b"PK\x03\x04xlsx", Format::Xlsx), None);
        for head in [&b"PK\x05\x06"[..], b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"<html>", b"%PDF-1.4", b"\x1F\x8B\x08"] {
            assert!(other_format(head, Format::Xlsx).is_some(), "{head:?}");
        }
    }

    #[test]
    fn the_declared_formats_pass() {
        for head in [
            &b"Anm\xE4lan-id;Personnummer\r\n"[..],
            b"\xEF\xBB\xBFStadsdel\n",
            b"#FLAGGA 0\n",
            b" {\"version\": \"2.0\"}",
            b"\"<html>\";x\n",
            b"P",
            b"",
        ] {
            assert_eq!(other_format(head, Format::Csv), None, "{head:?}");
        }
    }
}

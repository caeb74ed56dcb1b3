//! Workbooks written part by part, so that a test can say exactly what stands in them.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The heading of `personal`, as two rows.
const HEADING: [&str; 8] = [
    "Anställningsnummer",
    "Mätmånad",
    "Yrkesgrupp",
    "Tjänstgöringsgrad",
    "Socionomexamen",
    "Erfarenhet sedan",
    "Full kompetens",
    "Stadsdel",
];

/// Parts by name, in order.
#[derive(Debug, Clone)]
pub struct Workbook(Vec<(String, Vec<u8>)>);

impl Workbook {
    /// A whole workbook whose one sheet holds these rows (XML) below the heading of `personal`.
    pub fn of(rows: &str) -> Self {
        Self::of_sheet(&format!("<sheetData>{}{rows}</sheetData>", heading()))
    }

    /// A whole workbook with this inside the sheet's element.
    pub fn of_sheet(inside: &str) -> Self {
        let parts = [
            (
                "[Content_Types].xml",
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>",
            ),
            (
                "_rels/.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
            ),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Personal\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
            ),
        ];
        let mut parts: Vec<_> =
            parts.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        let sheet = format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{inside}</worksheet>"
        );
        parts.push(("xl/worksheets/sheet1.xml".to_owned(), sheet.into_bytes()));
        Self(parts)
    }

    /// Replaces in one part.
    pub fn with(mut self, part: &str, from: &str, to: &str) -> Self {
        let found = self.0.iter_mut().find(|(name, _)| name == part).expect("a part");
        let text = String::from_utf8(std::mem::take(&mut found.1)).expect("text");
        assert!(text.contains(from), "{part} holds {from}");
        found.1 = text.replacen(from, to, 1).into_bytes();
        self
    }

    /// Adds a part.
    pub fn and(mut self, part: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push((part.to_owned(), bytes.into()));
        self
    }

    /// Adds the part of shared texts, and the relation to it.
    pub fn and_texts(self, texts: impl Into<Vec<u8>>) -> Self {
        self.related("sharedStrings", "sharedStrings.xml").and("xl/sharedStrings.xml", texts)
    }

    /// Adds the part of styles, whose cell formats have these codes.
    pub fn and_styles(self, codes: &[&str]) -> Self {
        let formats: String = codes
            .iter()
            .zip(164..)
            .map(|(code, id)| format!("<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>"))
            .collect();
        let cells: String = (164..).take(codes.len()).map(|id| format!("<xf numFmtId=\"{id}\"/>")).collect();
        let styles = format!(
            "<styleSheet><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>{cells}</cellXfs></styleSheet>"
        );
        self.related("styles", "styles.xml").and("xl/styles.xml", styles)
    }

    fn related(self, kind: &str, target: &str) -> Self {
        let relation = format!(
            "<Relationship Id=\"r{kind}\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/{kind}\" Target=\"{target}\"/></Relationships>"
        );
        self.with("xl/_rels/workbook.xml.rels", "</Relationships>", &relation)
    }

    pub fn zipped(&self) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in &self.0 {
            archive.start_file(name.as_str(), options).expect("a part");
            archive.write_all(bytes).expect("its bytes");
        }
        archive.finish().expect("an archive").into_inner()
    }
}

/// Two heading rows of which the first holds a group.
fn heading() -> String {
    let names = HEADING.iter().map(|name| text(name)).collect::<String>();
    format!("<row r=\"1\">{}</row><row r=\"2\">{names}</row>", text("Anställd"))
}

/// A cell with a text.
pub fn text(text: &str) -> String {
    format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// A good row of `personal`, with one cell (from 0) replaced by XML.
pub fn row(number: u32, column: usize, cell: &str) -> String {
    let good = ["A-1", "2007-03", "Övrig", "100", "Ja", "1998-05", "Ja", "24"];
    let cells: String =
        good.iter().enumerate().map(|(at, value)| if at == column { cell.to_owned() } else { text(value) }).collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

//! The zip archive and its parts: which there are, what kind of document they make, and their bytes within a budget.
//!
//! In: the file. Out: parts by name, their relations resolved. Refused: what is no archive or another kind of workbook, parts
//! that stand twice or overlap, and more bytes after inflating than [`MOST_INFLATED`].

use std::{
    collections::HashMap,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::{
    PartXml, broken, too_large,
    xml::{Node, Xml, attribute},
};
use crate::error::{Error, Result, codes};

/// Most bytes read after inflating, over all parts together: some hundred times a district's year of personnel.
const MOST_INFLATED: u64 = 128 << 20;
/// Most parts of an archive.
const MOST_PARTS: usize = 4096;
/// Bytes of a part read at once.
const CHUNK: usize = 32 * 1024;
/// First bytes of a compound file: old Excel, or a workbook with a password.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

pub(super) struct Package<S> {
    archive: ZipArchive<S>,
    /// Places by name; OPC compares names without regard to case.
    places: HashMap<String, usize>,
    budget: u64,
}

/// A part of the same package that another one refers to.
pub(super) struct Relation {
    pub id: String,
    /// Last word of its type (`worksheet`), which transitional and strict documents have in common.
    pub kind: String,
    pub target: String,
}

/// The bytes of one part.
pub(super) type Part<'a, S> = BufReader<Bounded<'a, ZipFile<'a, S>>>;

/// Takes what it reads from a budget, and fails when that is spent.
pub(super) struct Bounded<'a, R> {
    input: R,
    budget: &'a mut u64,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        *self.budget = self.budget.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

impl<S: Read + Seek> Package<S> {
    pub fn open(mut source: S) -> Result<Self> {
        let mut head = [0; 8];
        let read = source.read_exact(&mut head).and_then(|()| source.seek(SeekFrom::Start(0)));
        if read.is_err() || !head.starts_with(b"PK") {
            let what = if head == COMPOUND { "it is an old or encrypted workbook" } else { "it is no zip archive" };
            return Err(other_format(what));
        }
        let mut archive = ZipArchive::new(source).map_err(|error| problem(&error))?;
        if archive.len() > MOST_PARTS {
            return Err(too_large("parts"));
        }
        if archive.has_duplicate_names() || archive.has_overlapping_entries().map_err(|error| problem(&error))? {
            return Err(broken("parts stand twice or overlap"));
        }
        let mut places = HashMap::new();
        for place in 0..archive.len() {
            let name = archive.name_for_index(place).ok_or_else(|| broken("a part has no name"))?;
            let name = name.map_err(|error| problem(&error))?.to_lowercase();
            if places.insert(name, place).is_some() {
                return Err(broken("parts stand twice or overlap"));
            }
        }
        let mut package = Self { archive, places, budget: MOST_INFLATED };
        package.check_kind()?;
        Ok(package)
    }

    /// The elements of a part; `None` when there is none of that name.
    pub fn part(&mut self, name: &str) -> Result<Option<PartXml<'_, S>>> {
        let Some(place) = self.places.get(&name.to_lowercase()) else { return Ok(None) };
        let input = self.archive.by_index(*place).map_err(|error| problem(&error))?;
        let bounded = Bounded { input, budget: &mut self.budget };
        Ok(Some(Xml::new(BufReader::with_capacity(CHUNK, bounded))))
    }

    /// The part that is the workbook.
    pub fn main_part(&mut self) -> Result<String> {
        let relations = self.relations("")?;
        let main = relations.into_iter().find(|relation| relation.kind == "officeDocument");
        main.map(|relation| relation.target).ok_or_else(|| other_format("it has no workbook"))
    }

    /// What a part refers to inside the package; the package itself has no name. What lies outside is not even looked at.
    pub fn relations(&mut self, part: &str) -> Result<Vec<Relation>> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = format!("{folder}{}_rels/{file}.rels", if folder.is_empty() { "" } else { "/" });
        let Some(mut xml) = self.part(&name)? else { return Ok(Vec::new()) };
        let mut relations = Vec::new();
        while let Some(node) = xml.next()? {
            let Node::Start(element) = node else { continue };
            if element.local_name().as_ref() != "Relationship"
                || attribute(&element, "TargetMode")?.is_some_and(|mode| mode.eq_ignore_ascii_case("external"))
            {
                continue;
            }
            if let (Some(id), Some(kind), Some(target)) =
                (attribute(&element, "Id")?, attribute(&element, "Type")?, attribute(&element, "Target")?)
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id, kind, target: resolved(folder, &target) });
            }
            if relations.len() > MOST_PARTS {
                return Err(too_large("relations"));
            }
        }
        Ok(relations)
    }

    /// Tells other kinds of documents by what they say they are.
    fn check_kind(&mut self) -> Result<()> {
        if self.places.contains_key("mimetype") {
            return Err(other_format("it is an OpenDocument file"));
        }
        let types = self.part("[Content_Types].xml")?;
        let mut xml = types.ok_or_else(|| other_format("it is an archive and no Office document"))?;
        let mut workbook = false;
        while let Some(node) = xml.next()? {
            let Node::Start(element) = node else { continue };
            let Some(kind) = attribute(&element, "ContentType")? else { continue };
            let kind = kind.to_ascii_lowercase();
            if kind.contains("sheet.binary") {
                return Err(other_format("it is a binary workbook (.xlsb)"));
            }
            if kind.contains("macroenabled") || kind.contains("vbaproject") {
                return Err(other_format("it is a workbook with macros"));
            }
            workbook |= kind.contains("spreadsheetml.sheet.main+xml");
        }
        if workbook { Ok(()) } else { Err(other_format("it has no workbook")) }
    }
}

/// A target as written in a part of that folder, as a name of the package.
fn resolved(folder: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { folder };
    let mut names: Vec<&str> = Vec::new();
    for name in base.split('/').chain(target.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            _ => names.push(name),
        }
    }
    names.join("/")
}

fn problem(error: &ZipError) -> Error {
    match error {
        ZipError::UnsupportedArchive(_) => broken("a part is encrypted, or packed in a way no workbook is"),
        _ => broken("the archive is cut off or damaged"),
    }
}

fn other_format(what: &str) -> Error {
    Error::new(&codes::parse::XLSX_OTHER_FORMAT).detail(what)
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn targets_are_resolved_from_the_folder_of_the_part_and_never_leave_the_package() {
        for (folder, target, name) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "../xl/./styles.xml", "xl/styles.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolved(folder, target), name);
        }
    }
}

//! The workbook itself: a zip archive of XML parts (ECMA-376, transitional and strict).
//!
//! In: the bytes, from wherever they can be sought. Out: its sheets, and the rows of one of them, one at a time. What is
//! held is what a part needs to be understood: looks of numbers, shared texts, one row. No size or count that the file claims
//! is believed, nothing outside the file is looked up, and a part is inflated only as far as the budget goes.

mod looks;
mod package;
mod sheet;
mod texts;
mod xml;

use std::io::{Read, Seek};

use looks::Looks;
use package::Package;
pub(super) use sheet::Sheet;
use texts::Texts;
use xml::{Xml, attribute, is_true};

use crate::{
    error::{Error, Result, codes},
    parse::xlsx::frame::RowBytes,
};

/// More sheets than anyone leafs through.
const MOST_SHEETS: usize = 256;

/// A workbook with its texts and looks at hand.
pub(super) struct Book<S> {
    package: Package<S>,
    sheets: Vec<Tab>,
    texts: Texts,
    looks: Looks,
    date_1904: bool,
}

/// A sheet as the workbook lists it.
#[derive(Debug)]
pub(super) struct Tab {
    pub name: String,
    /// Neither hidden nor very hidden, and a sheet of cells.
    pub visible: bool,
    part: Option<String>,
}

impl<S: Read + Seek> Book<S> {
    pub fn open(source: S) -> Result<Self> {
        let mut package = Package::open(source)?;
        let main = package.main_part()?;
        let relations = package.relations(&main)?;
        let target = |id: &str, kind: &str| {
            let found = relations.iter().find(|relation| relation.kind == kind && (id.is_empty() || relation.id == id));
            found.map(|relation| relation.target.clone())
        };
        let (listed, date_1904) = listed(&mut package, &main)?;
        let tab = |(name, shown, id): (String, bool, String)| {
            let part = target(&id, "worksheet");
            Tab { name, visible: shown && part.is_some(), part }
        };
        let sheets = listed.into_iter().map(tab).collect();
        let looks = Looks::read(&mut package, target("", "styles").as_deref())?;
        let texts = Texts::read(&mut package, target("", "sharedStrings").as_deref())?;
        Ok(Self { package, sheets, texts, looks, date_1904 })
    }

    pub fn sheets(&self) -> &[Tab] {
        &self.sheets
    }

    /// Days are counted from 1904 and not from 1900.
    pub fn date_1904(&self) -> bool {
        self.date_1904
    }

    /// The rows of a sheet, from its first.
    pub fn sheet(&mut self, place: usize) -> Result<Sheet<'_, S>> {
        let part = self.sheets.get(place).and_then(|tab| tab.part.as_deref());
        let part = part.ok_or_else(|| broken("a sheet's part is missing"))?;
        let xml = self.package.part(part)?.ok_or_else(|| broken("a sheet's part is missing"))?;
        Ok(Sheet::new(xml, &self.texts, &self.looks, RowBytes::default()))
    }
}

/// A sheet's name, whether it is visible, and its relation.
type Listed = (String, bool, String);

/// Each sheet in order, and whether days are counted from 1904.
fn listed<S: Read + Seek>(package: &mut Package<S>, main: &str) -> Result<(Vec<Listed>, bool)> {
    let mut xml = package.part(main)?.ok_or_else(|| broken("the workbook's part is missing"))?;
    let (mut sheets, mut date_1904) = (Vec::new(), false);
    while let Some(node) = xml.next()? {
        let xml::Node::Start(element) = node else { continue };
        match element.local_name().as_ref() {
            "workbookPr" => date_1904 = attribute(&element, "date1904")?.is_some_and(|value| is_true(&value)),
            "sheet" => {
                let name = attribute(&element, "name")?.ok_or_else(|| broken("a sheet has no name"))?;
                let id = attribute(&element, "id")?.ok_or_else(|| broken("a sheet has no part"))?;
                let state = attribute(&element, "state")?;
                sheets.push((name, state.is_none_or(|state| state == "visible"), id));
                if sheets.len() > MOST_SHEETS {
                    return Err(too_large("sheets"));
                }
            }
            _ => {}
        }
    }
    Ok((sheets, date_1904))
}

fn broken(detail: &str) -> Error {
    Error::new(&codes::parse::XLSX_BROKEN).detail(detail)
}

fn too_large(what: &str) -> Error {
    Error::new(&codes::parse::XLSX_TOO_LARGE).detail(what)
}

/// A part's elements, whoever reads them.
type PartXml<'a, S> = Xml<package::Part<'a, S>>;

//! Whole files through the parser: what is taken, what is a reason, what refuses the file.

mod refusals;
mod rows;
mod variants;

use std::{io::Cursor, sync::OnceLock};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::concat_batches,
    datatypes::{Date32Type, Int16Type, Int64Type},
};

use super::*;
use crate::{
    land::Encoding,
    model::{DatasetName, Period, Reason, SliceKey},
    pipeline::{Assets, Pipeline, Reference},
    privacy::Pseudonyms,
    settings::{Deliverer, Paths},
};

/// The columns of the dataset, in the order of these tests' rows.
const HEADER: &str = "Anmälan-id;Personnummer;Ofött barn;Kön;Skyddad identitet;Inkom;Typ;Anmälare;Orsak;Skyddsbedömning;Beslut;Beslutsdatum;Lagrum;Utredning-id;Stadsdel";

/// A child of the official test numbers, born in 2000.
fn child() -> String {
    children().into_iter().find(|number| number.starts_with("2000")).unwrap()
}

fn children() -> Vec<String> {
    serde_json::from_str(include_str!("../../../tests/corpora/personnummer/children.json")).unwrap()
}

/// One good row with some cells replaced, by header.
fn row(changes: &[(&str, &str)]) -> String {
    let child = child();
    let good = [
        "A-1",
        &child,
        "",
        "",
        "Nej",
        "2007-03-04",
        "Anmälan",
        "Skola",
        "Våld mot barn",
        "2007-03-05",
        "Utredning inleds",
        "2007-03-10",
        "11:1",
        "U-1",
        "24",
    ];
    let cell =
        |(header, value)| changes.iter().find(|(changed, _)| *changed == header).map_or(value, |(_, value)| *value);
    HEADER.split(';').zip(good).map(cell).collect::<Vec<_>>().join(";")
}

/// Who delivers which file, when.
struct Night {
    deliverer: Deliverer,
    pipeline: Pipeline,
    period: i32,
    business_date: &'static str,
    batch_rows: usize,
}

/// What came out of a file.
#[derive(Debug)]
struct Parsed {
    rows: RecordBatch,
    reasons: Vec<Reason>,
    end: ParseEnd,
}

impl Night {
    fn new() -> Self {
        let pipeline = toml::from_str(include_str!("../../../pipelines/anmalningar.toml")).unwrap();
        Self { deliverer: deliverer("24"), pipeline, period: 2007, business_date: "2008-01-15", batch_rows: 3 }
    }

    fn of_columns(columns: &str) -> Self {
        let declaration = include_str!("../../../pipelines/anmalningar.toml");
        let head = "name = \"prov\"\ntitle = \"Prov\"\ngrain = \"one\"\ndeliverers = \"district\"\nextension = \"csv\"\nformat = \"csv\"\ncoverage = \"2007..2007\"\nschedule = \"0 0 2 * * *\"\namount = \"belopp\"\n";
        let target = &declaration[declaration.find("[target]").unwrap()..];
        let pipeline = toml::from_str(&format!("{head}{columns}\n{target}")).unwrap();
        Self { pipeline, ..Self::new() }
    }

    fn parse(&self, bytes: &[u8]) -> Result<Parsed> {
        let slice = SliceKey {
            dataset: DatasetName::new(self.pipeline.name.as_str()),
            period: Period::from(self.period),
            deliverer: self.deliverer.code.clone(),
        };
        let pseudonyms = Pseudonyms::new([7; 32]);
        let context = Context {
            pipeline: &self.pipeline,
            deliverer: &self.deliverer,
            slice: &slice,
            business_date: self.business_date.parse().unwrap(),
            reference: reference(),
            pseudonyms: &pseudonyms,
            batch_rows: self.batch_rows,
            program: None,
        };
        let (mut batches, mut reasons) = (Vec::new(), Vec::new());
        let source = Source::new(Box::new(Cursor::new(bytes.to_vec())), encoding(bytes));
        let end = read(source, &context, &mut |batch| {
            let (rows, found) = batch.into_parts();
            batches.push(rows);
            reasons.extend(found);
            Ok(())
        })?;
        let rows = concat_batches(&crate::parse::schema(&self.pipeline), &batches).unwrap();
        Ok(Parsed { rows, reasons, end })
    }

    /// A file of the dataset with these rows.
    fn rows(&self, rows: &[String]) -> Parsed {
        self.parse(format!("{HEADER}\n{}\n", rows.join("\n")).as_bytes()).unwrap()
    }
}

impl Parsed {
    /// (record, rule) of each reason.
    fn rules(&self) -> Vec<(i64, &str)> {
        self.reasons.iter().map(|reason| (reason.record, &*reason.rule)).collect()
    }

    fn text(&self, column: &str) -> Vec<Option<&str>> {
        self.rows.column_by_name(column).unwrap().as_string::<i32>().iter().collect()
    }

    fn bytes(&self, column: &str) -> Vec<Option<&[u8]>> {
        self.rows.column_by_name(column).unwrap().as_fixed_size_binary().iter().collect()
    }

    fn int16(&self, column: &str) -> Vec<Option<i16>> {
        self.rows.column_by_name(column).unwrap().as_primitive::<Int16Type>().iter().collect()
    }

    fn int64(&self, column: &str) -> Vec<Option<i64>> {
        self.rows.column_by_name(column).unwrap().as_primitive::<Int64Type>().iter().collect()
    }
}

fn deliverer(code: &str) -> Deliverer {
    let declared = format!("code = \"{code}\"\nname = \"Prov\"\nkind = \"district\"\nbase_url = \"file:///prov\"\n");
    toml::from_str(&declared).unwrap()
}

fn reference() -> &'static Reference {
    static LOADED: OnceLock<Reference> = OnceLock::new();
    LOADED.get_or_init(|| {
        let paths: Paths = toml::from_str("data_dir = \"unused\"").unwrap();
        Reference::load(&Assets::load(&paths).unwrap().reference).unwrap()
    })
}

/// As the landing notes it.
fn encoding(bytes: &[u8]) -> Encoding {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => Encoding::Utf8Bom,
        Ok(_) => Encoding::Utf8,
        Err(_) => Encoding::NotUtf8,
    }
}

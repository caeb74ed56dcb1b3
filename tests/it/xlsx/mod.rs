//! Workbooks through the real reading process: what is taken, what is told, what is refused and within which bounds.

mod hostile;
mod producers;
mod tables;
mod workbook;

use std::{path::Path, sync::OnceLock};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::concat_batches,
    datatypes::{Date32Type, Decimal128Type, Int64Type},
};
use buss::{
    Result,
    land::Landing,
    model::{DatasetName, Period, Reason, SliceKey, Tally},
    parse::{self, Context, ParseEnd},
    pipeline::{Declarations, Pipeline},
    privacy::Pseudonyms,
    settings::{Deliverer, Settings},
};

/// The program that is started again for each workbook.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_buss");

/// What came out of a workbook.
#[derive(Debug)]
pub struct Parsed {
    pub rows: RecordBatch,
    pub reasons: Vec<Reason>,
    pub file_reasons: Vec<Reason>,
    pub tally: Tally,
}

fn declarations() -> &'static Declarations {
    static LOADED: OnceLock<Declarations> = OnceLock::new();
    LOADED.get_or_init(|| {
        let settings = Settings::load(None, std::iter::empty()).expect("settings");
        Declarations::load(&settings).expect("declarations")
    })
}

pub fn personal() -> Pipeline {
    declarations().pipeline("personal").expect("it is declared").clone()
}

pub fn parse(workbook: &[u8]) -> Result<Parsed> {
    parse_as(&personal(), workbook)
}

pub fn parse_as(pipeline: &Pipeline, workbook: &[u8]) -> Result<Parsed> {
    let dir = tempfile::tempdir().expect("a directory");
    let landing = Landing::open(dir.path(), age::x25519::Identity::generate()).expect("a landing");
    let landed = landing.land_bytes(workbook).expect("landed");
    let deliverer: Deliverer =
        toml::from_str("code = \"24\"\nname = \"Prov\"\nkind = \"district\"\nbase_url = \"file:///prov\"\n")
            .expect("a deliverer");
    let slice = SliceKey {
        dataset: DatasetName::new(pipeline.name.as_str()),
        period: Period::from(2007),
        deliverer: deliverer.code.clone(),
    };
    let context = Context {
        pipeline,
        deliverer: &deliverer,
        slice: &slice,
        business_date: "2008-01-15".parse().expect("a date"),
        reference: &declarations().reference,
        pseudonyms: &Pseudonyms::new([7; 32]),
        batch_rows: 3,
        program: Some(Path::new(PROGRAM)),
    };
    let (mut batches, mut reasons) = (Vec::new(), Vec::new());
    let ParseEnd { tally, file_reasons } = parse::parse(&landed, &context, &mut |batch| {
        let (rows, found) = batch.into_parts();
        batches.push(rows);
        reasons.extend(found);
        Ok(())
    })?;
    let rows = concat_batches(&parse::schema(pipeline), &batches).expect("batches of one schema");
    Ok(Parsed { rows, reasons, file_reasons, tally })
}

impl Parsed {
    /// One line per row: record, line and every declared column but the pseudonym, which is cut to four bytes.
    pub fn table(&self) -> Vec<String> {
        (0..self.rows.num_rows()).map(|row| self.line(row)).collect()
    }

    fn line(&self, row: usize) -> String {
        let number = |name| self.rows[name].as_primitive::<Int64Type>().value(row).to_string();
        let text = |name| {
            let column = self.rows[name].as_string::<i32>();
            if column.is_null(row) { "–".to_owned() } else { column.value(row).to_owned() }
        };
        let date = |name| {
            let column = self.rows[name].as_primitive::<Date32Type>();
            column.value_as_date(row).filter(|_| column.is_valid(row)).map_or("–".to_owned(), |date| date.to_string())
        };
        let boolean = |name| {
            let column = self.rows[name].as_boolean();
            if column.is_null(row) {
                "–"
            } else if column.value(row) {
                "Ja"
            } else {
                "Nej"
            }
            .to_owned()
        };
        let degree = self.rows["tjanstgoringsgrad"].as_primitive::<Decimal128Type>();
        let degree = if degree.is_null(row) { "–".to_owned() } else { degree.value(row).to_string() };
        let id = self.rows["employee"].as_fixed_size_binary();
        let id = if id.is_null(row) { "–".to_owned() } else { hex::encode(&id.value(row)[..4]) };
        [
            number("_record"),
            number("_line"),
            id,
            date("matmanad"),
            text("yrkesgrupp"),
            degree,
            boolean("socionomexamen"),
            date("erfarenhet_sedan"),
            boolean("full_kompetens"),
            text("stadsdel"),
        ]
        .join(" ")
    }

    /// (line, rule, class) of what rejects rows.
    pub fn told(&self) -> Vec<(i64, &str, &str)> {
        self.reasons.iter().map(|reason| (reason.line, &*reason.rule, reason.class.as_str())).collect()
    }

    /// (line, rule, class) of what is told of the file.
    pub fn told_of_file(&self) -> Vec<(i64, &str, &str)> {
        self.file_reasons.iter().map(|reason| (reason.line, &*reason.rule, reason.class.as_str())).collect()
    }
}

/// The pseudonym of an id, as [`Parsed::table`] shows it.
pub fn id(text: &str) -> String {
    hex::encode(&Pseudonyms::new([7; 32]).of(buss::pipeline::Scope::Staff, text)[..4])
}

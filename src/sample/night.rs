//! Writes the extracts of a whole night to disk.

use std::{
    collections::BTreeMap,
    fs, mem,
    path::{Path, PathBuf},
    rc::Rc,
};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    MADE_UP, Options, PlantedFault, Report, SampleFile,
    chain::{Chain, FIRST_YEAR, LAST_YEAR, Scene, Year},
    children::Children,
    config,
    costs::costs,
    csv::Style,
    dice::Dice,
    expected::{Document, Expected},
    faults::{self, FileFault},
    intakes, interventions, investigations,
    offices::{Office, Offices},
    population::{children_0_17, population},
    sie::{Form, books},
    staff::Staff,
    table::Row,
    workbook::{self, Cell, workbook},
};
use crate::{Error, Result, error::codes::sample as codes, model::ContentHash};

const REVIEW: &str = include_str!("../../sample/granskning_2022.csv");

/// Writes the sample into `out`, which is made where it is missing. Files of the same name are replaced.
///
/// # Errors
/// `SAMP-…`: the scale or the directory is not accepted, or a file cannot be written.
pub fn write(out: &Path, options: Options) -> Result<Report> {
    if !(0.01..=1000.0).contains(&options.scale) {
        return Err(Error::new(&codes::BAD_SCALE));
    }
    let dir = std::path::absolute(out).map_err(|error| not_written(out, &error))?;
    let settings = config::settings(&dir)?;
    let offices = Offices::of_the_demo();
    let children = Rc::new(Children::shared_out(options.seed, offices.of_year(2007)));
    let mut night =
        Night { dir, options, children, files: Vec::new(), faults: Vec::new(), expected: Expected::default() };
    night.cases(&offices)?;
    let staff =
        Staff::of_the_city(options.seed, offices.of_year(FIRST_YEAR), &offices.of_year(LAST_YEAR).collect::<Vec<_>>());
    for year in FIRST_YEAR..=LAST_YEAR {
        for office in offices.of_year(year) {
            night.staff(&staff, office, year)?;
        }
    }
    for year in 2004..=2007 {
        night.books(&offices.of_year(year).collect::<Vec<_>>(), year)?;
    }
    for year in 2004..=2008 {
        night.population(&offices.of_year(year).collect::<Vec<_>>(), year)?;
    }
    let rows = REVIEW.lines().count() as u64 - 1;
    night.keep(&Slice::of_the_city("granskning", 2022, "csv"), REVIEW.into(), rows, None)?;
    night.finish(&settings)
}

struct Night {
    dir: PathBuf,
    options: Options,
    children: Rc<Children>,
    files: Vec<SampleFile>,
    faults: Vec<PlantedFault>,
    expected: Expected,
}

/// Which file.
struct Slice<'a> {
    deliverer: &'a str,
    district: &'a str,
    dataset: &'static str,
    period: i32,
    extension: &'static str,
}

impl<'a> Slice<'a> {
    fn of_office(office: &'a Office, dataset: &'static str, period: i32, extension: &'static str) -> Self {
        Self { deliverer: &office.code, district: &office.name, dataset, period, extension }
    }

    fn of_the_city(dataset: &'static str, period: i32, extension: &'static str) -> Self {
        Self { deliverer: "stad", district: "Stockholms stad", dataset, period, extension }
    }

    fn path(&self) -> String {
        format!("{}/{}_{}.{}", self.deliverer, self.dataset, self.period, self.extension)
    }
}

impl Night {
    fn fault(&self, slice: &Slice<'_>) -> Option<FileFault> {
        faults::of_file(self.options.faults, slice.deliverer, slice.dataset, slice.period)
    }

    /// Intakes, investigations and interventions: each year goes on from the one before, where two districts have become one
    /// from both.
    fn cases(&mut self, offices: &Offices) -> Result<()> {
        let mut carried: BTreeMap<String, Chain> = BTreeMap::new();
        for year in FIRST_YEAR - 1..=LAST_YEAR {
            let mut before = mem::take(&mut carried);
            for office in offices.of_year(year) {
                // The same district a year before had the same name; one that is new has its parts' cases.
                let mut chain = before.remove(&office.name).or_else(|| before.remove(&office.code)).unwrap_or_default();
                self.cases_of(office, year, &mut chain)?;
                let heir = if year == 2006 { &office.home } else { &office.name };
                carried.entry(heir.clone()).or_default().join(chain);
            }
        }
        Ok(())
    }

    fn cases_of(&mut self, office: &Office, year: i32, chain: &mut Chain) -> Result<()> {
        let children = Rc::clone(&self.children);
        let scene = Scene { office, year, scale: self.options.scale, children: &children };
        let mut dice = Dice::new(self.options.seed, &format!("{} {year}", office.name));
        let mut lived = chain.year(&scene, &mut dice);
        if year < FIRST_YEAR {
            return Ok(());
        }
        let rows = lived.intakes.iter().map(|intake| intake.row(&scene)).collect();
        if !self.csv(&scene, "anmalningar", &intakes::HEADERS, rows)? {
            lived.intakes.clear();
        }
        let rows = lived.investigations.iter().map(|investigation| investigation.row(&scene)).collect();
        if !self.csv(&scene, "utredningar", &investigations::HEADERS, rows)? {
            lived.investigations.clear();
        }
        let rows = lived.interventions.iter().map(|intervention| intervention.row(&scene)).collect();
        if !self.csv(&scene, "insatser", &interventions::HEADERS, rows)? {
            lived.interventions.clear();
        }
        self.add_bad_intake_that_loads(office, year, &mut lived);
        self.expected.year(office, year, &lived, &children);
        Ok(())
    }

    /// The planted row with the unknown optional code loads: it is one more intake of the child it copies.
    fn add_bad_intake_that_loads(&self, office: &Office, year: i32, lived: &mut Year) {
        if faults::has_bad_rows(self.options.faults, &office.code, year) {
            let copied = lived.intakes.iter().rfind(|intake| intake.child.is_some()).cloned();
            lived.intakes.extend(copied);
        }
    }

    /// Writes a CSV extract; true when its good rows must be loaded.
    fn csv(
        &mut self,
        scene: &Scene<'_>,
        dataset: &'static str,
        headers: &'static [&'static str],
        mut rows: Vec<Row>,
    ) -> Result<bool> {
        let (office, year) = (scene.office, scene.year);
        let slice = Slice::of_office(office, dataset, year, "csv");
        let (path, fault) = (slice.path(), self.fault(&slice));
        let style = Style::of(office, headers, self.options.seed);
        let mut header = style.header();
        if let Some(fault) = fault {
            fault.spoil_rows(headers, &mut rows);
            fault.spoil_header(&mut header);
        }
        let mut text = style.line(&header);
        for (number, row) in rows.iter().enumerate() {
            let mut record = style.record(number, row);
            record.resize(header.len(), String::new());
            text.push_str(&style.line(&record));
        }
        let mut written = rows.len();
        if faults::has_bad_rows(self.options.faults, &office.code, year) {
            let (records, planted) = faults::bad_rows(dataset, &style, &rows, &path, scene.children);
            written += records.len();
            text.extend(records.iter().map(|record| style.line(record)));
            self.faults.extend(planted);
        }
        self.keep(&slice, style.encode(&text), written as u64, fault)?;
        Ok(fault.is_none())
    }

    fn staff(&mut self, staff: &Staff, office: &Office, year: i32) -> Result<()> {
        let slice = Slice::of_office(office, "personal", year, "xlsx");
        let (path, fault) = (slice.path(), self.fault(&slice));
        let listed = staff.of_office(office, year);
        let mut records: Vec<_> = listed.iter().map(|employment| workbook::record(employment, office)).collect();
        if fault.is_none() {
            self.expected.staff(office, year, &listed);
        }
        if let (Some(FileFault::WrongDistrict), Some(last)) = (fault, records.last_mut()) {
            last[7] = Cell::Text(faults::OTHER_DISTRICT.to_owned());
        }
        if faults::has_bad_rows(self.options.faults, &office.code, year) {
            let (bad, planted) = faults::bad_records(&records, &path);
            records.extend(bad);
            self.faults.extend(planted);
        }
        let misplaced = fault.map_or(workbook::Misplaced::No, FileFault::misplaced);
        let bytes =
            workbook(office, year, &records, misplaced).map_err(|_| Error::new(&codes::NOT_WRITTEN).at(&path))?;
        self.keep(&slice, bytes, records.len() as u64, fault)
    }

    fn books(&mut self, offices: &[&Office], year: i32) -> Result<()> {
        let by_activity: Vec<(&Office, bool)> =
            offices.iter().map(|office| (*office, Form::of(office, year).by_activity())).collect();
        let lines = costs(&by_activity, year, self.options.seed);
        for (office, lines) in offices.iter().zip(lines) {
            let slice = Slice::of_office(office, "ekonomi", year, "se");
            let fault = self.fault(&slice);
            let (bytes, rows) = books(office, year, &lines, fault == Some(FileFault::WrongChecksum));
            if fault.is_none() {
                self.expected.costs(office, year, &lines);
            }
            self.keep(&slice, bytes, rows, fault)?;
        }
        Ok(())
    }

    fn population(&mut self, offices: &[&Office], year: i32) -> Result<()> {
        let (bytes, rows) = population(offices, year);
        for office in offices {
            self.expected.population(office, year, children_0_17(office, year));
        }
        self.keep(&Slice::of_the_city("befolkning", year, "json"), bytes, rows, None)
    }

    /// Writes one extract, spoilt where it shall be, with a side file where its office writes them.
    fn keep(&mut self, slice: &Slice<'_>, bytes: Vec<u8>, rows: u64, fault: Option<FileFault>) -> Result<()> {
        let path = slice.path();
        self.faults.extend(fault.map(|fault| fault.manifest(&path)));
        let side_path = format!("{path}.sha256");
        for stale in [&path, &side_path] {
            // A file of an earlier sample must not stand where this one has none.
            let _ = fs::remove_file(self.dir.join(stale));
        }
        let bytes = match fault {
            Some(fault) => fault.spoil_bytes(bytes),
            None => Some(bytes),
        };
        let Some(bytes) = bytes else { return Ok(()) };
        self.put(&path, &bytes)?;
        let hash = ContentHash(Sha256::digest(&bytes).into());
        let proves = ["04", "10", "24", "stad"].contains(&slice.deliverer);
        if proves && fault.is_none_or(|fault| fault == FileFault::WrongHash) {
            let stated = if fault.is_some() { ContentHash([0; 32]) } else { hash };
            let name = path.rsplit('/').next().unwrap_or_default();
            self.put(&side_path, format!("{stated}  {name}\n").as_bytes())?;
        }
        self.files.push(SampleFile {
            deliverer: slice.deliverer.to_owned(),
            district: slice.district.to_owned(),
            dataset: slice.dataset,
            period: slice.period,
            path,
            rows,
            sha256: hash.to_string(),
        });
        Ok(())
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.dir.join(path);
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&path, bytes)
        };
        write().map_err(|error| not_written(&path, &error))
    }

    fn finish(mut self, settings: &str) -> Result<Report> {
        let readme = config::readme(&self.options, &self.faults);
        let expected = std::mem::take(&mut self.expected).document();
        self.put("buss.toml", settings.as_bytes())?;
        self.put("README.md", readme.as_bytes())?;
        self.put("faults.json", &json(&self.faults))?;
        let summary = Summary { options: self.options, made_up: MADE_UP, files: &self.files, expected };
        self.put("expected.json", &json(&summary))?;
        Ok(Report {
            config: self.dir.join("buss.toml"),
            dir: self.dir,
            files: self.files,
            faults: self.faults,
            made_up: MADE_UP,
        })
    }
}

/// `expected.json`.
#[derive(Serialize)]
struct Summary<'a> {
    options: Options,
    made_up: &'static str,
    files: &'a [SampleFile],
    #[serde(flatten)]
    expected: Document,
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // These types hold text and numbers only, so they always have a JSON form.
    serde_json::to_vec_pretty(value).map(|text| [&text[..], b"\n"].concat()).unwrap_or_default()
}

fn not_written(path: &Path, error: &std::io::Error) -> Error {
    Error::new(&codes::NOT_WRITTEN).detail(error.kind()).at(path.display())
}

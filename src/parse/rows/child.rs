//! The child of a row: the number becomes a pseudonym, sex, birth year and month, and age on the day of the event.
//!
//! An unborn child has no number yet; the case stands for it, within the district as it is called in the organisation of
//! fourteen, so that the reorganisation of 2007 does not make two children of one.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, FixedSizeBinaryBuilder, Int16Builder, StringBuilder};
use chrono::NaiveDate;

use super::{
    Shared,
    column::unusable,
    notes::{Notes, Subject},
};
use crate::{
    error::{Error, Result, codes},
    parse::{
        Context,
        cell::{Cell, Status, boolean, class, composed, date, month},
        schema::PSEUDONYM_BYTES,
    },
    pipeline::{Column, Scope},
    privacy::{Flaw, Personnummer, Sex},
};

/// First day of the organisation of fourteen districts.
const FOURTEEN_DISTRICTS: &str = "2007-01-01";

pub(super) struct ChildSink {
    place: usize,
    event: Option<usize>,
    unborn: Option<usize>,
    unborn_case: Vec<usize>,
    protected: Option<usize>,
    sex: Option<usize>,
    scope: Scope,
    /// The deliverer's district in the organisation of fourteen.
    district: String,
    subject: Subject,
    sex_subject: Option<Subject>,
    pseudonyms: FixedSizeBinaryBuilder,
    sexes: StringBuilder,
    birth_years: Int16Builder,
    birth_months: Int16Builder,
    unborns: BooleanBuilder,
    ages: Int16Builder,
}

/// What is known of the child of one row.
struct Child {
    pseudonym: [u8; 16],
    sex: Option<Sex>,
    birth_year: Option<i16>,
    birth_month: Option<i16>,
    unborn: bool,
    age: Option<i16>,
}

impl ChildSink {
    pub fn new(context: &Context<'_>, place: usize, column: &Column) -> Result<Self> {
        let pipeline = context.pipeline;
        let dataset = pipeline.name.as_str();
        let find = |name: &String| {
            let place = pipeline.columns.iter().position(|column| column.name == *name);
            place.ok_or_else(|| unusable(dataset, &column.name, name))
        };
        Ok(Self {
            place,
            event: column.event_date.as_ref().map(find).transpose()?,
            unborn: column.unborn.as_ref().map(find).transpose()?,
            unborn_case: column.unborn_case.iter().map(find).collect::<Result<_>>()?,
            protected: pipeline.protected.as_ref().map(find).transpose()?,
            sex: column.sex.as_ref().map(find).transpose()?,
            scope: column.scope.unwrap_or(Scope::Child),
            district: fourteen_district(context),
            subject: Subject::column(dataset, &column.name),
            sex_subject: column.sex.as_ref().map(|name| Subject::column(dataset, name)),
            pseudonyms: FixedSizeBinaryBuilder::new(PSEUDONYM_BYTES),
            sexes: StringBuilder::new(),
            birth_years: Int16Builder::new(),
            birth_months: Int16Builder::new(),
            unborns: BooleanBuilder::new(),
            ages: Int16Builder::new(),
        })
    }

    pub fn push<'c>(&mut self, cell: &dyn Fn(usize) -> Cell<'c>, shared: &Shared<'_>, notes: &mut Notes) -> Result<()> {
        let child = match text_of(cell(self.place)) {
            Ok(number) => self.with_number(number, cell, shared, notes),
            Err(Status::Unknown) if says_yes(self.unborn, cell) => self.unborn(cell, shared, notes),
            Err(status) => {
                notes.reject(&mut self.subject, "required", status.as_str().to_owned());
                None
            }
        };
        self.append(child)
    }

    pub fn push_null(&mut self) -> Result<()> {
        self.append(None)
    }

    pub fn finish(&mut self, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(self.pseudonyms.finish()));
        arrays.push(Arc::new(self.sexes.finish()));
        arrays.push(Arc::new(self.birth_years.finish()));
        arrays.push(Arc::new(self.birth_months.finish()));
        arrays.push(Arc::new(self.unborns.finish()));
        arrays.push(Arc::new(self.ages.finish()));
    }

    fn with_number<'c>(
        &mut self,
        text: &str,
        cell: &dyn Fn(usize) -> Cell<'c>,
        shared: &Shared<'_>,
        notes: &mut Notes,
    ) -> Option<Child> {
        let event = self.event.and_then(|place| day_of(cell(place)));
        let number = match Personnummer::read(text, event) {
            Ok(number) => number,
            Err(flaw) => {
                let (constraint, what) = words(flaw);
                notes.reject(&mut self.subject, constraint, format!("{} {what}", class(text)));
                return None;
            }
        };
        let declared = self.declared_sex(cell);
        if let Some(subject) = self.sex_subject.as_mut().filter(|_| declared.is_some_and(|sex| sex != number.sex())) {
            notes.warn(subject, "sex", "differs from the number's".to_owned());
        }
        Some(Child {
            pseudonym: number.with_canonical(|canonical| shared.pseudonyms.of(self.scope, canonical)),
            sex: Some(number.sex()),
            birth_year: i16::try_from(number.birth_year()).ok(),
            birth_month: number.birth_month().and_then(|month| i16::try_from(month).ok()),
            unborn: false,
            age: event.and_then(|event| i16::try_from(number.age_on(event)).ok()),
        })
    }

    /// A protected child always has a number, so that its protection follows it. A suppressed flag protects.
    fn unborn<'c>(
        &mut self,
        cell: &dyn Fn(usize) -> Cell<'c>,
        shared: &Shared<'_>,
        notes: &mut Notes,
    ) -> Option<Child> {
        if says_yes(self.protected, cell) || is_suppressed(self.protected, cell) {
            notes.reject(&mut self.subject, "required", "unknown protected".to_owned());
            return None;
        }
        let Some(case) = self.unborn_case.iter().find_map(|&place| text_of(cell(place)).ok()) else {
            notes.reject(&mut self.subject, "identity", "unborn without a case".to_owned());
            return None;
        };
        let canonical = format!("ofodd:{}:{}", self.district, composed(case));
        Some(Child {
            pseudonym: shared.pseudonyms.of(self.scope, &canonical),
            sex: self.declared_sex(cell),
            birth_year: None,
            birth_month: None,
            unborn: true,
            age: None,
        })
    }

    fn append(&mut self, child: Option<Child>) -> Result<()> {
        let Some(child) = child else {
            self.pseudonyms.append_null();
            self.sexes.append_null();
            self.birth_years.append_null();
            self.birth_months.append_null();
            self.unborns.append_null();
            self.ages.append_null();
            return Ok(());
        };
        self.sexes.append_option(child.sex.map(Sex::as_str));
        self.birth_years.append_option(child.birth_year);
        self.birth_months.append_option(child.birth_month);
        self.unborns.append_value(child.unborn);
        self.ages.append_option(child.age);
        self.pseudonyms.append_value(child.pseudonym).map_err(|_| Error::new(&codes::parse::BATCH))
    }

    /// `F` or `P`, in any case.
    fn declared_sex<'c>(&self, cell: &dyn Fn(usize) -> Cell<'c>) -> Option<Sex> {
        let text = self.sex.and_then(|place| text_of(cell(place)).ok())?;
        [("F", Sex::Flicka), ("P", Sex::Pojke)]
            .into_iter()
            .find_map(|(code, sex)| text.eq_ignore_ascii_case(code).then_some(sex))
    }
}

fn says_yes<'c>(place: Option<usize>, cell: &dyn Fn(usize) -> Cell<'c>) -> bool {
    place.and_then(|place| text_of(cell(place)).ok()).and_then(boolean) == Some(true)
}

fn is_suppressed<'c>(place: Option<usize>, cell: &dyn Fn(usize) -> Cell<'c>) -> bool {
    place.is_some_and(|place| matches!(text_of(cell(place)), Err(Status::Suppressed)))
}

/// The trimmed text of a cell, or why it has none.
fn text_of(cell: Cell<'_>) -> std::result::Result<&str, Status> {
    match cell {
        Cell::Text(text) => {
            let text = text.trim();
            Status::of(text).map_or(Ok(text), Err)
        }
        Cell::Absent(status) => Err(status),
        _ => Err(Status::Unknown),
    }
}

fn day_of(cell: Cell<'_>) -> Option<NaiveDate> {
    match cell {
        Cell::Date(date) => Some(date),
        Cell::Text(text) => date(text.trim()).or_else(|| month(text.trim())),
        _ => None,
    }
}

/// The rule a flaw breaks, and the words for its class.
const fn words(flaw: Flaw) -> (&'static str, &'static str) {
    match flaw {
        Flaw::Form => ("identity", "form=bad"),
        Flaw::Plus => ("identity", "form=plus"),
        Flaw::CheckDigit => ("identity", "luhn=bad"),
        Flaw::BirthNumber => ("identity", "luhn=ok birth number=bad"),
        Flaw::Date => ("identity", "luhn=ok date=bad"),
        Flaw::NoEvent => ("identity", "luhn=ok century=open"),
        Flaw::Age => ("age", "luhn=ok date=ok age=out of range"),
    }
}

/// A code says which district only together with a date: before 2007 it is looked up in the succession.
fn fourteen_district(context: &Context<'_>) -> String {
    let own = context.deliverer.code.as_str();
    let before = context.slice.period.year().is_some_and(|year| year < 2007);
    let successor = || {
        let list = context.reference.list("district_succession")?;
        let (from, to, day) = (list.column("from_code")?, list.column("to_code")?, list.column("effective_date")?);
        let is_ours = |row: &&Vec<String>| {
            row.get(from).map(String::as_str) == Some(own)
                && row.get(day).map(String::as_str) == Some(FOURTEEN_DISTRICTS)
        };
        list.rows.iter().find(is_ours)?.get(to).cloned()
    };
    before.then(successor).flatten().unwrap_or_else(|| own.to_owned())
}

//! The second pass over a SIE file: every row that counts becomes a row of the dataset, every other one is accounted for.

use std::{collections::BTreeSet, io::BufRead};

use chrono::NaiveDate;

use super::{
    activity::Activities,
    codepage::CodePage,
    entry::{Entry, Movement, first_of_month},
    lines::{Lines, Place},
    reading::Reading,
    survey::{Month, Scenario, Survey},
    token::Line,
    voucher::Vouchers,
};
use crate::{
    Error, Result,
    error::codes::parse as codes,
    model::{Ore, Tally},
    parse::{
        Context,
        cell::{Cell, Status},
        rows::RowSink,
    },
    pipeline::Pipeline,
};

/// What becomes of a row in scope.
enum Fate {
    Control,
    /// A row of the dataset, with this amount.
    Fact(Option<Ore>),
}

/// What a declared column takes of a row (its `field`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Account,
    Activity,
    Month,
    Scenario,
    Amount,
    District,
}

/// One row of the dataset, as it goes to the columns.
struct Fact<'r> {
    place: Place,
    scenario: Scenario,
    account: &'r str,
    activity: Option<&'r str>,
    month: Result<Option<NaiveDate>, &'r str>,
    amount: Result<Ore, &'r str>,
}

pub(super) struct Emitter<'a, 's> {
    survey: &'a Survey,
    reading: Reading,
    code_page: CodePage,
    activities: Activities,
    district: &'a str,
    fields: Vec<Field>,
    rows: RowSink<'a, 's>,
    tally: Tally,
    /// Rows given without an activity.
    without_activity: u64,
    /// Cells whose total was met: what its activities hold is taken off once.
    divided: BTreeSet<(Scenario, String, NaiveDate)>,
    /// The first row with an activity of a cell that has no total.
    undivided: Vec<(Place, Scenario, String, NaiveDate)>,
}

impl<'a, 's> Emitter<'a, 's> {
    pub(super) fn new(
        survey: &'a Survey,
        reading: Reading,
        code_page: CodePage,
        context: &Context<'a>,
        rows: RowSink<'a, 's>,
    ) -> Result<Self> {
        Ok(Self {
            survey,
            reading,
            code_page,
            activities: Activities::new(context.deliverer.sie.activity_dimension),
            district: context.deliverer.code.as_str(),
            fields: Field::of(context.pipeline)?,
            rows,
            tally: Tally::default(),
            without_activity: 0,
            divided: BTreeSet::new(),
            undivided: Vec::new(),
        })
    }

    /// Reads the file to its end and hands over the last batch. Gives the balance, and the number of rows without activity.
    pub(super) fn read(mut self, source: impl BufRead) -> Result<(Tally, u64)> {
        let mut vouchers = Vouchers::default();
        let mut lines = Lines::new(source);
        while let Some((place, line)) = lines.next()? {
            match &line {
                Line::Row(row) => {
                    let entry = Entry::of(row);
                    self.activities.declare(&entry);
                    vouchers.see(&entry, row, place)?;
                    self.entry(entry, place, vouchers.date())?;
                }
                Line::Open => vouchers.open(place)?,
                Line::Close => vouchers.close(place)?,
                Line::Blank => {}
            }
        }
        self.omitted_totals()?;
        self.rows.finish()?;
        Ok((self.tally, self.without_activity))
    }

    fn entry(&mut self, entry: Entry<'_>, place: Place, voucher_date: Option<NaiveDate>) -> Result<()> {
        match entry {
            Entry::YearResult { year, amount, .. } => {
                let amount = amount.unwrap_or_default();
                self.count_read(amount);
                if year == Some(0) {
                    self.control(amount);
                } else {
                    self.out_of_scope(amount);
                }
                Ok(())
            }
            Entry::Outcome(movement) => self.movement(Scenario::Outcome, &movement, place, false),
            Entry::Budget(movement) => self.movement(Scenario::Budget, &movement, place, false),
            Entry::Transaction(mut movement) => {
                if let Ok(month @ None) = &mut movement.month {
                    *month = voucher_date.and_then(first_of_month);
                }
                self.movement(Scenario::Outcome, &movement, place, true)
            }
            _ => Ok(()),
        }
    }

    fn movement(&mut self, scenario: Scenario, movement: &Movement<'_>, place: Place, booked: bool) -> Result<()> {
        let amount = movement.amount.clone().ok();
        self.count_read(amount.unwrap_or_default());
        if movement.out_of_scope() {
            self.out_of_scope(amount.unwrap_or_default());
            return Ok(());
        }
        let activity = self.activities.of(movement.objects).map(<[u8]>::to_vec);
        let fate = if booked && self.reading != Reading::Transactions {
            Fate::Control
        } else if movement.is_ragged() {
            return self.ragged(movement, place);
        } else {
            self.fate(scenario, movement, activity.is_some(), place)
        };
        match fate {
            Fate::Control => {
                self.control(amount.unwrap_or_default());
                Ok(())
            }
            Fate::Fact(amount) => {
                let activity = activity.map(|code| self.code_page.decode(&code).into_owned());
                self.row(&Fact {
                    place,
                    scenario,
                    account: &self.code_page.decode(movement.account),
                    activity: activity.as_deref(),
                    month: movement.month.as_ref().copied().map_err(String::as_str),
                    amount: amount.ok_or_else(|| movement.amount.as_ref().err().map_or("", String::as_str)),
                })
            }
        }
    }

    /// A row whose fields cannot be told from one another.
    fn ragged(&mut self, movement: &Movement<'_>, place: Place) -> Result<()> {
        // Its amount is not read either: no row carries it.
        self.tally.amount_read = Ore(self.tally.amount_read.0 - movement.amount.as_ref().map_or(0, |amount| amount.0));
        let class = format!("objects={}", movement.objects.len());
        self.rows.unreadable(place.record, place.line, "ragged", class)
    }

    fn row(&mut self, fact: &Fact<'_>) -> Result<()> {
        self.without_activity += u64::from(fact.activity.is_none());
        let (fields, district) = (&self.fields, self.district);
        self.rows.row(fact.place.record, fact.place.line, |column| match fields[column] {
            Field::Account => Cell::Text(fact.account),
            Field::Activity => fact.activity.map_or(Cell::Absent(Status::Unknown), Cell::Text),
            Field::Month => match fact.month {
                Ok(Some(month)) => Cell::Date(month),
                Ok(None) => Cell::Absent(Status::Unknown),
                Err(class) => Cell::Malformed(class),
            },
            Field::Scenario => Cell::Text(fact.scenario.as_str()),
            Field::Amount => match fact.amount {
                Ok(amount) => Cell::Decimal(amount.0),
                Err(class) => Cell::Malformed(class),
            },
            Field::District => Cell::Text(district),
        })
    }

    fn fate(&mut self, scenario: Scenario, movement: &Movement<'_>, carries: bool, place: Place) -> Fate {
        let amount = movement.amount.clone().ok();
        let bare = movement.objects.is_empty();
        match self.reading {
            Reading::Remainder | Reading::Transactions => Fate::Fact(amount),
            Reading::RemainderOfActivity if bare || carries => Fate::Fact(amount),
            Reading::Totals if bare => self.remainder_of(scenario, movement, amount),
            Reading::Totals if carries => {
                self.note_undivided(scenario, movement, place);
                Fate::Fact(amount)
            }
            Reading::Totals if self.lone_budget(scenario, movement) => Fate::Fact(amount),
            Reading::Totals | Reading::RemainderOfActivity => Fate::Control,
        }
    }

    /// The total's row becomes the remainder without activity; where nothing remains, it is a control row.
    fn remainder_of(&mut self, scenario: Scenario, movement: &Movement<'_>, amount: Option<Ore>) -> Fate {
        let Some((account, month, total)) = movement.sound() else { return Fate::Fact(amount) };
        let cell = self.cell(scenario, &account, month);
        if cell.carrying_rows == 0 || !self.divided.insert((scenario, account, month)) {
            return Fate::Fact(amount);
        }
        if total == cell.carrying {
            return Fate::Control;
        }
        self.tally.amount_control += cell.carrying;
        Fate::Fact(Some(Ore(total.0 - cell.carrying.0)))
    }

    fn cell(&self, scenario: Scenario, account: &str, month: NaiveDate) -> Month {
        let sums = self.survey.accounts.get(&(scenario, account.to_owned()));
        sums.and_then(|sums| sums.months.get(&month)).copied().unwrap_or_default()
    }

    /// A row with objects only, of an account whose budget has neither totals nor activities.
    fn lone_budget(&self, scenario: Scenario, movement: &Movement<'_>) -> bool {
        let account = super::entry::account_text(movement.account);
        let sums = self.survey.accounts.get(&(scenario, account));
        sums.is_some_and(|sums| sums.stands_alone(scenario) && sums.carrying_rows == 0)
    }

    fn note_undivided(&mut self, scenario: Scenario, movement: &Movement<'_>, place: Place) {
        let Some((account, month, _)) = movement.sound() else { return };
        let alone =
            self.survey.accounts.get(&(scenario, account.clone())).is_none_or(|sums| sums.stands_alone(scenario));
        let known = self.undivided.iter().any(|(_, of, it, at)| (*of, it, *at) == (scenario, &account, month));
        if !alone && !known && self.cell(scenario, &account, month).bare_rows == 0 {
            self.undivided.push((place, scenario, account, month));
        }
    }

    /// A total that the file leaves out is a row of zero: what the month's activities hold is taken off it all the same,
    /// else the account would not close.
    fn omitted_totals(&mut self) -> Result<()> {
        for (place, scenario, account, month) in std::mem::take(&mut self.undivided) {
            let held = self.cell(scenario, &account, month).carrying;
            if held == Ore::default() {
                continue;
            }
            self.count_read(Ore::default());
            self.tally.amount_control += held;
            let (month, amount) = (Ok(Some(month)), Ok(Ore(-held.0)));
            self.row(&Fact { place, scenario, account: &account, activity: None, month, amount })?;
        }
        Ok(())
    }

    fn count_read(&mut self, amount: Ore) {
        self.tally.rows_read += 1;
        self.tally.amount_read += amount;
    }

    fn control(&mut self, amount: Ore) {
        self.tally.rows_control += 1;
        self.tally.amount_control += amount;
    }

    fn out_of_scope(&mut self, amount: Ore) {
        self.tally.rows_out_of_scope += 1;
        self.tally.amount_out_of_scope += amount;
    }
}

impl Field {
    fn of(pipeline: &Pipeline) -> Result<Vec<Self>> {
        let field = |column: &crate::pipeline::Column| {
            Ok(match column.field.as_str() {
                "konto" => Self::Account,
                "verksamhet" => Self::Activity,
                "period" => Self::Month,
                "scenario" => Self::Scenario,
                "belopp" => Self::Amount,
                "stadsdel" => Self::District,
                _ => {
                    let detail = format!("{}.{}: `field` names nothing of a SIE row", pipeline.name, column.name);
                    return Err(Error::new(&codes::BAD_COLUMN).detail(detail));
                }
            })
        };
        pipeline.columns.iter().map(field).collect()
    }
}

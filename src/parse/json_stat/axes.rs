//! How a cube's dimensions become the columns of a dataset: which dimension is which column, and what a category means.
//!
//! A column's `field` is the id of a dimension, compared without case and accents; a year column may also be found by the role
//! `time` and a district column by the role `geo`. `value` is the cell. A dimension that is no column may stand beside only as
//! the metric, with one category: any other would make the cells mean something else than the dataset.
//!
//! *Totals* are the sender's sums over what stands beside them, and never rows: a code that joins all codes of the column with
//! `+` (`1+2`); `tot…`; an age group (`0-9`, `-9`, `65+`) whose single ages all stand in the dimension. The last open age
//! (`100+`, the column's maximum) is a single age.

use chrono::NaiveDate;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::cube::{Axis, Cube};
use crate::{
    Error, Result,
    error::codes::parse as codes,
    parse::Context,
    pipeline::{Column, ColumnType, fold},
};

/// What a category is to its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    Text(String),
    Number(i64),
    /// Not a code of the day; holds the class.
    Malformed(&'static str),
    /// A sum over other categories.
    Total,
}

/// Where a column's cell comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    Value,
    /// Position of the dimension, and its categories' members.
    Dimension(usize, Vec<Member>),
}

impl Source {
    /// The member a cell has here; `None` of the cell itself.
    pub(super) fn member(&self, coordinates: &[usize]) -> Option<&Member> {
        match self {
            Self::Value => None,
            Self::Dimension(at, members) => members.get(coordinates[*at]),
        }
    }
}

/// The name of the column that takes the cell.
const VALUE: &str = "value";

/// The columns' sources in order of declaration.
pub(super) fn sources(cube: &Cube, context: &Context<'_>) -> Result<Vec<Source>> {
    let mut taken = vec![false; cube.dimensions.len()];
    let columns = &context.pipeline.columns;
    let sources = columns.iter().map(|column| {
        if column.field == VALUE {
            return Ok(Source::Value);
        }
        let at = position(cube, column).filter(|at| !taken[*at]).ok_or_else(|| {
            Error::new(&codes::JSTAT_OTHER_SHAPE).detail(format!("no single dimension for `{}`", column.name))
        })?;
        taken[at] = true;
        let axis = &cube.dimensions[at];
        if column.kind == ColumnType::Year {
            check_year(axis, context)?;
        }
        Ok(Source::Dimension(at, members(axis, column, context)))
    });
    let sources = sources.collect::<Result<Vec<_>>>()?;
    check_others(cube, &taken)?;
    Ok(sources)
}

fn position(cube: &Cube, column: &Column) -> Option<usize> {
    let named = |name: &str| {
        let mut found = (0..cube.dimensions.len()).filter(|at| plain(&cube.dimensions[*at].id) == plain(name));
        found.next().filter(|_| found.next().is_none())
    };
    let in_role = match column.kind {
        ColumnType::Year => &cube.role.time,
        ColumnType::District => &cube.role.geo,
        _ if column.code_list.is_some() => &cube.role.geo,
        _ => return named(&column.field),
    };
    let by_role = || match in_role.as_slice() {
        [only] => cube.dimensions.iter().position(|axis| axis.id == *only),
        _ => None,
    };
    named(&column.field).or_else(by_role)
}

/// Lower case without accents: `Ålder` = `alder`.
fn plain(id: &str) -> String {
    fold(id).nfd().filter(|letter| !is_combining_mark(*letter)).collect()
}

fn check_others(cube: &Cube, taken: &[bool]) -> Result<()> {
    for (at, axis) in cube.dimensions.iter().enumerate().filter(|(at, _)| !taken[*at]) {
        let metric = cube.role.metric.contains(&axis.id) || plain(&axis.id) == "contentscode";
        if !metric || axis.categories.len() != 1 {
            let what = if metric { "several measures" } else { "not of this dataset" };
            return Err(Error::new(&codes::JSTAT_OTHER_SHAPE).detail(format!("dimension {}: {what}", at + 1)));
        }
    }
    Ok(())
}

/// The file is one year's complete slice: it holds that year and no other.
fn check_year(axis: &Axis, context: &Context<'_>) -> Result<()> {
    match axis.categories.as_slice() {
        [year] if year == context.slice.period.as_str() => Ok(()),
        categories => Err(Error::new(&codes::JSTAT_OTHER_YEAR).detail(format!("{} time categories", categories.len()))),
    }
}

fn members(axis: &Axis, column: &Column, context: &Context<'_>) -> Vec<Member> {
    let member = |category: &String| match column.kind {
        ColumnType::Integer => age(category, axis, column),
        ColumnType::Code if *category == column.values.join("+") && column.values.len() > 1 => Member::Total,
        _ if column.code_list.is_some() => listed(category, column, context),
        _ => Member::Text(category.clone()),
    };
    axis.categories.iter().map(member).collect()
}

fn age(category: &str, axis: &Axis, column: &Column) -> Member {
    if let Some(age) = digits(category) {
        return Member::Number(age);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a declared bound of an age is small and whole")]
    let oldest = column.maximum.map(|maximum| maximum as i64);
    let open = category.strip_suffix('+').and_then(digits);
    if open.is_some() && open == oldest {
        return Member::Number(open.unwrap_or_default());
    }
    let singles = |from: i64, to: i64| from <= to && (from..=to).all(|age| has_single(axis, age, oldest));
    let group = match (open, category.split_once('-')) {
        (Some(from), _) => Some((from, oldest.unwrap_or(from))),
        (None, Some(("", to))) => digits(to).map(|to| (0, to)),
        (None, Some((from, to))) => digits(from).zip(digits(to)),
        (None, None) => None,
    };
    let all = category.to_ascii_lowercase().starts_with("tot") && axis.categories.iter().any(|it| digits(it).is_some());
    if all || group.is_some_and(|(from, to)| singles(from, to)) {
        Member::Total
    } else {
        Member::Text(category.to_owned())
    }
}

fn has_single(axis: &Axis, age: i64, oldest: Option<i64>) -> bool {
    axis.categories.iter().any(|category| {
        digits(category) == Some(age) || oldest == Some(age) && category.strip_suffix('+').and_then(digits) == Some(age)
    })
}

/// One to three digits and nothing else.
fn digits(text: &str) -> Option<i64> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// A code that the list knows, but not on the last day of the period, is not that day's.
fn listed(category: &str, column: &Column, context: &Context<'_>) -> Member {
    let text = Member::Text(category.to_owned());
    let list = column.code_list.as_deref().and_then(|name| context.reference.list(name));
    let day = context.slice.period.year().and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31));
    let (Some(list), Some(day)) = (list, day) else { return text };
    let mut versions = list.rows.iter().filter(|row| fold(&row[0]) == fold(category)).peekable();
    let known = versions.peek().is_some();
    if known && !versions.any(|row| list.is_valid_on(row, day)) {
        Member::Malformed("code not valid on the last day of the year")
    } else {
        text
    }
}

//! A document that fits together: dimensions with their categories in order, and a cell for every combination.
//!
//! In: a [`Document`]. Out: a [`Cube`] of any dataset's dimensions, or the refusal of what is no dataset, lies about its size
//! or names a position twice. Cells are in row-major order of `id`, the last dimension running fastest (JSON-stat 2.0).

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Category, Document, Index, MAX_CELLS, Placed, Role, Statuses, Value, Values};
use crate::{Error, Result, error::codes::parse as codes};

#[derive(Debug)]
pub(super) struct Cube {
    pub(super) dimensions: Vec<Axis>,
    pub(super) role: Role,
    cells: usize,
    values: Values,
    status: Status,
}

/// One dimension: its id and its categories in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) id: String,
    pub(super) categories: Vec<String>,
}

#[derive(Debug)]
enum Status {
    None,
    All(String),
    Each(Vec<Option<String>>),
    Some(BTreeMap<usize, Option<String>>),
}

impl Cube {
    pub(super) fn of(document: Document) -> Result<Self> {
        match document.class.as_deref() {
            Some("dataset") => {}
            _ => return Err(Error::new(&codes::JSTAT_NOT_DATASET).detail("the class is not dataset")),
        }
        let values = document.value.ok_or_else(|| Error::new(&codes::JSTAT_NOT_DATASET).detail("no values"))?;
        let cells = product(&document.size)?;
        let dimensions = axes(&document.id, &document.size, document.dimension)?;
        match &values {
            // A table's metadata has the members of a dataset, and an empty value.
            Values::Dense(values) if values.is_empty() && cells > 0 => {
                return Err(Error::new(&codes::JSTAT_NOT_DATASET).detail("no values"));
            }
            Values::Dense(values) if values.len() != cells => {
                return Err(inconsistent(format!("size gives {cells} cells, value has {}", values.len())));
            }
            Values::Sparse(values) if values.last_key_value().is_some_and(|(cell, _)| *cell >= cells) => {
                return Err(inconsistent(format!("size gives {cells} cells, value names one beyond")));
            }
            _ => {}
        }
        let status = status(document.status, cells)?;
        Ok(Self { dimensions, role: document.role, cells, values, status })
    }

    pub(super) fn cells(&self) -> usize {
        self.cells
    }

    /// The value of a cell and its line. A cell that a sparse document leaves out is null.
    pub(super) fn value(&self, cell: usize) -> Placed {
        match &self.values {
            Values::Dense(values) => values[cell],
            Values::Sparse(values) => values.get(&cell).copied().unwrap_or((Value::Null, 1)),
        }
    }

    /// The mark of a cell, if it has one.
    pub(super) fn status(&self, cell: usize) -> Option<&str> {
        match &self.status {
            Status::None => None,
            Status::All(mark) => Some(mark),
            Status::Each(marks) => marks[cell].as_deref(),
            Status::Some(marks) => marks.get(&cell)?.as_deref(),
        }
    }

    /// The position of a cell's category in each dimension, in order of `id`.
    pub(super) fn coordinates(&self, cell: usize, into: &mut Vec<usize>) {
        into.clear();
        let mut rest = cell;
        for axis in self.dimensions.iter().rev() {
            into.push(rest % axis.categories.len());
            rest /= axis.categories.len();
        }
        into.reverse();
    }
}

fn inconsistent(detail: String) -> Error {
    Error::new(&codes::JSTAT_INCONSISTENT).detail(detail)
}

/// Cells by `size`, whatever it claims.
fn product(size: &[u64]) -> Result<usize> {
    let too_large = || Error::new(&codes::JSTAT_TOO_LARGE).detail(format!("size claims more than {MAX_CELLS} cells"));
    if size.contains(&0) {
        return Ok(0);
    }
    let cells = size.iter().try_fold(1_u64, |cells, size| cells.checked_mul(*size)).ok_or_else(too_large)?;
    usize::try_from(cells).ok().filter(|cells| *cells <= MAX_CELLS).ok_or_else(too_large)
}

fn axes(
    ids: &[String],
    size: &[u64],
    mut dimensions: BTreeMap<String, super::document::Dimension>,
) -> Result<Vec<Axis>> {
    if ids.is_empty() || ids.len() != size.len() {
        return Err(inconsistent(format!("id names {} dimensions, size {}", ids.len(), size.len())));
    }
    let axis = |(at, (id, size)): (usize, (&String, &u64))| {
        let place = format!("dimension {}", at + 1);
        let found = dimensions.remove(id).ok_or_else(|| inconsistent(format!("{place} is missing or stands twice")))?;
        let categories =
            categories(found.category)
                .filter(|categories| u64::try_from(categories.len()) == Ok(*size))
                .ok_or_else(|| inconsistent(format!("{place}: its categories do not fill its size once each")))?;
        Ok(Axis { id: id.clone(), categories })
    };
    ids.iter().zip(size).enumerate().map(axis).collect()
}

/// Categories in order; `None` when positions are missing, doubled or beyond, or a category stands twice.
fn categories(category: Category) -> Option<Vec<String>> {
    let ordered = match category.index {
        Some(Index::Array(categories)) => categories,
        Some(Index::Object(positions)) => {
            let mut placed: Vec<(u64, String)> =
                positions.into_iter().map(|(name, position)| (position, name)).collect();
            placed.sort_unstable();
            if placed.iter().zip(0_u64..).any(|((position, _), expected)| *position != expected) {
                return None;
            }
            placed.into_iter().map(|(_, name)| name).collect()
        }
        // Without an index there is one category, which the label names.
        None => category.label.into_keys().collect::<Vec<_>>(),
    };
    let distinct: BTreeSet<&String> = ordered.iter().collect();
    (distinct.len() == ordered.len()).then_some(ordered)
}

fn status(statuses: Option<Statuses>, cells: usize) -> Result<Status> {
    Ok(match statuses {
        None => Status::None,
        Some(Statuses::One(mark)) => Status::All(mark),
        Some(Statuses::Array(mut marks)) if marks.len() == 1 && cells != 1 => {
            marks.pop().flatten().map_or(Status::None, Status::All)
        }
        Some(Statuses::Array(marks)) if marks.len() == cells => Status::Each(marks),
        Some(Statuses::Array(marks)) => {
            return Err(inconsistent(format!("size gives {cells} cells, status has {}", marks.len())));
        }
        Some(Statuses::Object(marks)) => {
            let place = |(key, mark): (String, Option<String>)| {
                let cell = key.parse().ok().filter(|cell: &usize| *cell < cells);
                cell.map(|cell| (cell, mark)).ok_or_else(|| inconsistent("status names no cell".to_owned()))
            };
            Status::Some(marks.into_iter().map(place).collect::<Result<_>>()?)
        }
    })
}

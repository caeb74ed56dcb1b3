//! What a slice says of the children it names: attributes into their dimension, and who is marked as protected.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, UInt32Array},
    compute::take,
    datatypes::DataType,
};
use tokio_postgres::{GenericClient, types::ToSql};

use super::{
    column_type,
    declared::sql_type,
    members::CHUNK,
    rows::cast_to,
    shape::{Attribute, ChildDimension},
    unreadable,
};
use crate::{
    engine::digests,
    error::{Error, Result, codes},
    warehouse::{
        fault,
        names::{in_core, key_of, quoted},
    },
};

/// Children that a slice marks as protected, by their dimension. They are few, so that memory may hold them.
#[derive(Debug, Default)]
pub(super) struct Marked(BTreeMap<String, BTreeSet<i64>>);

impl Marked {
    pub(super) fn contains(&self, table: &str, child: i64) -> bool {
        self.0.get(table).is_some_and(|marked| marked.contains(&child))
    }

    /// Dimensions with their marked children, sorted.
    pub(super) fn of_each(&self) -> impl Iterator<Item = (&str, Vec<i64>)> {
        self.0.iter().map(|(table, children)| (table.as_str(), children.iter().copied().collect()))
    }
}

/// Adds new children of a batch and fills what was not known. Values are taken by rules that do not depend on the order of
/// batches or loads: the least text or number, true before false. Gives which rows are of children that the warehouse
/// knows to be protected; those that the batch marks go to `marked`.
pub(super) async fn write(
    client: &impl GenericClient,
    dimension: &ChildDimension,
    batch: &RecordBatch,
    children: &Int64Array,
    marked: &mut Marked,
) -> Result<BooleanArray> {
    let said = attributes(dimension, batch)?;
    let news = distinct(children, &said)?;
    let statement = upsert(dimension);
    for rows in news.values().chunks(CHUNK) {
        let rows = UInt32Array::from(rows.to_vec());
        let keys: Vec<i64> = rows.values().iter().map(|&row| children.value(row as usize)).collect();
        let said = said.iter().map(|cells| taken(cells, &rows)).collect::<Result<Vec<_>>>()?;
        let said: Vec<Vec<Option<&str>>> = said.iter().map(|cells| cells.iter().collect()).collect();
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&keys];
        parameters.extend(said.iter().map(|cells| -> &(dyn ToSql + Sync) { cells }));
        client.execute(&statement, &parameters).await.map_err(|error| fault(&error))?;
    }
    let Some(marks) = dimension.protected else { return Ok(BooleanArray::from(vec![false; children.len()])) };
    mark(&dimension.table, batch, marks, children, marked)?;
    let protected = protected(client, &dimension.table, children).await?;
    Ok((0..children.len())
        .map(|row| Some(children.is_valid(row) && protected.contains(&children.value(row))))
        .collect())
}

/// Attribute values as text, in the order of the dimension's attributes.
fn attributes(dimension: &ChildDimension, batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
    let text = |attribute: &Attribute| cast_to(batch.column(attribute.index), &DataType::Utf8, &attribute.source);
    dimension.attributes.iter().map(text).collect()
}

/// The rows that say something of a child for the first time in the batch.
fn distinct(children: &Int64Array, said: &[ArrayRef]) -> Result<UInt32Array> {
    let sayings = digests(&said.iter().collect::<Vec<_>>(), children.len()).map_err(column_type)?;
    let mut seen = HashSet::with_capacity(children.len());
    let is_new = |&row: &usize| children.is_valid(row) && seen.insert((children.value(row), sayings[row]));
    Ok((0..children.len()).filter(is_new).filter_map(|row| u32::try_from(row).ok()).collect::<Vec<_>>().into())
}

fn taken(cells: &ArrayRef, rows: &UInt32Array) -> Result<StringArray> {
    Ok(take(cells, rows, None).map_err(unreadable)?.as_string::<i32>().clone())
}

fn mark(table: &str, batch: &RecordBatch, index: usize, children: &Int64Array, marked: &mut Marked) -> Result<()> {
    let Some(marks) = batch.column(index).as_boolean_opt() else {
        return Err(Error::new(&codes::load::COLUMN_TYPE).detail(batch.schema().field(index).name()));
    };
    let is_marked = |&row: &usize| marks.is_valid(row) && marks.value(row) && children.is_valid(row);
    let of_batch: Vec<i64> = (0..children.len()).filter(is_marked).map(|row| children.value(row)).collect();
    marked.0.entry(table.to_owned()).or_default().extend(of_batch);
    Ok(())
}

/// Those of `children` that the warehouse knows to be protected.
async fn protected(client: &impl GenericClient, table: &str, children: &Int64Array) -> Result<HashSet<i64>> {
    let query = format!(
        "select {key} from {table} where protected and {key} = any($1::bigint[])",
        key = quoted(&key_of(table)),
        table = in_core(table),
    );
    let children: Vec<i64> = children.iter().flatten().collect();
    let rows = client.query(&query, &[&children]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// How one attribute is gathered, stored and merged.
struct Merge {
    name: String,
    /// Aggregate over what one slice says of a child.
    gathered: String,
    /// What a new child gets.
    new: String,
    is_flag: bool,
    alias: String,
}

impl Merge {
    fn of(position: usize, name: &str, stored: &DataType) -> Self {
        let (alias, is_flag) = (format!("a{position}"), *stored == DataType::Boolean);
        let function = if is_flag { "bool_or" } else { "min" };
        let gathered = format!("{function}({alias}::{}) as {alias}", sql_type(stored));
        let new = if is_flag { format!("coalesce(n.{alias}, false)") } else { format!("n.{alias}") };
        Self { name: quoted(name), gathered, new, is_flag, alias }
    }

    /// The known value with a further saying: neither depends on which came first.
    fn merged(&self, known: &str, said: &str) -> String {
        let name = &self.name;
        if self.is_flag { format!("({known}.{name} or {said})") } else { format!("least({known}.{name}, {said})") }
    }
}

fn upsert(dimension: &ChildDimension) -> String {
    let (table, attributes) = (&dimension.table, dimension.attributes.iter().enumerate());
    let merges: Vec<Merge> =
        attributes.map(|(at, attribute)| Merge::of(at, &attribute.name, &attribute.stored)).collect();
    let list = |first: &str, text: &dyn Fn(&Merge) -> String, between: &str| {
        std::iter::once(first.to_owned()).chain(merges.iter().map(text)).collect::<Vec<_>>().join(between)
    };
    let key = quoted(&key_of(table));
    let assigned: Vec<String> = merges
        .iter()
        .map(|merge| format!("{} = {}", merge.name, merge.merged("d", &format!("excluded.{}", merge.name))))
        .collect();
    let conflict =
        if assigned.is_empty() { "nothing".to_owned() } else { format!("update set {}", assigned.join(", ")) };
    let parameters: Vec<String> = (0..=merges.len())
        .map(|position| format!("${}::{}[]", position + 1, if position == 0 { "bigint" } else { "text" }))
        .collect();
    format!(
        "insert into {table} as d ({columns})
         select {values}
         from (select {gathered} from unnest({parameters}) as said ({aliases}) group by k) as n
         left join lateral (select {known} from {table} as k where k.{key} = n.k limit 1) as e on true
         where {is_news}
         order by n.k
         on conflict ({key}) do {conflict}",
        table = in_core(table),
        columns = list(&key, &|merge| merge.name.clone(), ", "),
        values = list("n.k", &|merge| merge.new.clone(), ", "),
        gathered = list("k", &|merge| merge.gathered.clone(), ", "),
        parameters = parameters.join(", "),
        aliases = list("k", &|merge| merge.alias.clone(), ", "),
        known = list(&format!("k.{key}"), &|merge| format!("k.{}", merge.name), ", "),
        is_news = list(
            &format!("e.{key} is null"),
            &|merge| format!("{} is distinct from e.{}", merge.merged("e", &merge.new), merge.name),
            " or ",
        ),
    )
}

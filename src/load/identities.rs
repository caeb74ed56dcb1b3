//! Identities and the members keyed by them: pseudonym → surrogate, and what is known of a child.

use std::collections::{HashMap, HashSet};

use arrow::{
    array::{Array, AsArray, BooleanArray, FixedSizeBinaryArray, RecordBatch, StringArray, UInt32Array},
    compute::take,
    datatypes::DataType,
};
use tokio_postgres::{GenericClient, types::ToSql};

use super::{
    declared::sql_type,
    hash::{RowDigest, digests},
    members::CHUNK,
    rows::{cast_to, pseudonym_at, pseudonyms},
    shape::{Attribute, ChildDimension, Shape, StoredColumn, StoredKind},
};
use crate::{
    error::{Error, Result, codes},
    pipeline::Scope,
    warehouse::{
        fault,
        names::{in_core, key_of, quoted},
    },
};

/// The surrogates of pseudonyms; those not yet known are added.
pub(super) async fn resolve(
    client: &impl GenericClient,
    scope: Scope,
    pseudonyms: HashSet<[u8; 16]>,
) -> Result<HashMap<[u8; 16], i64>> {
    // One look-up in the index per pseudonym, however the planner judges the table: reading all of it for each chunk would
    // make the cost of a load grow with the square of the identities.
    const FIND: &str = "
        select named.pseudonym, known.key
        from unnest($2::bytea[]) as named (pseudonym)
        cross join lateral (
            select i.key from core.identity as i where i.kind = $1 and i.pseudonym = named.pseudonym limit 1
        ) as known";
    const ADD: &str = "
        insert into core.identity (kind, pseudonym)
        select $1, pseudonym from unnest($2::bytea[]) as named (pseudonym)
        on conflict (kind, pseudonym) do nothing
        returning pseudonym, key";
    // Sorted, so that two loads that add the same ones do not wait for each other crosswise.
    let mut sorted: Vec<[u8; 16]> = pseudonyms.into_iter().collect();
    sorted.sort_unstable();
    let mut keys = HashMap::with_capacity(sorted.len());
    for chunk in sorted.chunks(CHUNK) {
        let mut wanted: Vec<&[u8]> = chunk.iter().map(<[u8; 16]>::as_slice).collect();
        // Adding gives the keys of those it added; another load may have added some of them in between.
        for statement in [FIND, ADD, FIND] {
            look_up(client, statement, scope, &wanted, &mut keys).await?;
            wanted.retain(|pseudonym| !keys.contains_key(*pseudonym));
            if wanted.is_empty() {
                break;
            }
        }
    }
    Ok(keys)
}

/// Runs a statement that gives pseudonyms with their keys.
async fn look_up(
    client: &impl GenericClient,
    statement: &str,
    scope: Scope,
    pseudonyms: &[&[u8]],
    keys: &mut HashMap<[u8; 16], i64>,
) -> Result<()> {
    for row in client.query(statement, &[&scope.as_str(), &pseudonyms]).await.map_err(|error| fault(&error))? {
        if let Ok(pseudonym) = row.get::<_, &[u8]>(0).try_into() {
            keys.insert(pseudonym, row.get(1));
        }
    }
    Ok(())
}

/// Those of `children` that the warehouse knows to be protected.
pub(super) async fn protected(
    client: &impl GenericClient,
    table: &str,
    children: impl Iterator<Item = i64>,
) -> Result<Vec<i64>> {
    let query = format!(
        "select {key} from {table} where protected and {key} = any($1::bigint[])",
        key = quoted(&key_of(table)),
        table = in_core(table),
    );
    let children: Vec<i64> = children.collect();
    let mut found = Vec::new();
    for chunk in children.chunks(CHUNK) {
        let rows = client.query(&query, &[&chunk]).await.map_err(|error| fault(&error))?;
        found.extend(rows.iter().map(|row| row.get::<_, i64>(0)));
    }
    Ok(found)
}

/// What a slice says of the children in one of its columns: each distinct saying once.
pub(super) struct Children {
    column: String,
    table: String,
    scope: Scope,
    seen: HashSet<RowDigest>,
    pseudonyms: Vec<[u8; 16]>,
    /// Attribute values as text, in the order of the dimension's attributes.
    said: Vec<Vec<Option<String>>>,
    attributes: Vec<(String, DataType)>,
    /// Whether members of the dimension can be protected.
    protects: bool,
    marked: HashSet<[u8; 16]>,
}

impl Children {
    pub(super) fn new(column: &StoredColumn, scope: Scope) -> Option<Self> {
        let StoredKind::Identity { dimension: Some(dimension), .. } = &column.kind else { return None };
        let attribute = |attribute: &Attribute| (attribute.name.clone(), attribute.stored.clone());
        Some(Self {
            column: column.name.clone(),
            table: dimension.table.clone(),
            scope,
            seen: HashSet::new(),
            pseudonyms: Vec::new(),
            said: vec![Vec::new(); dimension.attributes.len()],
            attributes: dimension.attributes.iter().map(attribute).collect(),
            protects: dimension.protected.is_some(),
            marked: HashSet::new(),
        })
    }

    pub(super) fn table(&self) -> &str {
        &self.table
    }
    pub(super) fn scope(&self) -> Scope {
        self.scope
    }
    pub(super) fn protects(&self) -> bool {
        self.protects
    }

    pub(super) fn take(&mut self, shape: &Shape, batch: &RecordBatch) -> Result<()> {
        let Some(column) = shape.columns.iter().find(|column| column.name == self.column) else { return Ok(()) };
        let StoredKind::Identity { dimension: Some(dimension), .. } = &column.kind else { return Ok(()) };
        let pseudonyms = pseudonyms(batch, column.index, &column.source)?;
        let attributes = dimension
            .attributes
            .iter()
            .map(|attribute| cast_to(batch.column(attribute.index), &DataType::Utf8, &attribute.source))
            .collect::<Result<Vec<_>>>()?;
        let sayings = digests(&attributes.iter().collect::<Vec<_>>(), batch.num_rows())?;
        let mut new = Vec::new();
        for (row, saying) in sayings.into_iter().enumerate() {
            let Some(pseudonym) = pseudonym_at(pseudonyms, row) else { continue };
            // Both are digests, so that their difference is one as well.
            if self.seen.insert(saying ^ u128::from_be_bytes(pseudonym)) {
                self.pseudonyms.push(pseudonym);
                new.extend(u32::try_from(row));
            }
        }
        let new = UInt32Array::from(new);
        for (said, attribute) in self.said.iter_mut().zip(&attributes) {
            let taken = take(attribute, &new, None).map_err(|_| Error::new(&codes::load::CONFORMED))?;
            let taken: &StringArray = taken.as_string();
            said.extend(taken.iter().map(|value| value.map(str::to_owned)));
        }
        self.take_marks(dimension, batch, pseudonyms)
    }

    fn take_marks(
        &mut self,
        dimension: &ChildDimension,
        batch: &RecordBatch,
        pseudonyms: &FixedSizeBinaryArray,
    ) -> Result<()> {
        let Some(index) = dimension.protected else { return Ok(()) };
        let Some(column) = batch.column(index).as_any().downcast_ref::<BooleanArray>() else {
            return Err(Error::new(&codes::load::COLUMN_TYPE).detail(batch.schema().field(index).name()));
        };
        let marked = (0..batch.num_rows()).filter(|&row| !column.is_null(row) && column.value(row));
        self.marked.extend(marked.filter_map(|row| pseudonym_at(pseudonyms, row)));
        Ok(())
    }

    /// Adds new children and fills what was not known; gives the surrogates of the marked ones, sorted. Values are taken by
    /// rules that do not depend on the order of loads: the least text or number, true before false.
    pub(super) async fn write(self, client: &impl GenericClient, keys: &HashMap<[u8; 16], i64>) -> Result<Vec<i64>> {
        let statement = upsert(&self.table, &self.attributes);
        let children: Vec<i64> = self.pseudonyms.iter().filter_map(|pseudonym| keys.get(pseudonym).copied()).collect();
        for start in (0..children.len()).step_by(CHUNK) {
            let range = start..children.len().min(start + CHUNK);
            let chunk = &children[range.clone()];
            let said: Vec<&[Option<String>]> = self.said.iter().map(|values| &values[range.clone()]).collect();
            let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&chunk];
            parameters.extend(said.iter().map(|values| -> &(dyn ToSql + Sync) { values }));
            client.execute(&statement, &parameters).await.map_err(|error| fault(&error))?;
        }
        let mut marked: Vec<i64> = self.marked.iter().filter_map(|pseudonym| keys.get(pseudonym).copied()).collect();
        marked.sort_unstable();
        Ok(marked)
    }
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

fn upsert(table: &str, attributes: &[(String, DataType)]) -> String {
    let merges: Vec<Merge> =
        attributes.iter().enumerate().map(|(position, (name, stored))| Merge::of(position, name, stored)).collect();
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
         left join {table} as e on e.{key} = n.k
         where {is_news}
         order by n.k
         on conflict ({key}) do {conflict}",
        table = in_core(table),
        columns = list(&key, &|merge| merge.name.clone(), ", "),
        values = list("n.k", &|merge| merge.new.clone(), ", "),
        gathered = list("k", &|merge| merge.gathered.clone(), ", "),
        parameters = parameters.join(", "),
        aliases = list("k", &|merge| merge.alias.clone(), ", "),
        is_news = list(
            &format!("e.{key} is null"),
            &|merge| format!("{} is distinct from e.{}", merge.merged("e", &merge.new), merge.name),
            " or ",
        ),
    )
}

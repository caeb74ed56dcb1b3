//! Members a slice needs: found, or added in short sorted statements before the transaction of the load.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use arrow::array::{Int64Array, RecordBatch};
use tokio_postgres::GenericClient;

use super::{
    identities::{Identities, Surrogates},
    rows::{pseudonyms, text},
    shape::{Shape, StoredKind},
    unreadable,
};
use crate::{
    engine::{Scratch, Spooled},
    error::{Error, Result, codes},
    pipeline::Scope,
    warehouse::{
        fault,
        names::{in_core, key_of, quoted},
    },
};

/// Code of the member for what is not known.
pub(super) const UNKNOWN: &str = "_unknown";

/// Members sent in one statement.
pub(super) const CHUNK: usize = 10_000;

/// Keys by code of one dimension.
type Codes = Arc<HashMap<String, i32>>;

/// Dimensions read so far. Members are only ever added, so that what is cached stays true.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<String, Codes>>);

/// Everything a slice's rows point at.
#[derive(Debug)]
pub(super) struct Members {
    surrogates: Surrogates,
    dimensions: HashMap<String, Codes>,
}

impl Members {
    /// The surrogates of a column's cells, the first of which has the place `first`.
    pub(super) fn surrogates(&mut self, scope: Scope, first: u64, cells: usize) -> Result<Int64Array> {
        self.surrogates.column(scope, first, cells)
    }
    pub(super) fn dimension(&self, table: &str) -> Result<&HashMap<String, i32>> {
        self.dimensions
            .get(table)
            .map(AsRef::as_ref)
            .ok_or_else(|| Error::new(&codes::load::TABLE_MISSING).detail(format!("core.{table}")))
    }
}

/// What a slice names, gathered in one pass.
struct Named {
    identities: Identities,
    /// Codes by dimension; `true` where the dimension is one of groups.
    codes: HashMap<(String, bool), BTreeSet<String>>,
}

/// Finds or adds all members of a slice. Idempotent, and outside any transaction, so that short locks serve many loads.
pub(super) async fn resolve(
    client: &impl GenericClient,
    cache: &Cache,
    scratch: &Scratch,
    shape: &Shape,
    rows: &Spooled,
) -> Result<Members> {
    let named = name(scratch, shape, rows)?;
    let surrogates = named.identities.resolve(client).await?;
    let mut dimensions = HashMap::new();
    for ((table, is_group), codes) in named.codes {
        let known = cache.codes(client, &table, is_group, &codes).await?;
        dimensions.insert(table, known);
    }
    Ok(Members { surrogates, dimensions })
}

fn name(scratch: &Scratch, shape: &Shape, rows: &Spooled) -> Result<Named> {
    let mut named = Named { identities: Identities::new(scratch), codes: HashMap::new() };
    for column in &shape.columns {
        // The unknown member is always wanted: a null code means it.
        if let StoredKind::Member { keyed, parts } = &column.kind {
            named.codes.entry((keyed.clone(), parts.is_some())).or_default().insert(UNKNOWN.to_owned());
        }
    }
    let mut places = 0;
    for batch in rows.batches().map_err(unreadable)? {
        places = named.take(shape, &batch.map_err(unreadable)?, places)?;
    }
    Ok(named)
}

impl Named {
    /// Takes a batch whose first cell has the place `first`; gives the next place.
    fn take(&mut self, shape: &Shape, batch: &RecordBatch, first: u64) -> Result<u64> {
        let cells = batch.num_rows();
        let mut place = first;
        for column in &shape.columns {
            match &column.kind {
                StoredKind::Value => {}
                StoredKind::Identity { scope, .. } => {
                    self.identities.take(*scope, pseudonyms(batch, column.index, &column.source)?, place)?;
                }
                StoredKind::Member { keyed, parts } => {
                    let column = text(batch, column.index, &column.source)?;
                    let known = self.codes.entry((keyed.clone(), parts.is_some())).or_default();
                    add_codes(known, column.iter().flatten());
                    if let Some(parts) = parts {
                        let single = self.codes.entry((parts.clone(), false)).or_default();
                        add_codes(single, column.iter().flatten().flat_map(|group| group.split('|')));
                    }
                }
            }
            place += cells as u64;
        }
        Ok(place)
    }
}

fn add_codes<'a>(known: &mut BTreeSet<String>, codes: impl Iterator<Item = &'a str>) {
    for code in codes {
        if !known.contains(code) {
            known.insert(code.to_owned());
        }
    }
}

impl Cache {
    fn known(&self, table: &str) -> Option<Codes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(table).cloned()
    }

    async fn codes(
        &self,
        client: &impl GenericClient,
        table: &str,
        is_group: bool,
        wanted: &BTreeSet<String>,
    ) -> Result<Codes> {
        if let Some(known) = self.known(table).filter(|known| wanted.iter().all(|code| known.contains_key(code))) {
            return Ok(known);
        }
        let mut known = read_dimension(client, table).await?;
        let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|code| !known.contains_key(*code)).collect();
        if !missing.is_empty() {
            add_members(client, table, is_group, &missing).await?;
            known = read_dimension(client, table).await?;
        }
        let known = Arc::new(known);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(table.to_owned(), known.clone());
        Ok(known)
    }
}

async fn read_dimension(client: &impl GenericClient, table: &str) -> Result<HashMap<String, i32>> {
    let query = format!("select code, {}::integer from {}", quoted(&key_of(table)), in_core(table));
    let rows = client.query(&query, &[]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// A code that no list knows becomes a member of its own, so that no row is lost and a later mapping heals it. A group of
/// known codes is no guess: it is not marked as inferred.
async fn add_members(client: &impl GenericClient, table: &str, is_group: bool, codes: &[&str]) -> Result<()> {
    let insert = format!(
        "insert into {} (code, label, inferred)
         select code, replace(code, '|', ', '), $2 from unnest($1::text[]) as named (code) order by code
         on conflict do nothing",
        in_core(table),
    );
    for chunk in codes.chunks(CHUNK) {
        client.execute(&insert, &[&chunk, &!is_group]).await.map_err(|error| fault(&error))?;
    }
    Ok(())
}

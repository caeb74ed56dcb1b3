//! Members a slice needs: found, or added in short sorted statements before the transaction of the load.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use arrow::array::RecordBatch;
use tokio_postgres::GenericClient;

use super::{
    identities::{self, Children},
    rows::{pseudonym_at, pseudonyms, text},
    shape::{Shape, StoredKind},
};
use crate::{
    engine::Spooled,
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
#[derive(Debug, Default)]
pub(super) struct Members {
    identities: HashMap<Scope, HashMap<[u8; 16], i64>>,
    dimensions: HashMap<String, Codes>,
    /// Children that are protected: those the warehouse knows of, and those this slice marks.
    protected: HashSet<i64>,
    /// Children that this slice marks, by their dimension.
    marked: HashMap<String, Vec<i64>>,
}

impl Members {
    pub(super) fn identity(&self, scope: Scope, pseudonym: [u8; 16]) -> Option<i64> {
        self.identities.get(&scope)?.get(&pseudonym).copied()
    }
    pub(super) fn dimension(&self, table: &str) -> Result<&HashMap<String, i32>> {
        self.dimensions
            .get(table)
            .map(AsRef::as_ref)
            .ok_or_else(|| Error::new(&codes::load::TABLE_MISSING).detail(format!("core.{table}")))
    }
    pub(super) fn is_protected(&self, child: i64) -> bool {
        self.protected.contains(&child)
    }
    /// Children this slice marks as protected, sorted, with their dimension.
    pub(super) fn marked(&self) -> impl Iterator<Item = (&str, &[i64])> {
        self.marked.iter().map(|(table, children)| (table.as_str(), children.as_slice()))
    }
}

/// What a slice names, gathered in one pass.
#[derive(Default)]
struct Named {
    pseudonyms: HashMap<Scope, HashSet<[u8; 16]>>,
    /// Codes by dimension; `true` where the dimension is one of groups.
    codes: HashMap<(String, bool), BTreeSet<String>>,
    children: Vec<Children>,
}

/// Finds or adds all members of a slice. Idempotent, and outside any transaction, so that short locks serve many loads.
pub(super) async fn resolve(
    client: &impl GenericClient,
    cache: &Cache,
    shape: &Shape,
    rows: &Spooled,
) -> Result<Members> {
    let named = name(shape, rows)?;
    let mut members = Members::default();
    for (scope, pseudonyms) in named.pseudonyms {
        members.identities.insert(scope, identities::resolve(client, scope, pseudonyms).await?);
    }
    for children in named.children {
        let (table, scope, protects) = (children.table().to_owned(), children.scope(), children.protects());
        let known = members.identities.entry(scope).or_default();
        let marked = children.write(client, known).await?;
        if protects {
            members.protected.extend(identities::protected(client, &table, known.values().copied()).await?);
            members.protected.extend(&marked);
            members.marked.insert(table, marked);
        }
    }
    for ((table, is_group), codes) in named.codes {
        let known = cache.codes(client, &table, is_group, &codes).await?;
        members.dimensions.insert(table, known);
    }
    Ok(members)
}

fn name(shape: &Shape, rows: &Spooled) -> Result<Named> {
    let unreadable = |_| Error::new(&codes::load::CONFORMED);
    let mut named = Named::default();
    for column in &shape.columns {
        if let StoredKind::Identity { scope, dimension: Some(_) } = &column.kind {
            named.children.extend(Children::new(column, *scope));
        }
        // The unknown member is always wanted: a null code means it.
        if let StoredKind::Member { keyed, parts } = &column.kind {
            named.codes.entry((keyed.clone(), parts.is_some())).or_default().insert(UNKNOWN.to_owned());
        }
    }
    for batch in rows.batches().map_err(unreadable)? {
        named.take(shape, &batch.map_err(unreadable)?)?;
    }
    Ok(named)
}

impl Named {
    fn take(&mut self, shape: &Shape, batch: &RecordBatch) -> Result<()> {
        for column in &shape.columns {
            match &column.kind {
                StoredKind::Value => {}
                StoredKind::Identity { scope, .. } => {
                    let pseudonyms = pseudonyms(batch, column.index, &column.source)?;
                    let known = self.pseudonyms.entry(*scope).or_default();
                    known.extend((0..batch.num_rows()).filter_map(|row| pseudonym_at(pseudonyms, row)));
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
        }
        self.children.iter_mut().try_for_each(|children| children.take(shape, batch))
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

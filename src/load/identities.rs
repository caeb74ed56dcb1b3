//! Pseudonyms → surrogates, for a whole slice at once and without holding it.
//!
//! The pseudonyms are sorted, looked up or added in that order, and their surrogates sorted back to the rows they came from.
//! The order keeps the look-ups close together in the index, and two loads that add the same ones from waiting for each other
//! crosswise.

use std::{collections::BTreeMap, io, iter::Peekable};

use arrow::array::{Array, FixedSizeBinaryArray, Int64Array};
use tokio_postgres::GenericClient;

use super::{members::CHUNK, unreadable};
use crate::{
    engine::{Scratch, Sorted, Sorter},
    error::{Error, Result, codes},
    pipeline::Scope,
    warehouse::fault,
};

/// A pseudonym's bits, and where it stands.
type Named = (u128, u64);
/// A place and its surrogate.
type Placed = (u64, i64);

/// Cells that may wait for the surrogates of one statement.
const WAITING: usize = 8 * CHUNK;

/// Pseudonyms being gathered. A column's cells take consecutive places; places only grow.
#[derive(Debug)]
pub(super) struct Identities {
    scratch: Scratch,
    scopes: BTreeMap<Scope, Sorter<Named>>,
}

/// Surrogates by place, to be asked for in the order in which the pseudonyms were given.
#[derive(Debug)]
pub(super) struct Surrogates(BTreeMap<Scope, Peekable<Sorted<Placed>>>);

impl Identities {
    pub(super) fn new(scratch: &Scratch) -> Self {
        Self { scratch: scratch.clone(), scopes: BTreeMap::new() }
    }

    /// Takes a column, whose first cell has the place `first`.
    pub(super) fn take(&mut self, scope: Scope, column: &FixedSizeBinaryArray, first: u64) -> Result<()> {
        let sorter = self.scopes.entry(scope).or_insert_with(|| self.scratch.sorter());
        for (place, row) in (first..).zip(0..column.len()) {
            let pseudonym =
                column.is_valid(row).then(|| column.value(row).try_into().map_err(unreadable)).transpose()?;
            if let Some(pseudonym) = pseudonym.map(u128::from_be_bytes) {
                sorter.push((pseudonym, place)).map_err(unreadable)?;
            }
        }
        Ok(())
    }

    /// Finds or adds them all.
    pub(super) async fn resolve(self, client: &impl GenericClient) -> Result<Surrogates> {
        let mut scopes = BTreeMap::new();
        for (scope, named) in self.scopes {
            let mut named = named.finish().map_err(unreadable)?.peekable();
            let mut placed = self.scratch.sorter::<Placed>();
            while named.peek().is_some() {
                let chunk = Chunk::of(&mut named)?;
                let keys = find_or_add(client, scope, &chunk.pseudonyms).await?;
                for (place, at) in &chunk.places {
                    placed.push((*place, keys[*at])).map_err(unreadable)?;
                }
            }
            scopes.insert(scope, placed.finish().map_err(unreadable)?.peekable());
        }
        Ok(Surrogates(scopes))
    }
}

impl Surrogates {
    /// The surrogates of `cells` cells from the place `first` on; null where there was no pseudonym.
    pub(super) fn column(&mut self, scope: Scope, first: u64, cells: usize) -> Result<Int64Array> {
        let Some(placed) = self.0.get_mut(&scope) else { return Ok(Int64Array::new_null(cells)) };
        let of = |place: u64| {
            let stands_here = |record: &io::Result<Placed>| record.as_ref().map_or(true, |record| record.0 == place);
            let record = placed.next_if(stands_here).transpose().map_err(unreadable)?;
            Ok(record.map(|(_, key)| key))
        };
        (first..).take(cells).map(of).collect()
    }
}

/// Sorted pseudonyms of one statement, each once, and where they stand.
#[derive(Default)]
struct Chunk {
    pseudonyms: Vec<u128>,
    /// Place, and position among the pseudonyms.
    places: Vec<(u64, usize)>,
}

impl Chunk {
    fn of(named: &mut Peekable<Sorted<Named>>) -> Result<Self> {
        let mut chunk = Self::default();
        while let Some(record) = named.next_if(|_| chunk.pseudonyms.len() < CHUNK && chunk.places.len() < WAITING) {
            let (pseudonym, place) = record.map_err(unreadable)?;
            if chunk.pseudonyms.last() != Some(&pseudonym) {
                chunk.pseudonyms.push(pseudonym);
            }
            chunk.places.push((place, chunk.pseudonyms.len() - 1));
        }
        Ok(chunk)
    }
}

/// The surrogates of sorted pseudonyms, in their order; those not yet known are added.
async fn find_or_add(client: &impl GenericClient, scope: Scope, pseudonyms: &[u128]) -> Result<Vec<i64>> {
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
    let mut keys = vec![None; pseudonyms.len()];
    // Adding gives the keys of those it added; another load may have added some of them in between.
    for statement in [FIND, ADD, FIND] {
        let missing = keys.iter().zip(pseudonyms).filter(|(key, _)| key.is_none());
        let wanted: Vec<[u8; 16]> = missing.map(|(_, pseudonym)| pseudonym.to_be_bytes()).collect();
        if wanted.is_empty() {
            break;
        }
        let wanted: Vec<&[u8]> = wanted.iter().map(<[u8; 16]>::as_slice).collect();
        for row in client.query(statement, &[&scope.as_str(), &wanted]).await.map_err(|error| fault(&error))? {
            let found = row.get::<_, &[u8]>(0).try_into().map(u128::from_be_bytes).ok();
            if let Some(at) = found.and_then(|found| pseudonyms.binary_search(&found).ok()) {
                keys[at] = Some(row.get(1));
            }
        }
    }
    keys.into_iter().collect::<Option<_>>().ok_or_else(|| Error::new(&codes::load::CONFORMED))
}

//! Facts that several slices may hold: the rows of `core.<dataset>_slice` of the touched keys, derived anew.
//!
//! Of differing copies the newest period wins (a column declared `earliest` is told by the oldest), and within one period the
//! deliverer that sorts first, so that the result does not depend on the order of loads. A fact row closes when its key is gone from every slice. Runs in the load's own
//! transaction, under a lock of the dataset, so that two loads of one key see each other.

use tokio_postgres::Transaction;

use super::shape::{Shape, StoredColumn};
use crate::{
    error::Result,
    model::{LoadId, RunHandle},
    warehouse::{
        fault,
        names::{in_core, quoted},
    },
};

/// Namespace of the advisory locks, one per dataset.
const LOCK: i32 = 0x6275_7373;

/// Derives the fact rows of every key that this load opened or closed in its slice.
pub(super) async fn derive(
    tx: &Transaction<'_>,
    shape: &Shape,
    fact: &str,
    run: &RunHandle,
    slice_id: i32,
    load_id: LoadId,
) -> Result<()> {
    tx.execute("select pg_advisory_xact_lock($1, hashtext($2))", &[&LOCK, &fact])
        .await
        .map_err(|error| fault(&error))?;
    let statements = Statements::new(shape, fact);
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [&slice_id, &load_id.0, &run.known_at];
    tx.execute(&statements.close, &parameters).await.map_err(|error| fault(&error))?;
    tx.execute(&statements.open, &parameters).await.map_err(|error| fault(&error))?;
    Ok(())
}

struct Statements {
    close: String,
    open: String,
}

/// Each column of a copy, or of the oldest copy of its key.
fn told(shape: &Shape) -> String {
    let column = |column: &StoredColumn| {
        let name = quoted(&column.name);
        if column.earliest { format!("first_value(s.{name}) over oldest as {name}") } else { format!("s.{name}") }
    };
    shape.columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

fn list<'a>(columns: impl Iterator<Item = &'a StoredColumn>, text: impl Fn(&str) -> String, between: &str) -> String {
    columns.map(|column| text(&quoted(&column.name))).collect::<Vec<_>>().join(between)
}

impl Statements {
    fn new(shape: &Shape, fact: &str) -> Self {
        let keys = list(shape.keys(), str::to_owned, ", ");
        let qualified_keys = list(shape.keys(), |name| format!("s.{name}"), ", ");
        let columns = list(shape.columns.iter(), str::to_owned, ", ");
        let chosen = list(shape.columns.iter(), |name| format!("chosen.{name}"), ", ");
        let same_key = list(shape.keys(), |name| format!("f.{name} = w.{name}"), " and ");
        let is_wanted = list(shape.keys(), |name| format!("f.{name} = t.{name}"), " and ");
        let beside = shape.side().chain(shape.columns.iter().filter(|column| column.earliest));
        let side = list(beside, |name| format!(" and f.{name} is not distinct from w.{name}"), "");
        let (rows, told) = (in_core(&shape.table), told(shape));
        let fact = in_core(fact);
        let wanted = format!(
            "touched as (
                 select distinct {keys} from {rows} where slice_id = $1 and (load_id = $2 or known_to = $3)
             ), copies as (
                 select {told}, s.slice_id, s.period_year, s.row_hash, row_number() over newest as copy
                 from {rows} as s
                 join touched using ({keys})
                 join ops.slice as o on o.slice_id = s.slice_id
                 where s.known_to is null
                 window newest as (
                     partition by {qualified_keys} order by o.period desc, o.deliverer
                     rows between unbounded preceding and unbounded following
                 ), oldest as (
                     partition by {qualified_keys} order by o.period, o.deliverer
                     rows between unbounded preceding and unbounded following
                 )
             ), wanted as (
                 select {chosen}, chosen.slice_id, chosen.period_year, chosen.row_hash from copies as chosen where chosen.copy = 1
             )"
        );
        let close = format!(
            "with {wanted}
             update {fact} as f set known_to = $3
             from touched as t
             where {is_wanted} and f.known_to is null and not exists (
                 select from wanted as w where {same_key} and f.row_hash = w.row_hash{side}
             )"
        );
        let open = format!(
            "with {wanted}
             insert into {fact} ({columns}, slice_id, period_year, load_id, known_from, row_hash)
             select {columns}, slice_id, period_year, $2, $3, row_hash from wanted as w
             where not exists (select from {fact} as f where {same_key} and f.known_to is null)"
        );
        Self { close, open }
    }
}

//! The one transaction of a delivery: difference, COPY, ledger. All of it takes effect, or nothing.

use std::{collections::HashSet, path::Path, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, Decimal128Array, FixedSizeBinaryArray, Int16Array, Int32Array, Int64Array,
        RecordBatch, TimestampMicrosecondArray, UInt32Array,
    },
    compute::take,
    datatypes::{DataType, Decimal128Type, Field, Schema, SchemaRef, TimeUnit},
};
use serde_json::Value;
use tokio_postgres::Transaction;

use super::{
    current::{self, Tid},
    derive,
    files::{SliceFile, SliceFiles},
    ledger::{self, Decision, Delivery},
    members::Members,
    merge::Difference,
    rows::{StoredRows, cast_to},
    send::Sending,
    shape::Shape,
};
use crate::{
    conform::ConformedSlice,
    error::{Error, Result, codes},
    model::{LoadId, Ore, Outcome, RunHandle, Tally},
    warehouse::{
        fault,
        names::{in_core, key_of, quoted},
    },
};

/// Everything the transaction works on.
pub(super) struct Work<'a> {
    pub(super) run: &'a RunHandle,
    pub(super) shape: &'a Shape,
    pub(super) members: &'a Members,
    pub(super) delivery: &'a Delivery,
    pub(super) conformed: &'a ConformedSlice,
    pub(super) slice_id: i32,
    pub(super) year: i16,
    /// Directory of the slice files.
    pub(super) slices: &'a Path,
}

/// What the transaction will have done once it is committed.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    pub(super) load_id: LoadId,
    pub(super) outcome: Outcome,
    pub(super) tally: Tally,
    pub(super) files: Vec<SliceFile>,
    /// Children that became protected by it.
    pub(super) newly_protected: usize,
}

impl Work<'_> {
    /// Does everything but commit. The fence was checked, and the slice is locked.
    pub(super) async fn carry_out(&self, tx: &Transaction<'_>) -> Result<Effect> {
        let load_id = ledger::next_load_id(tx).await?;
        let mut difference = Difference::new(current::read(tx, self.shape, self.slice_id, self.year).await?);
        let mut files = SliceFiles::new(self.slices, self.shape, self.year)?;
        self.write_rows(tx, load_id, &mut difference, &mut files).await?;

        let mut tally = *self.conformed.tally();
        let closing = difference.finish(&mut tally);
        self.close_rows(tx, &closing).await?;
        check_balance(&tally)?;
        let changed = tally.rows_loaded > 0 || tally.rows_closed > 0;
        if let (true, Some(fact)) = (changed, &self.shape.derived) {
            derive::derive(tx, self.shape, fact, self.run, self.slice_id, load_id).await?;
        }
        let files = match self.files_in_force(tx, changed).await? {
            Some(in_force) => in_force,
            None => files.finish()?,
        };
        let newly_protected = self.protect(tx, load_id).await?;
        let outcome = if tally.rows_quarantined > 0 { Outcome::LoadedWithQuarantine } else { Outcome::Loaded };
        let effect = Effect { load_id, outcome, tally, files, newly_protected };
        self.write_ledger(tx, &effect).await?;
        Ok(effect)
    }

    async fn write_rows(
        &self,
        tx: &Transaction<'_>,
        load_id: LoadId,
        difference: &mut Difference,
        files: &mut SliceFiles,
    ) -> Result<()> {
        let unreadable = |_| Error::new(&codes::load::CONFORMED);
        let schema = self.stored_schema();
        let mut sending: Option<Sending> = None;
        for batch in self.conformed.rows().batches().map_err(unreadable)? {
            let batch = batch.map_err(unreadable)?;
            let rows = StoredRows::new(self.shape, self.members, &batch)?;
            let amounts = self.amounts(&rows)?;
            let amount = |row| amounts.as_ref().map_or(Ore(0), |amounts| ore_at(amounts, row));
            let written = difference.take(&rows, amount)?;
            files.take(self.shape, &rows, &batch)?;
            if written.is_empty() {
                continue;
            }
            if sending.is_none() {
                sending = Some(Sending::open(tx, &in_core(&self.shape.table), &schema).await?);
            }
            if let Some(sending) = &mut sending {
                sending.send(&self.versions(&rows, &written, load_id, &schema)?).await?;
            }
        }
        if let Some(sending) = sending {
            sending.finish().await?;
        }
        Ok(())
    }

    /// Money in öre, whatever the scale it is stored in.
    fn amounts(&self, rows: &StoredRows) -> Result<Option<Decimal128Array>> {
        let Some(position) = self.shape.amount else { return Ok(None) };
        let ore = DataType::Decimal128(38, 2);
        let amounts = cast_to(&rows.columns[position], &ore, &self.shape.columns[position].name)?;
        Ok(Some(amounts.as_primitive::<Decimal128Type>().clone()))
    }

    fn stored_schema(&self) -> SchemaRef {
        let declared = self.shape.columns.iter().map(|column| Field::new(&column.name, column.stored.clone(), true));
        let system = [
            Field::new("slice_id", DataType::Int32, false),
            Field::new("period_year", DataType::Int16, false),
            Field::new("load_id", DataType::Int64, false),
            Field::new("known_from", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false),
            Field::new("row_hash", DataType::FixedSizeBinary(16), false),
        ];
        Arc::new(Schema::new(declared.chain(system).collect::<Vec<_>>()))
    }

    /// The written rows with their system columns.
    fn versions(
        &self,
        rows: &StoredRows,
        written: &UInt32Array,
        load_id: LoadId,
        schema: &SchemaRef,
    ) -> Result<RecordBatch> {
        let unfit = |_| Error::new(&codes::load::CONFORMED);
        let count = written.len();
        let mut columns =
            rows.columns.iter().map(|column| take(column, written, None).map_err(unfit)).collect::<Result<Vec<_>>>()?;
        let hashes = written.values().iter().map(|&row| rows.hash[row as usize].to_be_bytes());
        let known_from = vec![self.run.known_at.timestamp_micros(); count];
        let system: [ArrayRef; 5] = [
            Arc::new(Int32Array::from(vec![self.slice_id; count])),
            Arc::new(Int16Array::from(vec![self.year; count])),
            Arc::new(Int64Array::from(vec![load_id.0; count])),
            Arc::new(TimestampMicrosecondArray::from(known_from).with_timezone("UTC")),
            Arc::new(FixedSizeBinaryArray::try_from_iter(hashes).map_err(unfit)?),
        ];
        columns.extend(system);
        RecordBatch::try_new(schema.clone(), columns).map_err(unfit)
    }

    async fn close_rows(&self, tx: &Transaction<'_>, closing: &[Tid]) -> Result<()> {
        let close = format!(
            "update {} set known_to = $1 where period_year = $2 and slice_id = $3 and known_to is null and ctid = any($4::tid[])",
            in_core(&self.shape.table),
        );
        for chunk in closing.chunks(super::members::CHUNK) {
            let closed = tx
                .execute(&close, &[&self.run.known_at, &self.year, &self.slice_id, &chunk])
                .await
                .map_err(|error| fault(&error))?;
            if closed != chunk.len() as u64 {
                return Err(Error::new(&codes::load::SLICE_MOVED).detail(&self.delivery.slice));
            }
        }
        Ok(())
    }

    /// Files of the version in force, when this one has the same rows and they are all there.
    async fn files_in_force(&self, tx: &Transaction<'_>, changed: bool) -> Result<Option<Vec<SliceFile>>> {
        const FILES: &str = "select files from ops.delivery where slice_id = $1 and is_current";
        if changed {
            return Ok(None);
        }
        let row = tx.query_opt(FILES, &[&self.slice_id]).await.map_err(|error| fault(&error))?;
        let files: Option<Value> = row.map(|row| row.get(0));
        let files: Option<Vec<SliceFile>> = files.and_then(|files| serde_json::from_value(files).ok());
        Ok(files.filter(|files| files.iter().all(|file| file.path(self.slices).is_file())))
    }

    /// Turns protection on for the children this slice marks; counts those that were not protected before.
    async fn protect(&self, tx: &Transaction<'_>, load_id: LoadId) -> Result<usize> {
        let mut newly = HashSet::new();
        for (table, children) in self.members.marked() {
            let protect = format!(
                "update {table} as d set protected = true, protected_by = $2
                 from (
                     select {key} from {table} where {key} = any($1::bigint[]) and not protected order by {key} for update
                 ) as n
                 where d.{key} = n.{key}
                 returning d.{key}",
                table = in_core(table),
                key = quoted(&key_of(table)),
            );
            let rows = tx.query(&protect, &[&children, &load_id.0]).await.map_err(|error| fault(&error))?;
            newly.extend(rows.iter().map(|row| row.get::<_, i64>(0)));
        }
        Ok(newly.len())
    }

    async fn write_ledger(&self, tx: &Transaction<'_>, effect: &Effect) -> Result<()> {
        let (found, load_id) = (self.conformed.reasons(), effect.load_id);
        let reasons = ledger::rules_of(found);
        let files = serde_json::to_value(&effect.files).map_err(|_| Error::new(&codes::load::FILE))?;
        let decision = Decision {
            load_id,
            outcome: effect.outcome,
            is_current: true,
            heals: ledger::heals(found),
            reasons: &reasons,
            tally: &effect.tally,
            files: &files,
        };
        ledger::write_delivery(tx, self.run, self.slice_id, self.delivery, &decision).await?;
        ledger::write_fields(tx, load_id, self.conformed.fields()).await?;
        ledger::write_dim_load(tx, self.run, self.delivery, load_id).await?;
        ledger::write_quarantine(tx, load_id, found).await?;
        ledger::close_quarantine(tx, self.slice_id, load_id).await?;
        let timeliness = self.delivery.timeliness;
        ledger::write_arrival(tx, self.run, self.slice_id, timeliness, effect.outcome, &reasons, Some(load_id)).await
    }
}

fn ore_at(amounts: &Decimal128Array, row: usize) -> Ore {
    if amounts.is_null(row) { Ore(0) } else { Ore(amounts.value(row)) }
}

fn check_balance(tally: &Tally) -> Result<()> {
    let (rows, amount) = (tally.rows_missing(), tally.amount_missing());
    if rows == 0 && amount == Ore(0) {
        return Ok(());
    }
    let detail = format!("{rows} of {} rows, {amount} of {} SEK", tally.rows_read, tally.amount_read);
    Err(Error::new(&codes::load::IMBALANCE).detail(detail))
}

//! The one transaction of a delivery: difference, COPY, ledger. All of it takes effect, or nothing.

use std::{collections::HashSet, io, path::Path, sync::Arc};

use arrow::{
    array::{
        ArrayRef, AsArray, BooleanArray, Decimal128Array, Int16Array, Int32Array, Int64Array, RecordBatch,
        TimestampMicrosecondArray,
    },
    buffer::BooleanBuffer,
    compute::filter,
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
};
use serde_json::Value;
use tokio_postgres::Transaction;

use super::{
    current::{self, Place},
    derive,
    files::{SliceFile, SliceFiles},
    ledger::{self, Decision, Delivery},
    members::CHUNK,
    merge::{self, Incoming},
    rows::cast_to,
    send::Sending,
    shape::Shape,
    stored::{ROW_HASH, StoredSlice},
    unreadable,
};
use crate::{
    conform::ConformedSlice,
    engine::{Scratch, Sorted},
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
    pub(super) stored: &'a StoredSlice,
    pub(super) scratch: &'a Scratch,
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
    pub(super) async fn carry_out(&self, tx: &Transaction<'_>, incoming: Sorted<Incoming>) -> Result<Effect> {
        let load_id = ledger::next_load_id(tx).await?;
        let current = current::read(tx, self.scratch, self.shape, self.slice_id, self.year).await?;
        let difference = merge::difference(self.scratch, self.stored.rows.rows(), incoming, current)?;
        let mut tally = Tally { rows_closed: difference.rows_closed, ..*self.conformed.tally() };
        let mut files = SliceFiles::new(self.slices, self.shape, self.year)?;
        self.write_rows(tx, load_id, &difference.written, &mut files, &mut tally).await?;
        self.close_rows(tx, difference.closing).await?;
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

    /// Sends the rows that are new or changed, and gives every row to the files.
    async fn write_rows(
        &self,
        tx: &Transaction<'_>,
        load_id: LoadId,
        written: &BooleanBuffer,
        files: &mut SliceFiles,
        tally: &mut Tally,
    ) -> Result<()> {
        let schema = self.sent_schema();
        let mut sending: Option<Sending> = None;
        let mut first = 0;
        for batch in self.stored.rows.batches().map_err(unreadable)? {
            let batch = batch.map_err(unreadable)?;
            let written = BooleanArray::new(written.slice(first, batch.num_rows()), None);
            first += batch.num_rows();
            self.count(&batch, &written, tally)?;
            files.take(self.stored, &batch)?;
            if written.true_count() == 0 {
                continue;
            }
            if sending.is_none() {
                sending = Some(Sending::open(tx, &in_core(&self.shape.table), &schema).await?);
            }
            if let Some(sending) = &mut sending {
                sending.send(&self.versions(&batch, &written, load_id, &schema)?).await?;
            }
        }
        if let Some(sending) = sending {
            sending.finish().await?;
        }
        Ok(())
    }

    /// Adds rows and money of a batch to the tally.
    fn count(&self, batch: &RecordBatch, written: &BooleanArray, tally: &mut Tally) -> Result<()> {
        let loaded = rows(written.true_count());
        tally.rows_loaded += loaded;
        tally.rows_unchanged += rows(batch.num_rows()) - loaded;
        let Some(position) = self.shape.amount else { return Ok(()) };
        // Money in öre, whatever the scale it is stored in.
        let ore = DataType::Decimal128(38, 2);
        let amounts = cast_to(batch.column(position), &ore, &self.shape.columns[position].name)?;
        let amounts: &Decimal128Array = amounts.as_primitive();
        for (row, amount) in amounts.iter().enumerate().filter_map(|(row, amount)| Some((row, amount?))) {
            let sum = if written.value(row) { &mut tally.amount_loaded } else { &mut tally.amount_unchanged };
            *sum += Ore(amount);
        }
        Ok(())
    }

    fn sent_schema(&self) -> SchemaRef {
        let declared = self.shape.columns.iter().map(|column| Field::new(&column.name, column.stored.clone(), true));
        let system = [
            Field::new("slice_id", DataType::Int32, false),
            Field::new("period_year", DataType::Int16, false),
            Field::new("load_id", DataType::Int64, false),
            Field::new("known_from", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false),
            Field::new(ROW_HASH, DataType::FixedSizeBinary(16), false),
        ];
        Arc::new(Schema::new(declared.chain(system).collect::<Vec<_>>()))
    }

    /// The written rows with their system columns.
    fn versions(
        &self,
        batch: &RecordBatch,
        written: &BooleanArray,
        load_id: LoadId,
        schema: &SchemaRef,
    ) -> Result<RecordBatch> {
        let count = written.true_count();
        let kept = |column: &ArrayRef| filter(column, written).map_err(unreadable);
        let mut columns = batch.columns()[..self.shape.columns.len()].iter().map(kept).collect::<Result<Vec<_>>>()?;
        let known_from = vec![self.run.known_at.timestamp_micros(); count];
        let system: [ArrayRef; 5] = [
            Arc::new(Int32Array::from(vec![self.slice_id; count])),
            Arc::new(Int16Array::from(vec![self.year; count])),
            Arc::new(Int64Array::from(vec![load_id.0; count])),
            Arc::new(TimestampMicrosecondArray::from(known_from).with_timezone("UTC")),
            kept(self.stored.row_hash(batch))?,
        ];
        columns.extend(system);
        RecordBatch::try_new(schema.clone(), columns).map_err(unreadable)
    }

    async fn close_rows(&self, tx: &Transaction<'_>, mut closing: Sorted<u64>) -> Result<()> {
        let close = format!(
            "update {} set known_to = $1 where period_year = $2 and slice_id = $3 and known_to is null and ctid = any($4::tid[])",
            in_core(&self.shape.table),
        );
        loop {
            let chunk = closing.by_ref().take(CHUNK).map(|place| place.map(Place)).collect::<io::Result<Vec<_>>>();
            let chunk = chunk.map_err(unreadable)?;
            if chunk.is_empty() {
                return Ok(());
            }
            let closed = tx
                .execute(&close, &[&self.run.known_at, &self.year, &self.slice_id, &chunk])
                .await
                .map_err(|error| fault(&error))?;
            if closed != chunk.len() as u64 {
                return Err(Error::new(&codes::load::SLICE_MOVED).detail(&self.delivery.slice));
            }
        }
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
        for (table, children) in self.stored.marked.of_each() {
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

fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn check_balance(tally: &Tally) -> Result<()> {
    let (rows, amount) = (tally.rows_missing(), tally.amount_missing());
    if rows == 0 && amount == Ore(0) {
        return Ok(());
    }
    let detail = format!("{rows} of {} rows, {amount} of {} SEK", tally.rows_read, tally.amount_read);
    Err(Error::new(&codes::load::IMBALANCE).detail(detail))
}

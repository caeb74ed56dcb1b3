//! COPY BINARY: Arrow batches to a table, in the order they come.

use std::pin::Pin;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use bytes::{Bytes, BytesMut};
use futures::SinkExt;
use pgpq::ArrowToPostgresBinaryEncoder;
use tokio_postgres::{CopyInSink, Transaction};

use crate::{
    error::{Error, Result, codes},
    warehouse::{fault, names::quoted},
};

/// Bytes gathered before they are sent.
const CHUNK: usize = 256 << 10;

/// A COPY under way. Dropping it unfinished makes the server discard what was sent.
pub(super) struct Sending {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    encoder: ArrowToPostgresBinaryEncoder,
    buffer: BytesMut,
}

fn encoding(_: pgpq::error::ErrorKind) -> Error {
    // The encoder's own message may quote a value.
    Error::new(&codes::load::COLUMN_TYPE).detail("the column has no binary form")
}

impl Sending {
    /// Opens a COPY into `schema.table` of the columns that the schema names.
    pub(super) async fn open(tx: &Transaction<'_>, table: &str, schema: &SchemaRef) -> Result<Self> {
        let columns: Vec<String> = schema.fields().iter().map(|field| quoted(field.name())).collect();
        let statement = format!("copy {table} ({}) from stdin (format binary)", columns.join(", "));
        let sink = Box::pin(tx.copy_in(&statement).await.map_err(|error| fault(&error))?);
        let mut encoder = ArrowToPostgresBinaryEncoder::try_new(schema).map_err(encoding)?;
        let mut buffer = BytesMut::with_capacity(2 * CHUNK);
        encoder.write_header(&mut buffer).map_err(encoding)?;
        Ok(Self { sink, encoder, buffer })
    }

    pub(super) async fn send(&mut self, batch: &RecordBatch) -> Result<()> {
        self.encoder.write_batch(batch, &mut self.buffer).map_err(encoding)?;
        if self.buffer.len() >= CHUNK {
            self.sink.send(self.buffer.split().freeze()).await.map_err(|error| fault(&error))?;
        }
        Ok(())
    }

    /// Ends the COPY; rows the server took.
    pub(super) async fn finish(mut self) -> Result<u64> {
        self.encoder.write_footer(&mut self.buffer).map_err(encoding)?;
        self.sink.send(self.buffer.split().freeze()).await.map_err(|error| fault(&error))?;
        self.sink.as_mut().finish().await.map_err(|error| fault(&error))
    }
}

//! A spooled slice as a DataFusion table, read from memory or from its IPC file batch by batch.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::{
    catalog::streaming::StreamingTable,
    error::{DataFusionError, Result},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::{stream::RecordBatchStreamAdapter, streaming::PartitionStream},
};
use futures::{StreamExt, stream};

use super::Spooled;

/// The one partition of a slice's table. It holds the slice, so that its file stays while a query reads it.
#[derive(Debug)]
struct SlicePartition {
    schema: SchemaRef,
    rows: Arc<Spooled>,
}

impl PartitionStream for SlicePartition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let batches = match self.rows.batches() {
            Ok(batches) => stream::iter(batches).map(|batch| Ok(batch?)).boxed(),
            Err(error) => stream::iter([Err(DataFusionError::from(error))]).boxed(),
        };
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches))
    }
}

/// The table over `rows`, in the order written.
pub(super) fn slice_table(rows: &Arc<Spooled>) -> Result<StreamingTable> {
    let schema = rows.schema();
    StreamingTable::try_new(schema.clone(), vec![Arc::new(SlicePartition { schema, rows: rows.clone() })])
}

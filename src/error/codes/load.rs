//! Codes of `load` (`LOAD-…`).

codes! {
    FENCED = "LOAD-001" (Fail, 1) "a newer run has taken over"
        hint "Look at `buss history`; the newer run does the work."
        explain "Each load checks the fencing epoch of its run in the same transaction. A process that was frozen and wakes up after another run began is refused, so that nothing is written twice.";
    COLUMN_MISSING = "LOAD-002" (Fail, 1) "a declared column is not in the conformed rows"
        hint "Compare `[[target.columns]]` of the pipeline with the select list of its conform query."
        explain "Every target column is fed by the column of the conform query that `source` (or `name`) says.";
    COLUMN_TYPE = "LOAD-003" (Fail, 1) "a conformed column cannot be stored as the fact declares it"
        hint "Cast the column in the conform query, or change the fact's type in a migration."
        explain "Values are cast to the type of the fact's column before they are sent; a type without a cast, or a value out of range, stops the load and changes nothing.";
    TABLE_MISSING = "LOAD-004" (Fail, 1) "the target table or one of its columns is not in the warehouse"
        hint "Run `buss migrate`; a new dataset brings its table in a migration."
        explain "The loader reads the column types of the fact, the slice table and the dimensions from the database.";
    DUPLICATE_KEY = "LOAD-005" (Fail, 1) "two conformed rows of one slice have the same key"
        hint "Check the key columns of the target and the grain of the conform query."
        explain "A row's key is unique within its slice. Copies in the delivery are dropped or rejected before; what is doubled here comes of the conform query.";
    IMBALANCE = "LOAD-006" (Fail, 1) "rows or money do not balance"
        hint "Nothing was loaded. Report it with the pipeline and the counts shown."
        explain "Rows read must equal loaded + unchanged + quarantined + duplicates + merged + control rows + out of scope, and the same holds for money. The load checks it before it commits.";
    SLICE_MOVED = "LOAD-007" (Fail, 1) "the slice changed while it was being compared"
        hint "Look for another program that writes to schema core."
        explain "Only the loader writes facts, one transaction per slice. The number of closed rows differs from the number found current, so somebody else wrote.";
    FILE = "LOAD-008" (Fail, 1) "a slice file could not be written or read"
        hint "Check free space and rights of the data directory."
        explain "The rows of each slice version are kept as an immutable Parquet file, which must be on disk before the load commits.";
    PERIOD = "LOAD-009" (Fail, 1) "the period has no calendar year"
        hint "Name the resource with the four digits of the year first."
        explain "Facts are partitioned by the calendar year of the slice.";
    CONFORMED = "LOAD-010" (Fail, 1) "the conformed rows could not be read back"
        hint "Check free space of the data directory and run again."
        explain "A large slice is kept in an Arrow file between two stages.";
    NULL_KEY = "LOAD-011" (Fail, 1) "a key column of the target is null"
        hint "Make the column required, or give it a value in the conform query."
        explain "Rows of two versions of a slice are matched by their key, and an unknown key matches nothing.";
}

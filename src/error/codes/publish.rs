//! Codes of `publish` (`PUBL-…`).

codes! {
    MART_SQL = "PUBL-001" (Fail, 2) "mart cannot be installed"
        hint "Correct the SQL file named: one select over `asof` views, without a closing semicolon."
        explain "Each file under sql/mart is made a view of schema mart. PostgreSQL did not accept this one, and none was changed.";
    WRITE_FAILED = "PUBL-002" (Fail, 1) "snapshot cannot be written"
        hint "Check free space and permissions of the snapshot directory; the next run starts the snapshot anew."
        explain "Files of a snapshot are written and synced before the publication is recorded. Nothing that readers see was changed.";
    COLUMN_TYPE = "PUBL-003" (Fail, 2) "column type has no form in a snapshot"
        hint "Cast the column in the mart's SQL to text, integer, numeric with precision, date, timestamptz, boolean or double precision."
        explain "A snapshot's types must open equal in every reader, so only types with one plain form are written.";
    SLICE_FILE_MISSING = "PUBL-004" (Fail, 1) "slice's Parquet file is missing or damaged"
        hint "Run with --reload for the slice named in the ledger, which writes its files anew."
        explain "A snapshot of the star links the files that the loads wrote. One of them is not there, or is not what the ledger recorded.";
    NO_SNAPSHOT = "PUBL-005" (Fail, 2) "no such snapshot"
        hint "See `buss snapshot list`."
        explain "The name is not a snapshot of this data directory, or nothing has been published yet.";
    DAMAGED = "PUBL-006" (Fail, 1) "snapshot differs from its manifest"
        hint "Restore the snapshot from a backup, or publish again with `buss run --reload`."
        explain "The manifest names each file with its rows and SHA-256. A file that is missing, added or changed makes the snapshot untrustworthy.";
}

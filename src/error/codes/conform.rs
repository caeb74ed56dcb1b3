//! Codes of `conform` (`CNFM-…`).

codes! {
    QUERY_FAILED = "CNFM-001" (Fail, 1) "conform query failed"
        hint "Correct the SQL file named; `buss validate` checks that it plans."
        explain "The query that turns accepted rows into fact rows failed on this slice. The engine's own message is not shown, because it can quote values.";
    GRAIN_BROKEN = "CNFM-002" (Fail, 1) "conform query does not keep the grain"
        hint "Correct the SQL file named: a join makes several rows of one, or the key columns do not identify a row."
        explain "The query gave more rows than it read, or two rows with one key. Loading them would count things twice.";
    SPOOL = "CNFM-003" (Fail, 1) "conformed rows cannot be written or read back"
        hint "Check that the data directory has room and is writable."
        explain "Slices larger than [run] spill_bytes are held in files under the data directory while they are handled.";
}

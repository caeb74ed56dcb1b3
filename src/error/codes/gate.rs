//! Codes of `gate` (`GATE-…`).

codes! {
    REFUSED = "GATE-001" (Fail, 4) "the gate refused to publish"
        hint "Read the controls listed, correct the deliveries or the SQL behind them, and run again."
        explain "A control or an audit that stops the night did not hold. Everything published stays as of the last good night: stale beats wrong.";
    BAD_AUDIT = "GATE-002" (Fail, 2) "audit or control cannot be run"
        hint "Correct the SQL file named: it needs a header `-- severity: stop|warn` and must be one query."
        explain "Audits and controls are files under sql/audit and sql/control. One that fails proves nothing, so the night does not go on as if it had passed.";
}

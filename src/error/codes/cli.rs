//! Codes of the command line (`CLI-…`).

codes! {
    USAGE = "CLI-001" (Fail, 2) "command line not understood"
        hint "See `buss --help` or `buss COMMAND --help`."
        explain "The command, an option or an argument is unknown or missing. Nothing was started.";
    UNKNOWN_CODE = "CLI-002" (Fail, 2) "no such error code"
        hint "Give the code as the error shows it; docs/ERRORS.md lists all."
        explain "The catalogue of this version has no entry with this id.";
    INTERRUPTED = "CLI-003" (Fail, 130) "interrupted"
        hint "Run the command again; whatever was committed stays, the rest is done anew."
        explain "The program got SIGINT or SIGTERM. Each delivery is one transaction, so that none is half loaded.";
    BAD_INSTANT = "CLI-004" (Fail, 2) "not an instant"
        hint "Write it as 2026-11-21T03:00:00Z, or as a date, which means its end."
        explain "`--as-of` takes an instant with its offset from UTC (RFC 3339), or a date in the zone of the settings.";
    INSTANT_TOO_LATE = "CLI-005" (Fail, 2) "instant lies after the last finished run"
        hint "Give an instant up to the one named, or leave --as-of out for what is published now."
        explain "What is known at an instant is settled only when a run after it has finished; a later answer could differ, so none is given.";
    BAD_QUERY = "CLI-006" (Fail, 2) "query not accepted by the database"
        hint "Correct the query; it may read the schemas mart, asof and core (without identities), and write nothing."
        explain "The database's own message is not shown, because it can quote data. SQLSTATE and the position in the query say what is wrong.";
    NO_RUNTIME = "CLI-007" (Fail, 1) "program cannot start its threads"
        hint "Check the limits of processes and open files (ulimit)."
        explain "The operating system refused the threads or descriptors that the program needs to work.";
    NO_RUN = "CLI-008" (Fail, 2) "no such run"
        hint "See `buss history` for the numbers of the newest runs."
        explain "The ledger has no run with this number.";
    NOT_A_QUERY = "CLI-009" (Fail, 2) "not a query"
        hint "Give one select, with, values, table, show or explain."
        explain "`buss query` reads. Statements that change settings, roles or anything else are refused, also inside a query, and nothing of their answer is shown.";
}

//! Codes of `run` (`RUN-…`).

codes! {
    INTERRUPTED = "RUN-001" (Fail, 130) "interrupted"
        hint "Run again: what was loaded stands, and the rest is taken up."
        explain "The run was asked to stop. Deliveries in hand were finished or rolled back whole; nothing was published.";
    BROKEN = "RUN-002" (Fail, 1) "internal failure"
        hint "Report it with the run's number; run again."
        explain "A part of the program ended unexpectedly. Its transaction was rolled back, so nothing of it is loaded.";
    NOT_EXPECTED = "RUN-003" (Fail, 2) "nothing expected matches"
        hint "Check --pipeline, --deliverer and --period against `buss plan`, and [coverage]."
        explain "The selection names no slice that a declared dataset expects from a deliverer valid in the year.";
    VOLUME = "RUN-004" (Hold, 3) "far fewer rows than the version in force"
        hint "Look at the delivery, then `buss delivery approve ID` or `buss delivery reject ID`."
        explain "A file with fewer than half the rows of the last accepted version, which had at least twenty, is more often a broken export than the truth. The version in force stays until someone decides.";
    EMPTIED = "RUN-005" (Hold, 3) "only a header where the version in force has rows"
        hint "Look at the delivery, then `buss delivery approve ID` or `buss delivery reject ID`."
        explain "A file with a header and no rows is accepted for a slice that never had rows, and held for one that had.";
    BUSINESS_DATE = "RUN-006" (Fail, 2) "zone not known"
        hint "Give an IANA zone such as Europe/Stockholm in [run] zone."
        explain "Schedules and the business date follow the local time of this zone.";
    SPOOL = "RUN-007" (Fail, 1) "spool directory cannot be prepared"
        hint "Check the permissions of data_dir and the space on its disk."
        explain "Slices too large for memory wait in files of this directory between two stages; it is emptied when a run begins.";
}

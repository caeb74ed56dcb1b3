//! Codes of `validate` (`VALI-…`).

codes! {
    TOO_MANY_REJECTS = "VALI-001" (Refuse, 1) "too many rows rejected"
        hint "See the reasons with `buss quarantine list`, correct the extract and deliver it again."
        explain "More rows than [run] refuse_rows, and more than refuse_share of the file, break a rule. Such a file is wrong as a whole, so none of it is loaded and the last accepted version of the slice stays in force.";
    REFUSED_BY_RULE = "VALI-002" (Refuse, 1) "a rule refuses the whole file"
        hint "See the rule in docs/RULES.md, correct the extract and deliver it again."
        explain "A rule of severity `refuse` was broken. The last accepted version of the slice stays in force.";
    RULE_FAILED = "VALI-003" (Fail, 1) "rule cannot be evaluated"
        hint "Correct the rule in the pipeline file: it must hold for every value its columns can have."
        explain "The rule compiles, but failed on the rows of a file, for example by a division by zero. Rows that were not checked are not loaded.";
    SPOOL = "VALI-004" (Fail, 1) "intermediate rows cannot be written or read back"
        hint "Check that the data directory has room and is writable."
        explain "Slices larger than [run] spill_bytes are held in files under the data directory while they are handled.";
    ENGINE = "VALI-005" (Fail, 1) "query engine cannot be started"
        hint "Check that the data directory exists and is writable."
        explain "Rules and conform queries run in an engine that spills into the data directory. It could not be set up.";
    UNEXPECTED_ROWS = "VALI-006" (Fail, 1) "rows do not have the declared columns"
        hint "Report this: the parser and the declaration disagree."
        explain "The parser gave rows of another schema than the pipeline declares. Nothing of the file was loaded.";
}

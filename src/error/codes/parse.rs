//! Codes of `parse` (`PARS-0xx` for all formats and CSV, `PARS-1xx` for SIE, `PARS-2xx` for JSON-stat).

codes! {
    MISSING_COLUMN = "PARS-001" (Refuse, 1) "column missing in the header"
        hint "Ask the deliverer for a file with every column of the extract contract."
        explain "A declared column does not stand in the header row (compared after NFC, trimming and folding of no-break spaces), so no row of the file can be trusted. The slice's last accepted version stays in force.";
    DOUBLED_COLUMN = "PARS-002" (Refuse, 1) "column stands twice in the header"
        hint "Ask the deliverer for a file with each column once."
        explain "Two columns of one name leave open which of them holds the value. Nothing is guessed; the file is refused.";
    NO_HEADER = "PARS-003" (Refuse, 1) "file has no header row"
        hint "Ask the deliverer for the complete file."
        explain "The file holds no record at all, not even a header. A slice without rows is delivered as a header alone.";
    NUL = "PARS-004" (Refuse, 1) "file contains NUL"
        hint "Ask the deliverer for a text file in UTF-8 or Windows-1252."
        explain "A NUL byte shows a damaged file, UTF-16, or another format than declared.";
    UNCLOSED_QUOTE = "PARS-005" (Refuse, 1) "quoted cell does not end as it should"
        hint "Ask the deliverer to correct the quoting at the line named: a quote inside a quoted cell is doubled."
        explain "A quoted cell is open at the end of the file, or its closing quote is followed by more text. Rows after it may have been swallowed, so the whole file is refused.";
    WRONG_DECODING = "PARS-006" (Refuse, 1) "text shows the marks of a wrong decoding"
        hint "Ask the deliverer to export the file again, in UTF-8."
        explain "Letters were decoded with the wrong code page before the file was written, so names and codes are damaged beyond safe repair.";
    OTHER_DISTRICT = "PARS-007" (Refuse, 1) "row of another district"
        hint "Ask the deliverer which district the file belongs to."
        explain "Every row must carry the deliverer's own district code. One that does not refuses the whole file, because the file may be another district's.";
    RECORD_TOO_LONG = "PARS-008" (Refuse, 1) "record too long"
        hint "Look for a quote that is not closed near the line named."
        explain "One record is longer than 16 MiB. No honest row is; a quote that is never closed makes one of the rest of the file.";
    LANDING_READ = "PARS-009" (Fail, 1) "landed file cannot be read"
        hint "Check the landing directory and its disk, then run again."
        explain "The landed copy was verified before, but reading it failed now.";
    BAD_COLUMN = "PARS-010" (Fail, 2) "column declaration cannot be used"
        hint "Correct the pipeline file: the code list, the pattern, the separator or the column it refers to."
        explain "A column refers to a code list or column that does not exist, or has a pattern that is no regular expression.";
    BATCH = "PARS-011" (Fail, 1) "batch could not be built"
        hint "Report this as a defect of the program."
        explain "The columns of a batch did not fit its schema. Nothing of the file was loaded.";
}

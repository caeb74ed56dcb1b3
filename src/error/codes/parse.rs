//! Codes of `parse` (`PARS-0xx` for all formats and CSV, `PARS-1xx` for SIE, `PARS-2xx` for JSON-stat, `PARS-3xx` for XLSX).

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
        explain "One record is longer than 16 MiB, or has more than 65,536 cells. No honest row is; a quote that is never closed makes one of the rest of the file.";
    LANDING_READ = "PARS-009" (Fail, 1) "landed file cannot be read"
        hint "Check the landing directory and its disk, then run again."
        explain "The landed copy was verified before, but reading it failed now.";
    BAD_COLUMN = "PARS-010" (Fail, 2) "column declaration cannot be used"
        hint "Correct the pipeline file: the code list, the pattern, the separator or the column it refers to."
        explain "A column refers to a code list or column that does not exist, or has a pattern that is no regular expression.";
    BATCH = "PARS-011" (Fail, 1) "batch could not be built"
        hint "Report this as a defect of the program."
        explain "The columns of a batch did not fit its schema. Nothing of the file was loaded.";

    SIE_NOT_SIE = "PARS-101" (Refuse, 1) "not a SIE 4 file"
        hint "Ask the deliverer for a SIE file of type 2, 3 or 4E."
        explain "A SIE file is made of rows that begin with #, of which #FLAGGA is the first, and of the braces of vouchers. Anything else shows another format or a damaged file.";
    SIE_QUOTE = "PARS-102" (Refuse, 1) "quoted field is not closed"
        hint "Ask the deliverer to correct the quoting at the line named: a quote inside a quoted field is written with a backslash before it."
        explain "The field's closing quote is missing on its line, so the fields after it cannot be told. Nothing of the file is guessed.";
    SIE_BRACES = "PARS-103" (Refuse, 1) "braces do not pair"
        hint "Ask the deliverer for the complete file; look at the line named."
        explain "An object list or a voucher is not closed, or a transaction stands outside a voucher. The file may be cut off.";
    SIE_CHECKSUM = "PARS-104" (Refuse, 1) "#KSUMMA does not prove the file"
        hint "Ask the deliverer to export the file again and to send it unchanged."
        explain "The CRC-32 of the fields between the #KSUMMA rows differs from the one written, or one of the two rows is missing. The file was changed or cut off after it was made.";
    SIE_UNBALANCED = "PARS-105" (Refuse, 1) "voucher does not balance"
        hint "Ask the deliverer to correct the voucher at the line named and to export again."
        explain "The #TRANS rows of a voucher must sum to zero. An unbalanced one means that rows or amounts are wrong, so the file's sums cannot be trusted.";
    SIE_NO_YEAR = "PARS-106" (Refuse, 1) "#RAR 0 is missing"
        hint "Ask the deliverer for an export file (type 2, 3 or 4E) with #RAR."
        explain "Rows name their year by an index that #RAR explains. Without #RAR 0 it is unknown which year the amounts belong to. Import files (type 4I) have none.";
    SIE_OTHER_YEAR = "PARS-107" (Refuse, 1) "file of another year"
        hint "Check the resource's name against #RAR 0 in the file."
        explain "#RAR 0 must lie in the calendar year the resource is named for, because the file is that period's complete slice.";
    SIE_BROKEN_YEAR = "PARS-108" (Refuse, 1) "fiscal year is not within one calendar year"
        hint "Ask the deliverer for a file of the calendar year."
        explain "The period is a calendar year. A fiscal year that spans two of them holds a part of each and the whole of none, so it can replace neither.";
    SIE_YEAR_BALANCES = "PARS-109" (Refuse, 1) "year balances only (type 1)"
        hint "Ask the deliverer for a file of type 2, 3 or 4E."
        explain "The file has no #PSALDO, #PBUDGET or #TRANS of its year, and so no amounts per month. Month is part of the fact's grain.";
    SIE_CONTROL = "PARS-110" (Refuse, 1) "#RES cannot be read"
        hint "Ask the deliverer to correct the amount: decimal point, at most two decimals."
        explain "#RES is the control total against which the file's amounts are read. Without it the file cannot be proven.";
    SIE_NO_READING = "PARS-111" (Refuse, 1) "amounts do not close against #RES"
        hint "Ask the deliverer which rows of the file are totals, and for a file whose months sum to #RES."
        explain "Rows without object are the account's total or only what no object has, depending on the producing program. In no reading do the months of every result account sum to its #RES, so loading any of them could double or lose money.";
    SIE_TYPE = "PARS-112" (Refuse, 1) "another type of SIE file than 2, 3 or 4E"
        hint "Ask the deliverer for a file of type 2, 3 or 4E."
        explain "#SIETYP says what a file is meant to hold. Year balances and files for import are not a year's complete accounts, whatever amounts stand in them.";

    JSTAT_NOT_JSON = "PARS-201" (Refuse, 1) "not JSON"
        hint "Ask the deliverer for the response as JSON-stat 2.0, in UTF-8; look at the line named."
        explain "The file is no JSON text: cut off, another format, an error page, or not in UTF-8.";
    JSTAT_NOT_DATASET = "PARS-202" (Refuse, 1) "not a JSON-stat dataset"
        hint "Ask for the table's data (not its metadata, a collection or a dimension) as JSON-stat 2.0."
        explain "The text is JSON, but its class is not dataset, it has no values, or a member has another form than the standard gives it.";
    JSTAT_INCONSISTENT = "PARS-203" (Refuse, 1) "dimensions and values do not fit together"
        hint "Ask the deliverer for the complete response."
        explain "id, size, the categories' positions, value and status must describe the same cells. Where they do not, a value could be taken for another category's.";
    JSTAT_TOO_LARGE = "PARS-204" (Refuse, 1) "more cells than can be read"
        hint "Ask for one year and the city's districts only."
        explain "The number of cells is bounded so that a wrong or hostile size cannot exhaust the memory. Four million are far more than a year's population.";
    JSTAT_OTHER_SHAPE = "PARS-205" (Refuse, 1) "not the dimensions of this dataset"
        hint "Ask for the table by the dataset's dimensions, all values of any other added up by the sender."
        explain "Each column needs its own dimension. A dimension beside them, even with one category, would make the cells mean something else (only the unmarried, say); only the metric may stand there, with one measure.";
    JSTAT_OTHER_YEAR = "PARS-206" (Refuse, 1) "not the year of the resource"
        hint "Check the resource's name against the time dimension of the file."
        explain "The file is one year's complete slice, so its time dimension holds that year and no other.";

    XLSX_OTHER_FORMAT = "PARS-301" (Refuse, 1) "not an XLSX workbook"
        hint "Ask the deliverer to save the workbook as Excel workbook (.xlsx), without password and without macros."
        explain "The file is no zip archive with the parts of an XLSX workbook, or it is another kind of workbook under that name: old Excel, binary, OpenDocument, encrypted, or with macros. None of them is opened.";
    XLSX_BROKEN = "PARS-302" (Refuse, 1) "workbook is damaged or contradicts itself"
        hint "Ask the deliverer to open the workbook, to save it again and to send it unchanged."
        explain "A part is missing, cut off or differs from its checksum, its XML is not well formed, or it refers to what does not exist (a shared text, a sheet) or says one thing twice (a cell, a part). Nothing of it is guessed.";
    XLSX_NO_SHEET = "PARS-303" (Refuse, 1) "the sheet cannot be told"
        hint "Ask the deliverer for a workbook with the sheet of the extract contract, visible and under its name."
        explain "The declared sheet is not there, and not exactly one visible sheet has the declared columns. Hidden sheets are never chosen.";
    XLSX_TOO_LARGE = "PARS-304" (Refuse, 1) "workbook is larger than can be read"
        hint "Ask the deliverer for a workbook with the one sheet and nothing else; look at the file before anyone opens it."
        explain "Reading a workbook is bounded in memory and in bytes after inflating, so that one that was made to exhaust the machine cannot take the night down. No honest workbook of a district comes near.";
    XLSX_TOO_SLOW = "PARS-305" (Refuse, 1) "workbook takes longer than it may"
        hint "Ask the deliverer for a workbook with the one sheet and nothing else; look at the file before anyone opens it."
        explain "Reading a workbook is bounded in time. An honest one takes a fraction of a second.";
    XLSX_READER = "PARS-306" (Fail, 1) "workbook reader cannot be started"
        hint "Check that the program may start itself, and the limits on processes and memory of its account."
        explain "Workbooks are read by a second process of this same program, with limits of its own and without its secrets. It could not be started, or ended before it read anything.";
    XLSX_READER_DIED = "PARS-307" (Refuse, 1) "workbook reader ended without an answer"
        hint "Keep the file and report this as a defect of the program."
        explain "The process that reads the workbook broke off on this file. It held nothing but the file, and the rest of the night is not touched.";
}

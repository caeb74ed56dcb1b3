//! Codes of `land` (`LAND-…`).

codes! {
    DIRECTORY = "LAND-001" (Fail, 1) "landing directory cannot be used"
        hint "Give the account that runs buss a directory of its own ([paths] landing), which it may write."
        explain "Landing holds everything that was delivered, encrypted, in directories of mode 0700. It could not be made or its mode could not be set.";
    CHANGED = "LAND-002" (Retry, 1) "resource changed between observation and landing"
        hint "The next run observes it anew."
        explain "The bytes read for landing do not have the hash that was observed, so they were not kept.";
    FULL = "LAND-003" (Fail, 1) "no space left for landing"
        hint "Free space or raise the quota where [paths] landing lies, then run again."
        explain "The disk or quota is full. The partial file was removed, and what was landed before is untouched.";
    NOT_WRITTEN = "LAND-004" (Fail, 1) "landed file cannot be written"
        hint "Check the disk that holds [paths] landing; the next run writes the file anew."
        explain "Writing, flushing to disk or renaming failed. The partial file was removed; after a failed flush nothing written is trusted.";
    OTHER_DEVICE = "LAND-005" (Fail, 1) "landing lies on more than one file system"
        hint "Keep the landing directory and everything in it on one file system."
        explain "A landed file gets its name by an atomic rename, which works within one file system only.";
    ABSENT = "LAND-006" (Fail, 1) "landed file is not there"
        hint "Restore the landing directory, or let the deliverer send the file again."
        explain "The ledger names a landed file that is not in the landing directory.";
    DAMAGED = "LAND-007" (Fail, 1) "landed file is damaged"
        hint "Run again while the deliverer still offers the file: it is landed anew. Else restore the landing directory."
        explain "The landed file does not decrypt to the bytes of its hash: it was cut short, changed or spoilt on disk. It is never parsed.";
    LOCKED = "LAND-008" (Fail, 1) "landed file does not open with this key"
        hint "Check [secrets] landing_key: it must be the age identity with which the file was landed."
        explain "The landing key is another one than at landing, or the file's header is damaged. It is never parsed.";
    UNREADABLE = "LAND-009" (Retry, 1) "landed file cannot be read"
        hint "Check the disk that holds [paths] landing, and that this account may read it."
        explain "The system reported an error while a landed file was opened or read.";
}

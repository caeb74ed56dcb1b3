//! Codes of `history` (`HIST-…`).

codes! {
    LOCKED = "HIST-001" (Fail, 5) "another run holds the lock"
        hint "Wait for it to end, or see what it does with `buss status`."
        explain "One run at a time may change the warehouse. The lock belongs to a database session and is released when its process ends, however it ends.";
    NOT_HELD = "HIST-002" (Fail, 2) "the delivery does not wait for a decision"
        hint "List the waiting ones with `buss delivery list`."
        explain "Only a held delivery that nobody decided on, and that no newer delivery replaced, can be approved or rejected.";
    DELIVERY_UNKNOWN = "HIST-003" (Fail, 2) "no such delivery"
        hint "List them with `buss delivery list`."
        explain "Deliveries are numbered by the ledger.";
    LEDGER = "HIST-004" (Fail, 1) "the ledger holds a value this program does not know"
        hint "Was the database written by a newer version? Run that version."
        explain "Words, hashes and file lists of the ledger are read strictly.";
}

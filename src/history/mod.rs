//! The ledger as the driver and the operator see it: runs, deliveries, quarantine, the run lock.

//! A passed verdict → marts and snapshot, switched together in one recorded step.

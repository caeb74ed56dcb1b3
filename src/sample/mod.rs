//! Made-up extracts that keep the contract, from official test numbers only.

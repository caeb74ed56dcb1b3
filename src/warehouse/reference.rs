//! Reference data into the dimensions.
//!
//! In: the lists of `config/`. Out: members with labels and attributes; a key once given stays with its code.

use super::Session;
use crate::{
    error::Result,
    pipeline::{Pipeline, Reference},
};

/// Brings the dimensions up to the lists. Writes changed rows only.
pub async fn sync(_session: &mut Session, _reference: &Reference, _pipelines: &[Pipeline]) -> Result<()> {
    Ok(())
}

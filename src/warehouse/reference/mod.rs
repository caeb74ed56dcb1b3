//! Reference data into the dimensions.
//!
//! In: the lists of `config/` and the codes that pipelines declare. Out: members with labels and attributes, and the succession of
//! districts. A key once given stays with its code; a member that a load had to infer is healed; unchanged rows are not written.

mod districts;
mod members;
mod upsert;

use super::{Session, fault};
use crate::{
    error::Result,
    pipeline::{Pipeline, Reference},
};

/// Brings the dimensions up to the lists, in one transaction.
pub async fn sync(session: &mut Session, reference: &Reference, pipelines: &[Pipeline]) -> Result<()> {
    let versions = districts::Versions::of(reference)?;
    let lists = members::of(reference, pipelines, &versions);
    let transaction = session.transaction().await.map_err(|error| fault(&error))?;
    let dimensions = upsert::Dimensions::read(&transaction).await?;
    dimensions.add_common_members(&transaction).await?;
    for list in &lists {
        dimensions.upsert(&transaction, list).await?;
    }
    upsert::succession(&transaction, &versions.successions()).await?;
    transaction.commit().await.map_err(|error| fault(&error))
}

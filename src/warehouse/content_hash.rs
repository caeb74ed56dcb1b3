//! One hash per table and in all, over natural values: two databases with the same content have the same hashes.

use super::Session;
use crate::{error::Result, pipeline::Pipeline};

/// (table, hash), in order of table; the last, `all`, is over the others.
pub async fn content_hash(_session: &mut Session, _pipelines: &[Pipeline]) -> Result<Vec<(String, String)>> {
    Ok(Vec::new())
}

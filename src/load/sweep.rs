//! Slice files that no current delivery names: left by a load that did not commit, or of versions no longer in force.

use std::{collections::HashSet, ffi::OsStr, fs, path::Path};

use crate::{
    error::{Error, Result, codes},
    warehouse::{Session, fault},
};

/// Removes them; call it under the run lock, before any load. Snapshots hold files by links of their own. Gives how many.
pub async fn sweep(session: &Session, slices: &Path) -> Result<usize> {
    const NAMED: &str = "
        select distinct file ->> 'sha256' from ops.delivery
        cross join lateral jsonb_array_elements(files) as file
        where is_current";
    super::files::prepare(slices)?;
    let rows = session.query(NAMED, &[]).await.map_err(|error| fault(&error))?;
    let named: HashSet<String> = rows.iter().map(|row| format!("{}.parquet", row.get::<_, &str>(0))).collect();
    let unreadable = |_| Error::new(&codes::load::FILE).at(slices.display());
    let mut removed = 0;
    for entry in fs::read_dir(slices).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_named = path.file_name().and_then(OsStr::to_str).is_some_and(|name| named.contains(name));
        if !is_named && path.is_file() {
            fs::remove_file(&path).map_err(unreadable)?;
            removed += 1;
        }
    }
    Ok(removed)
}

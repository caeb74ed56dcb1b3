//! What a start of the cluster would find. Nothing is made, started or changed.

use std::path::Path;

use super::{account::Account, layout::Layout, place, programs::Programs};
use crate::{error::Result, settings::Settings};

/// The programs that would serve the data, with their version.
pub(in crate::warehouse) fn programs(settings: &Settings) -> Result<String> {
    let (root, configured) = place(settings);
    let programs = Programs::find(configured.as_deref(), Layout::of(&root).data_major()?)?;
    Ok(programs.to_string())
}

/// The account the server would run under, which can reach the data or the directory they would be made in.
pub(in crate::warehouse) fn account(root: &Path) -> Result<String> {
    let layout = Layout::of(root);
    let account = Account::choose(&layout.data())?;
    // The directory itself is given to the account when the cluster is opened.
    if let Some(dir) = layout.root().ancestors().skip(1).find(|dir| dir.is_dir()) {
        account.check_reach(dir)?;
    }
    Ok(account.to_string())
}

/// Whether there are data.
pub(in crate::warehouse) fn is_made(settings: &Settings) -> Result<bool> {
    Ok(Layout::of(&place(settings).0).data_major()?.is_some())
}

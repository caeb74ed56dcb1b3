//! What was asked of a run.

use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::watch;

use crate::plan::Selection;

/// What the caller decides; everything else comes from settings and declarations.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The moment the run begins, by the caller's clock.
    pub now: DateTime<Utc>,
    /// Default: today in the settings' zone.
    pub business_date: Option<NaiveDate>,
    pub selection: Selection,
    /// Go through files again that are in force unchanged.
    pub reload: bool,
    /// Turns true when the run shall stop: no new delivery is begun.
    pub stop: watch::Receiver<bool>,
}

impl RunOptions {
    /// Returns when the run shall stop.
    pub async fn stopped(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            // Nobody is left who could ask for it.
            std::future::pending::<()>().await;
        }
    }
}

//! What the night expects, told to the database, so that completeness is SQL.

use crate::{
    error::Result,
    model::SliceKey,
    warehouse::{Session, fault},
};

/// Replaces `ops.expected_slice` by these slices; rows that stay are untouched.
pub async fn expect(session: &mut Session, slices: &[SliceKey]) -> Result<()> {
    const REPLACE: &str = "
        with given (dataset, period, deliverer) as (
            select g.dataset, g.period, g.deliverer
            from unnest($1::text[], $2::text[], $3::text[]) as g (dataset, period, deliverer)
        ),
        gone as (
            delete from ops.expected_slice as e
            where (e.dataset, e.period, e.deliverer) not in (select g.dataset, g.period, g.deliverer from given as g)
        )
        insert into ops.expected_slice (dataset, period, deliverer)
        select distinct g.dataset, g.period, g.deliverer
        from given as g
        on conflict do nothing";
    let datasets: Vec<&str> = slices.iter().map(|slice| slice.dataset.as_str()).collect();
    let periods: Vec<&str> = slices.iter().map(|slice| slice.period.as_str()).collect();
    let deliverers: Vec<&str> = slices.iter().map(|slice| slice.deliverer.as_str()).collect();
    session.execute(REPLACE, &[&datasets, &periods, &deliverers]).await.map(drop).map_err(|error| fault(&error))
}

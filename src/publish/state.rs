//! What a publication would show, as one hash: loads in force, reference data, protection, what was expected, the marts, and
//! the months of a running year.
//!
//! A night that leaves it as it was publishes nothing.

use sha2::{Digest, Sha256};

use super::sql::{core_tables, text};
use crate::{
    error::Result,
    warehouse::{Session, names::quoted},
};

/// A load that read the same content again and changed no row counts as the one before it. Rows are as the newest load that changed
/// some left them.
const LOADS: &str = "
    select md5(coalesce(string_agg(
        concat_ws('/', d.slice_id, l.content_hash, l.fingerprint, d.rows_read, d.rows_quarantined, d.fields, changed.by, found.reasons),
        E'\\n' order by d.slice_id), ''))
    from asof.delivery as d
    join ops.delivery as l on l.delivery_id = d.delivery_id
    cross join lateral (
        select max(c.delivery_id) as by
        from ops.delivery as c
        where c.slice_id = d.slice_id and (c.rows_loaded > 0 or c.rows_closed > 0) and c.outcome not in ('held', 'refused')
    ) as changed
    cross join lateral (
        select md5(string_agg(concat_ws('/', q.record, q.rule, q.column_name, q.severity), ',' order by q.record, q.rule, q.column_name))
            as reasons
        from ops.quarantine as q
        where q.delivery_id = d.delivery_id
    ) as found";
const EXPECTED: &str = "
    select coalesce(string_agg(concat_ws('/', e.dataset, e.period, e.deliverer), ',' order by e.dataset, e.period, e.deliverer), '')
    from ops.expected_slice as e";
const PROTECTED: &str = "
    select md5(coalesce(string_agg(c.child_key::text, ',' order by c.child_key), ''))
    from core.dim_child as c
    where c.protected";
const VIEWS: &str = "select coalesce((select i.signature from ops.installed_views as i), '')";

/// Months that have begun and months that have ended by the business date, as far as years are expected: marts show no more
/// than these of a running year.
const MONTHS: &str = "
    select coalesce((
        select concat_ws('/', least(date_trunc('month', b.business_date), c.until), least(date_trunc('month', b.business_date + 1), c.until))
        from asof.business_date as b
        cross join (
            select make_date(max(left(e.period, 4)::integer) + 1, 1, 1)::timestamp as until
            from ops.expected_slice as e
            where e.period ~ '^[0-9]{4}'
        ) as c
    ), '')";

/// Dimensions that only loads change, or that never change.
const NOT_REFERENCE: [&str; 3] = ["dim_child", "dim_date", "dim_load"];

/// The hash of what the warehouse holds: nights of one state judge and publish the same.
pub async fn hash(session: &Session) -> Result<String> {
    let mut digest = Sha256::new();
    for query in [LOADS, EXPECTED, PROTECTED, VIEWS, MONTHS] {
        digest.update(text(session, query).await?);
        digest.update([0]);
    }
    for table in core_tables(session as &tokio_postgres::Client, "dim_").await? {
        if !NOT_REFERENCE.contains(&table.as_str()) {
            let query = format!(
                "select md5(coalesce(string_agg(t::text, E'\\n' order by t::text collate \"C\"), '')) from core.{} as t",
                quoted(&table)
            );
            digest.update(text(session, &query).await?);
            digest.update([0]);
        }
    }
    Ok(hex::encode(digest.finalize()))
}

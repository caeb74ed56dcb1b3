-- purpose: every row read is loaded, unchanged, quarantined, a duplicate, merged, a control row or out of scope
-- severity: stop
-- grain:   delivery of the night, or in force
-- inputs:  ops.delivery, ops.slice
select
    format('%s/%s_%s#%s', s.deliverer, s.dataset, s.period, d.sequence),
    d.rows_read::numeric,
    (d.rows_loaded + d.rows_unchanged + d.rows_quarantined + d.rows_duplicate + d.rows_merged + d.rows_control + d.rows_out_of_scope)::numeric
from ops.delivery as d
join ops.slice as s on s.slice_id = d.slice_id
where d.outcome in ('loaded', 'loaded_with_quarantine')
    and (d.is_current or d.run_id = (select max(r.run_id) from ops.run as r))

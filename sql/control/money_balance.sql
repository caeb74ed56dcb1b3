-- purpose: the same for money, to the öre, over amounts that parse
-- severity: stop
-- grain:   delivery of the night, or in force
-- inputs:  ops.delivery, ops.slice
select
    format('%s/%s_%s#%s', s.deliverer, s.dataset, s.period, d.sequence),
    d.amount_read,
    d.amount_loaded + d.amount_unchanged + d.amount_quarantined + d.amount_duplicate + d.amount_control + d.amount_out_of_scope
from ops.delivery as d
join ops.slice as s on s.slice_id = d.slice_id
where d.outcome in ('loaded', 'loaded_with_quarantine')
    and (d.is_current or d.run_id = (select max(r.run_id) from ops.run as r))

-- purpose: the current rows of a slice are exactly what the delivery in force loaded or left unchanged
-- severity: stop
-- grain:   slice
-- inputs:  asof.delivery, asof.slice_rows
select
    format('%s/%s_%s', d.deliverer, d.dataset, d.period),
    (d.rows_loaded + d.rows_unchanged)::numeric,
    coalesce(r.rows, 0)::numeric
from asof.delivery as d
left join asof.slice_rows as r on r.slice_id = d.slice_id

-- purpose: the same intake of the same child delivered in two slices
-- severity: warn
-- grain:   intake × child
-- inputs:  asof.fact_anmalan
select f.anmalan_id, f.child_key
from asof.fact_anmalan as f
group by f.anmalan_id, f.child_key
having min(f.slice_id) <> max(f.slice_id)

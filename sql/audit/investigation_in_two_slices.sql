-- purpose: the same investigation of the same child delivered in two slices
-- severity: warn
-- grain:   investigation × child
-- inputs:  asof.fact_utredning
select f.utredning_id, f.child_key
from asof.fact_utredning as f
group by f.utredning_id, f.child_key
having min(f.slice_id) <> max(f.slice_id)

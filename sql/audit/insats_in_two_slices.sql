-- purpose: the same intervention delivered in two slices
-- severity: warn
-- grain:   intervention
-- inputs:  asof.fact_insats
select f.insats_id
from asof.fact_insats as f
group by f.insats_id
having min(f.slice_id) <> max(f.slice_id)

-- purpose: the same population cell delivered in two slices
-- severity: stop
-- grain:   district × date × age × sex
-- inputs:  asof.fact_population
select f.district_key, f.date, f.age_key, f.sex_key
from asof.fact_population as f
group by f.district_key, f.date, f.age_key, f.sex_key
having min(f.slice_id) <> max(f.slice_id)

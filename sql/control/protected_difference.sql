-- purpose: what the districts' intakes lack of the city's, because the children are protected; told, never failing
-- severity: warn
-- grain:   year
-- inputs:  asof.fact_anmalan, asof.dim_child
select f.period_year::text, null::numeric, count(*) filter (where c.protected)::numeric
from asof.fact_anmalan as f
left join asof.dim_child as c on c.child_key = f.child_key
group by f.period_year

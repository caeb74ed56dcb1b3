-- purpose: a placement that goes on though the child is over 21
-- severity: warn
-- grain:   placement
-- inputs:  asof.fact_placering, asof.dim_child, asof.business_date
select f.placering_id
from asof.fact_placering as f
join asof.dim_child as c on c.child_key = f.child_key
cross join asof.business_date as b
where (f.end_date is null or f.end_date > b.business_date)
    and c.birth_year + 22 <= extract(year from b.business_date)

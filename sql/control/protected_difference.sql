-- purpose: what the districts' rows lack of the city's, because the children are protected; told, never failing
-- severity: warn
-- grain:   dataset × year
-- inputs:  asof.fact_anmalan, asof.fact_utredning, asof.fact_insats, asof.fact_placering, asof.dim_child
select format('%s %s', f.dataset, f.year), null::numeric, count(*) filter (where c.protected)::numeric
from (
    select 'anmalningar' as dataset, a.period_year as year, a.child_key
    from asof.fact_anmalan as a
    union all
    select 'utredningar', u.period_year, u.child_key
    from asof.fact_utredning as u
    union all
    select 'insatser', i.period_year, i.child_key
    from asof.fact_insats as i
    union all
    -- By the year it began.
    select 'placeringar', extract(year from p.start_date)::smallint, p.child_key
    from asof.fact_placering as p
) as f
left join asof.dim_child as c on c.child_key = f.child_key
group by f.dataset, f.year

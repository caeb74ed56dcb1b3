-- purpose: children with an intake who are known in several districts: by so much the districts' children exceed the city's
-- severity: stop
-- grain:   organisation × year; children known in n districts count n − 1 times
-- inputs:  mart.unique_children, asof.fact_anmalan, asof.dim_child, asof.bridge_district_succession
with known as (
    select distinct b.org_generation, f.period_year as year, b.to_district_key, f.child_key
    from asof.fact_anmalan as f
    left join asof.dim_child as c on c.child_key = f.child_key
    join asof.bridge_district_succession as b on b.district_key = f.district_key
    where not coalesce(c.protected, false)
),
placed as (
    select k.org_generation, k.year, count(*) as at_districts, count(distinct k.child_key) as children
    from known as k
    group by k.org_generation, k.year
),
everybody as (
    select f.period_year as year, count(distinct f.child_key) as children
    from asof.fact_anmalan as f
    group by f.period_year
),
counted as (
    select
        m.org_generation,
        m.year,
        coalesce(sum(m.children) filter (where m.level = 'district'), 0) as districts,
        coalesce(sum(m.children) filter (where m.level = 'city'), 0) as city
    from mart.unique_children as m
    group by m.org_generation, m.year
)
select
    format('%s %s', c.org_generation, c.year),
    (coalesce(p.at_districts, 0) - coalesce(p.children, 0))::numeric,
    -- Protected children, and those of unknown districts, are in the city's figure only.
    c.districts - (c.city - (coalesce(e.children, 0) - coalesce(p.children, 0)))
from counted as c
left join placed as p on p.org_generation = c.org_generation and p.year = c.year
left join everybody as e on e.year = c.year

-- purpose: intakes and children with an intake, in all and per 1,000 inhabitants 0–17
-- grain:   organisation × place × year
-- inputs:  asof.place, asof.fact_anmalan, asof.dim_child, asof.dim_age, asof.fact_population
with intake as (
    select
        f.period_year as year,
        f.district_key,
        f.child_key,
        coalesce(c.protected, false) as protected,
        -- Exact age on the day the intake was received, and the unborn.
        coalesce(c.unborn, false) or coalesce(a.age_years between 0 and 17, false) as minor
    from asof.fact_anmalan as f
    left join asof.dim_child as c on c.child_key = f.child_key
    left join asof.dim_age as a on a.age_key = f.age_key
),
-- Children are counted anew at each level; a protected child counts in the city only.
counted as (
    select
        b.org_generation,
        b.to_district_key as place_key,
        i.year,
        count(*) as intakes,
        count(distinct i.child_key) as children,
        count(*) filter (where i.minor) as intakes_0_17,
        count(distinct i.child_key) filter (where i.minor) as children_0_17
    from intake as i
    join asof.bridge_district_succession as b on b.district_key = i.district_key
    where not i.protected
    group by b.org_generation, b.to_district_key, i.year
    union all
    select
        g.org_generation,
        0,
        i.year,
        count(*),
        count(distinct i.child_key),
        count(*) filter (where i.minor),
        count(distinct i.child_key) filter (where i.minor)
    from intake as i
    cross join (values (14::smallint), (18::smallint)) as g (org_generation)
    group by g.org_generation, i.year
),
inhabitants as (
    select extract(year from f.date)::smallint as year, f.district_key, sum(f.persons) as persons
    from asof.fact_population as f
    join asof.dim_age as a on a.age_key = f.age_key
    where a.age_years between 0 and 17 and extract(month from f.date) = 12 and extract(day from f.date) = 31
    group by extract(year from f.date), f.district_key
),
population as (
    select b.org_generation, b.to_district_key as place_key, i.year, sum(i.persons) as persons
    from inhabitants as i
    join asof.bridge_district_succession as b on b.district_key = i.district_key
    group by b.org_generation, b.to_district_key, i.year
    union all
    select g.org_generation, 0, i.year, sum(i.persons)
    from inhabitants as i
    cross join (values (14::smallint), (18::smallint)) as g (org_generation)
    group by g.org_generation, i.year
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    m.intakes,
    m.children,
    m.intakes_0_17,
    m.children_0_17,
    n.persons::bigint as population_0_17,
    core.per_1000(m.intakes_0_17, n.persons)::numeric(12, 4) as intakes_per_1000,
    core.per_1000(m.children_0_17, n.persons)::numeric(12, 4) as children_per_1000,
    -- The population stands behind the rates: without it the row is not whole.
    p.complete and coalesce(q.complete, false) as complete
from asof.place as p
left join counted as c on c.org_generation = p.org_generation and c.place_key = p.place_key and c.year = p.year
left join population as n on n.org_generation = p.org_generation and n.place_key = p.place_key and n.year = p.year
left join asof.place as q
    on q.dataset = 'befolkning' and q.org_generation = p.org_generation and q.place_key = p.place_key and q.year = p.year
cross join lateral (
    select
        case when p.loaded > 0 then coalesce(c.intakes, 0) end as intakes,
        case when p.loaded > 0 then coalesce(c.children, 0) end as children,
        case when p.loaded > 0 then coalesce(c.intakes_0_17, 0) end as intakes_0_17,
        case when p.loaded > 0 then coalesce(c.children_0_17, 0) end as children_0_17
) as m
where p.dataset = 'anmalningar'

-- purpose: intakes and children with an intake, in all and per 1,000 inhabitants 0–17
-- grain:   organisation × place × year
-- inputs:  asof.place, asof.counted_at, asof.place_population, asof.fact_anmalan, asof.dim_child, asof.dim_age
-- Step by step from intakes to children to places: each is a grouping by hash, where counting distinct children would sort
-- every intake once per organisation.
with intake as (
    select f.period_year as year, f.district_key, f.child_key, f.age_key, count(*)::integer as intakes
    from asof.fact_anmalan as f
    group by f.period_year, f.district_key, f.child_key, f.age_key
),
child as (
    select
        i.year,
        i.district_key,
        i.child_key,
        coalesce(c.protected, false) as protected,
        sum(i.intakes)::integer as intakes,
        -- Exact age on the day the intake was received, and the unborn.
        (sum(i.intakes) filter (where c.unborn or a.age_years between 0 and 17))::integer as intakes_0_17
    from intake as i
    left join asof.dim_child as c on c.child_key = i.child_key
    left join asof.dim_age as a on a.age_key = i.age_key
    group by i.year, i.district_key, i.child_key, coalesce(c.protected, false)
),
-- Children are counted anew at each place.
child_at as (
    select
        at.org_generation,
        at.place_key,
        c.year,
        c.child_key,
        sum(c.intakes)::integer as intakes,
        sum(c.intakes_0_17)::integer as intakes_0_17
    from child as c
    join asof.counted_at as at on at.district_key = c.district_key and at.protected = c.protected
    group by at.org_generation, at.place_key, c.year, c.child_key
),
counted as (
    select
        c.org_generation,
        c.place_key,
        c.year,
        sum(c.intakes) as intakes,
        count(*) as children,
        sum(c.intakes_0_17) as intakes_0_17,
        count(c.intakes_0_17) as children_0_17
    from child_at as c
    group by c.org_generation, c.place_key, c.year
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
    n.population_0_17,
    core.per_1000(m.intakes_0_17, n.population_0_17)::numeric(12, 4) as intakes_per_1000,
    core.per_1000(m.children_0_17, n.population_0_17)::numeric(12, 4) as children_per_1000,
    -- The population stands behind the rates: without it the row is not whole.
    p.complete and coalesce(n.complete, false) as complete
from asof.place as p
left join counted as c on c.org_generation = p.org_generation and c.place_key = p.place_key and c.year = p.year
left join asof.place_population as n
    on n.org_generation = p.org_generation and n.place_key = p.place_key and n.year = p.year
cross join lateral (
    select
        core.if_delivered(p.loaded, c.intakes) as intakes,
        core.if_delivered(p.loaded, c.children) as children,
        core.if_delivered(p.loaded, c.intakes_0_17) as intakes_0_17,
        core.if_delivered(p.loaded, c.children_0_17) as children_0_17
) as m
where p.dataset = 'anmalningar'

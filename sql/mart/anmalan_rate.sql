-- purpose: intakes and children with an intake, in all and per 1,000 inhabitants 0–17
-- grain:   organisation × place × year
-- inputs:  asof.place, asof.fact_anmalan, asof.dim_child, asof.dim_age, asof.fact_population
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
-- Children are counted anew at each level; a protected child counts in the city only.
child_of_place as (
    select
        b.org_generation,
        b.to_district_key as place_key,
        c.year,
        c.child_key,
        sum(c.intakes)::integer as intakes,
        sum(c.intakes_0_17)::integer as intakes_0_17
    from child as c
    join asof.bridge_district_succession as b on b.district_key = c.district_key
    where not c.protected
    group by b.org_generation, b.to_district_key, c.year, c.child_key
),
child_of_city as (
    select c.year, c.child_key, sum(c.intakes)::integer as intakes, sum(c.intakes_0_17)::integer as intakes_0_17
    from child as c
    group by c.year, c.child_key
),
counted as (
    select
        c.org_generation,
        c.place_key,
        c.year,
        sum(c.intakes)::bigint as intakes,
        count(*) as children,
        coalesce(sum(c.intakes_0_17), 0)::bigint as intakes_0_17,
        count(c.intakes_0_17) as children_0_17
    from child_of_place as c
    group by c.org_generation, c.place_key, c.year
    union all
    select
        g.org_generation,
        0,
        c.year,
        sum(c.intakes)::bigint,
        count(*),
        coalesce(sum(c.intakes_0_17), 0)::bigint,
        count(c.intakes_0_17)
    from child_of_city as c
    cross join (values (14::smallint), (18::smallint)) as g (org_generation)
    group by g.org_generation, c.year
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

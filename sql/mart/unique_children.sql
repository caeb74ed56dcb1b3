-- purpose: distinct children with an intake, by sex and age band
-- grain:   organisation × place × year × sex × age band, dense over listed members and those that occur
-- inputs:  asof.place, asof.counted_at, asof.fact_anmalan, asof.dim_child, asof.dim_age, asof.dim_sex
with child as (
    select f.period_year as year, f.district_key, f.child_key, coalesce(c.protected, false) as protected
    from asof.fact_anmalan as f
    left join asof.dim_child as c on c.child_key = f.child_key
    group by f.period_year, f.district_key, f.child_key, coalesce(c.protected, false)
),
-- Children are counted anew at each place.
child_at as (
    select at.org_generation, at.place_key, c.year, c.child_key
    from child as c
    join asof.counted_at as at on at.district_key = c.district_key and at.protected = c.protected
    group by at.org_generation, at.place_key, c.year, c.child_key
),
cell as (
    select
        a.org_generation,
        a.place_key,
        a.year,
        coalesce(c.sex, 'okänd') as sex,
        case when c.unborn then 'ofödd' else coalesce(g.band, 'okänd') end as age_band,
        count(*) as children
    from child_at as a
    left join asof.dim_child as c on c.child_key = a.child_key
    -- One band per child and year: year − birth year, of which 21 belongs to the last band.
    left join asof.dim_age as g on g.age_years = least(a.year - c.birth_year, 20) and c.birth_year is not null
    group by
        a.org_generation,
        a.place_key,
        a.year,
        coalesce(c.sex, 'okänd'),
        case when c.unborn then 'ofödd' else coalesce(g.band, 'okänd') end
),
member as (
    select s.label as sex, g.band as age_band
    from asof.dim_sex as s
    cross join asof.dim_age as g
    where s.sex_key > 0 and not s.inferred and g.band is not null and not g.inferred
    union
    select c.sex, c.age_band
    from cell as c
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    m.sex,
    m.age_band,
    core.if_delivered(p.loaded, c.children) as children,
    p.complete
from asof.place as p
cross join member as m
left join cell as c
    on c.org_generation = p.org_generation
    and c.place_key = p.place_key
    and c.year = p.year
    and c.sex = m.sex
    and c.age_band = m.age_band
where p.dataset = 'anmalningar'

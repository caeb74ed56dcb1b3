-- purpose: decided open interventions, and the children they were decided for
-- grain:   organisation × place × year of decision × category, dense over listed members and those that occur
-- inputs:  asof.place, asof.counted_at, asof.fact_insats, asof.dim_child, asof.dim_insats_category
with decision as (
    select
        f.period_year as year,
        f.district_key,
        f.child_key,
        coalesce(c.protected, false) as protected,
        k.label as category,
        count(*) as decided
    from asof.fact_insats as f
    join asof.dim_insats_category as k on k.insats_category_key = f.insats_category_key
    left join asof.dim_child as c on c.child_key = f.child_key
    group by f.period_year, f.district_key, f.child_key, coalesce(c.protected, false), k.label
),
-- Children are counted anew at each place.
child_at as (
    select at.org_generation, at.place_key, d.year, d.category, d.child_key, sum(d.decided) as decided
    from decision as d
    join asof.counted_at as at on at.district_key = d.district_key and at.protected = d.protected
    group by at.org_generation, at.place_key, d.year, d.category, d.child_key
),
cell as (
    select c.org_generation, c.place_key, c.year, c.category, sum(c.decided) as decided, count(*) as children
    from child_at as c
    group by c.org_generation, c.place_key, c.year, c.category
),
member as (
    select k.label as category
    from asof.dim_insats_category as k
    where k.insats_category_key > 0 and not k.inferred
    union
    select d.category
    from decision as d
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    m.category,
    core.if_delivered(p.loaded, c.decided) as decided,
    core.if_delivered(p.loaded, c.children) as children,
    p.complete
from asof.place as p
cross join member as m
left join cell as c
    on c.org_generation = p.org_generation and c.place_key = p.place_key and c.year = p.year and c.category = m.category
where p.dataset = 'insatser'

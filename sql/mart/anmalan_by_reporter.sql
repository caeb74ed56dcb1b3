-- purpose: intakes by who reported them, with the change on the year before
-- grain:   organisation × place × year × intake type × reporter category, dense over listed members and those that occur
-- inputs:  asof.place, asof.counted_at, asof.fact_anmalan, asof.dim_child, asof.dim_intake_type, asof.dim_reporter_category
with intake as (
    select
        f.period_year as year,
        f.district_key,
        f.intake_type_key,
        f.reporter_category_key,
        coalesce(c.protected, false) as protected,
        count(*) as intakes
    from asof.fact_anmalan as f
    left join asof.dim_child as c on c.child_key = f.child_key
    group by f.period_year, f.district_key, f.intake_type_key, f.reporter_category_key, coalesce(c.protected, false)
),
cell as (
    select at.org_generation, at.place_key, i.year, i.intake_type_key, i.reporter_category_key, sum(i.intakes) as intakes
    from intake as i
    join asof.counted_at as at on at.district_key = i.district_key and at.protected = i.protected
    group by at.org_generation, at.place_key, i.year, i.intake_type_key, i.reporter_category_key
),
member as (
    select t.intake_type_key, r.reporter_category_key
    from asof.dim_intake_type as t
    cross join asof.dim_reporter_category as r
    where t.intake_type_key > 0 and r.reporter_category_key > 0 and not t.inferred and not r.inferred
    union
    select i.intake_type_key, i.reporter_category_key
    from intake as i
),
measured as (
    select
        p.org_generation,
        p.level,
        p.place_key,
        p.district_code,
        p.district,
        p.year,
        m.intake_type_key,
        m.reporter_category_key,
        p.complete,
        core.if_delivered(p.loaded, c.intakes) as intakes
    from asof.place as p
    cross join member as m
    left join cell as c
        on c.org_generation = p.org_generation
        and c.place_key = p.place_key
        and c.year = p.year
        and c.intake_type_key = m.intake_type_key
        and c.reporter_category_key = m.reporter_category_key
    where p.dataset = 'anmalningar'
)
select
    m.org_generation,
    m.level,
    m.district_code,
    m.district,
    m.year,
    t.label as intake_type,
    r.label as reporter_category,
    m.intakes,
    core.fraction(
        m.intakes,
        sum(m.intakes) over (partition by m.org_generation, m.place_key, m.year, m.intake_type_key)
    )::numeric(9, 6) as share,
    before.intakes as intakes_prev_year,
    case when m.complete and before.complete then core.fraction(m.intakes - before.intakes, before.intakes) end::numeric(9, 6) as change_pct,
    m.complete
from measured as m
join asof.dim_intake_type as t on t.intake_type_key = m.intake_type_key
join asof.dim_reporter_category as r on r.reporter_category_key = m.reporter_category_key
left join measured as before
    on before.org_generation = m.org_generation
    and before.place_key = m.place_key
    and before.year = m.year - 1
    and before.intake_type_key = m.intake_type_key
    and before.reporter_category_key = m.reporter_category_key

-- purpose: the mart of institutional care holds every stay and day of its years once, in the city all and in the districts all but
--          those of protected children and of districts that the organisation does not have
-- severity: stop
-- grain:   measure × level × organisation × year
-- inputs:  mart.institutional_care, asof.fact_placering, asof.dim_care_form, asof.dim_child, asof.bridge_district_succession
with stay as (
    select
        y.year,
        f.district_key,
        coalesce(c.protected, false) as protected,
        coalesce(upper(in_year.span) - lower(in_year.span), 0) as days
    from asof.fact_placering as f
    join asof.dim_care_form as k on k.care_form_key = f.care_form_key and k.code in ('HVB', 'SiS')
    left join asof.dim_child as c on c.child_key = f.child_key
    cross join (
        select distinct m.year, daterange(make_date(m.year, 1, 1), least(make_date(m.year + 1, 1, 1), b.business_date + 1)) as days
        from mart.institutional_care as m
        join asof.business_date as b on make_date(m.year, 1, 1) <= b.business_date
    ) as y
    cross join lateral (select daterange(f.start_date, f.end_date) * y.days as span) as in_year
    where not isempty(in_year.span) or (f.start_date = f.end_date and f.start_date <@ y.days)
),
fact_figure as (
    select 'city' as level, g.org_generation, s.year, count(*) as stays, sum(s.days) as days
    from stay as s
    cross join (values (14), (18)) as g (org_generation)
    group by g.org_generation, s.year
    union all
    select 'district', b.org_generation, s.year, count(*), sum(s.days)
    from stay as s
    join asof.bridge_district_succession as b on b.district_key = s.district_key
    where not s.protected
    group by b.org_generation, s.year
),
mart_figure as (
    select m.level, m.org_generation, m.year, sum(m.stays) as stays, sum(m.days) as days
    from mart.institutional_care as m
    group by m.level, m.org_generation, m.year
)
select
    format('institutional_care.%s %s %s %s', s.measure, m.level, m.org_generation, m.year),
    coalesce(s.expected, 0)::numeric,
    coalesce(s.actual, 0)::numeric
from mart_figure as m
left join fact_figure as f on f.level = m.level and f.org_generation = m.org_generation and f.year = m.year
cross join lateral (values ('stays', f.stays, m.stays), ('days', f.days, m.days)) as s (measure, expected, actual)

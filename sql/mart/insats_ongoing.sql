-- purpose: open interventions that go on when a month ends, and the children who have them
-- grain:   organisation × place × end of month of the covered years × category, dense over listed members and those that occur
-- inputs:  asof.place_to_date, asof.counted_at, asof.fact_insats, asof.dim_child, asof.dim_insats_category, asof.business_date
--
-- An intervention goes on from its start until the day it ends. One that has not begun does not go on, whatever was decided.
-- Behind a stock stand the slices of all years up to the row's.
with spell as (
    select
        f.district_key,
        f.child_key,
        coalesce(c.protected, false) as protected,
        k.label as category,
        -- The months at whose end it goes on.
        daterange(date_trunc('month', f.start_date)::date, date_trunc('month', f.end_date)::date) as months
    from asof.fact_insats as f
    join asof.dim_insats_category as k on k.insats_category_key = f.insats_category_key
    left join asof.dim_child as c on c.child_key = f.child_key
    where f.start_date is not null
),
-- Months of a child with one or several of a category at a place: overlapping ones become one.
child_at as (
    select at.org_generation, at.place_key, s.category, s.child_key, range_agg(s.months) as months
    from spell as s
    join asof.counted_at as at on at.district_key = s.district_key and at.protected = s.protected
    where not isempty(s.months)
    group by at.org_generation, at.place_key, s.category, s.child_key
),
change as (
    select at.org_generation, at.place_key, s.category, e.month, sum(e.step) as ongoing, 0 as children
    from (
        select s.district_key, s.protected, s.category, s.months, count(*) as interventions
        from spell as s
        where not isempty(s.months)
        group by s.district_key, s.protected, s.category, s.months
    ) as s
    join asof.counted_at as at on at.district_key = s.district_key and at.protected = s.protected
    cross join lateral (values (lower(s.months), s.interventions), (upper(s.months), -s.interventions)) as e (month, step)
    where e.month is not null
    group by at.org_generation, at.place_key, s.category, e.month
    union all
    select c.org_generation, c.place_key, c.category, e.month, 0, sum(e.step)
    from child_at as c
    cross join lateral unnest(c.months) as one (months)
    cross join lateral (values (lower(one.months), 1), (upper(one.months), -1)) as e (month, step)
    where e.month is not null
    group by c.org_generation, c.place_key, c.category, e.month
),
member as (
    select k.label as category
    from asof.dim_insats_category as k
    where k.insats_category_key > 0 and not k.inferred
    union
    select s.category
    from spell as s
),
covered as (
    select p.org_generation, p.place_key, m.category, d.month_start as month
    from asof.place as p
    cross join member as m
    join (select distinct d.year, d.month_start from asof.dim_date as d) as d on d.year = p.year
    where p.dataset = 'insatser'
),
stock as (
    select
        s.org_generation,
        s.place_key,
        s.category,
        s.month,
        sum(sum(s.ongoing)) over up_to as ongoing,
        sum(sum(s.children)) over up_to as children
    from (
        select c.org_generation, c.place_key, c.category, c.month, c.ongoing, c.children
        from change as c
        union all
        select c.org_generation, c.place_key, c.category, c.month, 0, 0
        from covered as c
    ) as s
    group by s.org_generation, s.place_key, s.category, s.month
    window up_to as (partition by s.org_generation, s.place_key, s.category order by s.month)
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    e.month_end,
    s.category,
    case when e.month_end <= today.business_date then core.if_delivered(p.loaded_to_date, s.ongoing) end as ongoing,
    case when e.month_end <= today.business_date then core.if_delivered(p.loaded_to_date, s.children) end as children,
    p.complete_to_date as complete
from asof.place_to_date as p
join stock as s
    on s.org_generation = p.org_generation
    and s.place_key = p.place_key
    and s.month >= make_date(p.year, 1, 1)
    and s.month <= make_date(p.year, 12, 1)
cross join lateral (select (s.month + interval '1 month' - interval '1 day')::date as month_end) as e
left join asof.business_date as today on true
where p.dataset = 'insatser'

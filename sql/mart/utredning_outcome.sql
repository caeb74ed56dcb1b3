-- purpose: what the investigations concluded in a year led to, and whether they kept their time
-- grain:   organisation × place × year
-- inputs:  asof.place_to_date, asof.counted_at, asof.fact_utredning, asof.dim_child, asof.dim_utredning_result, asof.business_date
--
-- In time is up to the day the law sets (due_date: four months, a month's end clamped). Overdue is past that day and past a
-- decided extension, whether concluded late in the year or still open when it ends.
with investigation as (
    select
        f.district_key,
        coalesce(c.protected, false) as protected,
        f.end_date,
        f.due_date,
        greatest(f.due_date, f.extended_to) as deadline,
        f.extended_to is not null as extended,
        r.code in ('Ingen insats', 'Erbjuden insats avböjd') as without_insats
    from asof.fact_utredning as f
    left join asof.dim_child as c on c.child_key = f.child_key
    left join asof.dim_utredning_result as r on r.utredning_result_key = f.utredning_result_key
),
ended as (
    select
        extract(year from i.end_date)::smallint as year,
        i.district_key,
        i.protected,
        count(*) as concluded,
        count(*) filter (where i.without_insats) as without_insats,
        count(*) filter (where i.end_date <= i.due_date) as within_4_months,
        count(*) filter (where i.extended) as extended,
        count(*) filter (where i.end_date > i.deadline) as overdue,
        0 as open_overdue
    from investigation as i
    where i.end_date is not null
    group by extract(year from i.end_date), i.district_key, i.protected
    union all
    select y.year, i.district_key, i.protected, 0, 0, 0, 0, count(*), count(*)
    from investigation as i
    join (select distinct p.year from asof.place as p where p.dataset = 'utredningar') as y
        on i.deadline < make_date(y.year, 12, 31)
        and (i.end_date is null or i.end_date > make_date(y.year, 12, 31))
    group by y.year, i.district_key, i.protected
),
cell as (
    select
        at.org_generation,
        at.place_key,
        e.year,
        sum(e.concluded) as concluded,
        sum(e.without_insats) as without_insats,
        sum(e.within_4_months) as within_4_months,
        sum(e.extended) as extended,
        sum(e.overdue) as overdue,
        sum(e.open_overdue) as open_overdue
    from ended as e
    join asof.counted_at as at on at.district_key = e.district_key and at.protected = e.protected
    group by at.org_generation, at.place_key, e.year
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    m.concluded,
    m.without_insats,
    core.fraction(m.without_insats, m.concluded)::numeric(9, 6) as share_without_insats,
    m.within_4_months,
    m.extended,
    m.overdue,
    m.open_overdue,
    core.fraction(m.within_4_months, m.concluded + m.open_overdue)::numeric(9, 6) as share_within_4_months,
    p.complete_to_date as complete
from asof.place_to_date as p
left join cell as c on c.org_generation = p.org_generation and c.place_key = p.place_key and c.year = p.year
left join asof.business_date as today on true
cross join lateral (
    select
        core.if_delivered(p.loaded_to_date, c.concluded) as concluded,
        core.if_delivered(p.loaded_to_date, c.without_insats) as without_insats,
        core.if_delivered(p.loaded_to_date, c.within_4_months) as within_4_months,
        core.if_delivered(p.loaded_to_date, c.extended) as extended,
        -- What is open when the year ends is not known while it goes on.
        case when make_date(p.year, 12, 31) <= today.business_date then core.if_delivered(p.loaded_to_date, c.overdue) end as overdue,
        case when make_date(p.year, 12, 31) <= today.business_date
            then core.if_delivered(p.loaded_to_date, c.open_overdue) end as open_overdue
) as m
where p.dataset = 'utredningar'

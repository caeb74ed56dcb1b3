-- purpose: investigations started and concluded in each month, and those open when it ends
-- grain:   organisation × place × month of the covered years
-- inputs:  asof.place_to_date, asof.counted_at, asof.fact_utredning, asof.dim_child, asof.business_date
--
-- An investigation is open from its start until the day it ends: one that ends on the last of a month is not open at its end.
-- What is concluded and what is open comes from the slices of all years up to the row's. One without an end date is open.
with investigation as (
    select
        f.district_key,
        coalesce(c.protected, false) as protected,
        date_trunc('month', f.start_date)::date as started,
        date_trunc('month', f.end_date)::date as concluded,
        count(*) as investigations
    from asof.fact_utredning as f
    left join asof.dim_child as c on c.child_key = f.child_key
    group by
        f.district_key,
        coalesce(c.protected, false),
        date_trunc('month', f.start_date),
        date_trunc('month', f.end_date)
),
event as (
    select i.district_key, i.protected, i.started as month, i.investigations as started, 0 as concluded
    from investigation as i
    union all
    select i.district_key, i.protected, i.concluded, 0, i.investigations
    from investigation as i
    where i.concluded is not null
),
event_at as (
    select at.org_generation, at.place_key, e.month, sum(e.started) as started, sum(e.concluded) as concluded
    from event as e
    join asof.counted_at as at on at.district_key = e.district_key and at.protected = e.protected
    group by at.org_generation, at.place_key, e.month
),
covered as (
    select p.org_generation, p.place_key, m.month_start as month
    from asof.place as p
    join (select distinct d.year, d.month_start from asof.dim_date as d) as m on m.year = p.year
    where p.dataset = 'utredningar'
),
flow as (
    select
        org_generation,
        place_key,
        month,
        e.started,
        e.concluded,
        sum(coalesce(e.started, 0) - coalesce(e.concluded, 0)) over up_to as open_at_end
    from covered
    full join event_at as e using (org_generation, place_key, month)
    window up_to as (partition by org_generation, place_key order by month)
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    f.month,
    -- A month that has not begun shows nothing, and one that has not ended no stock.
    case when f.month <= today.business_date then core.if_delivered(p.loaded, f.started) end as started,
    case when f.month <= today.business_date then core.if_delivered(p.loaded_to_date, f.concluded) end as concluded,
    case when f.month + interval '1 month' <= today.business_date + 1
        then core.if_delivered(p.loaded_to_date, f.open_at_end) end as open_at_end,
    p.complete_to_date as complete
from asof.place_to_date as p
join flow as f
    on f.org_generation = p.org_generation
    and f.place_key = p.place_key
    and f.month >= make_date(p.year, 1, 1)
    and f.month <= make_date(p.year, 12, 1)
left join asof.business_date as today on true
where p.dataset = 'utredningar'

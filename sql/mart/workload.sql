-- purpose: intakes of the year and investigations open when it ends, per post
-- grain:   organisation × place × year
-- inputs:  asof.place, asof.place_to_date, asof.counted_at, asof.fact_anmalan, asof.fact_utredning, asof.fact_personnel, asof.dim_child,
--          asof.dim_staff_group, asof.business_date
--
-- The same figures as anmalan_rate.intakes, utredning_flow.open_at_end of December and staff_density.fte of `alla`; the control
-- workload_against_marts says so every night.
with child_work as (
    select f.period_year as year, f.district_key, coalesce(c.protected, false) as protected, count(*) as intakes, 0 as open_utredningar
    from asof.fact_anmalan as f
    left join asof.dim_child as c on c.child_key = f.child_key
    group by f.period_year, f.district_key, coalesce(c.protected, false)
    union all
    select y.year, f.district_key, coalesce(c.protected, false), 0, count(*)
    from asof.fact_utredning as f
    left join asof.dim_child as c on c.child_key = f.child_key
    join (select distinct p.year from asof.place as p where p.dataset = 'utredningar') as y
        on f.start_date <= make_date(y.year, 12, 31)
        and (f.end_date is null or f.end_date > make_date(y.year, 12, 31))
    group by y.year, f.district_key, coalesce(c.protected, false)
),
work as (
    select at.org_generation, at.place_key, w.year, sum(w.intakes) as intakes, sum(w.open_utredningar) as open_utredningar
    from child_work as w
    join asof.counted_at as at on at.district_key = w.district_key and at.protected = w.protected
    group by at.org_generation, at.place_key, w.year
),
month as (
    select f.period_year as year, f.district_key, f.month, coalesce(sum(f.fte) filter (where g.in_density), 0) as fte
    from asof.fact_personnel as f
    join asof.dim_staff_group as g on g.staff_group_key = f.staff_group_key
    group by f.period_year, f.district_key, f.month
),
staff as (
    select at.org_generation, at.place_key, m.year, sum(m.fte) / count(distinct m.month) as fte
    from month as m
    join asof.counted_at as at on at.district_key = m.district_key and not at.protected
    group by at.org_generation, at.place_key, m.year
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    m.intakes,
    m.open_utredningar,
    round(s.fte, 4)::numeric(12, 4) as fte,
    round(m.intakes / nullif(s.fte, 0), 4)::numeric(12, 4) as intakes_per_fte,
    round(m.open_utredningar / nullif(s.fte, 0), 4)::numeric(12, 4) as open_utredningar_per_fte,
    p.complete and coalesce(a.complete, false) and coalesce(u.complete_to_date, false) as complete
from asof.place as p
left join asof.place as a
    on a.dataset = 'anmalningar' and a.org_generation = p.org_generation and a.place_key = p.place_key and a.year = p.year
left join asof.place_to_date as u
    on u.dataset = 'utredningar' and u.org_generation = p.org_generation and u.place_key = p.place_key and u.year = p.year
left join work as w on w.org_generation = p.org_generation and w.place_key = p.place_key and w.year = p.year
left join staff as s on s.org_generation = p.org_generation and s.place_key = p.place_key and s.year = p.year
left join asof.business_date as today on true
cross join lateral (
    select
        core.if_delivered(a.loaded, w.intakes) as intakes,
        case when make_date(p.year, 12, 31) <= today.business_date
            then core.if_delivered(u.loaded_to_date, w.open_utredningar) end as open_utredningar
) as m
where p.dataset = 'personal'

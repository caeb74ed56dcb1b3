-- purpose: the marts of the care hold every fact once, in the city all and in the districts all but those of protected children
--          and of districts that the organisation does not have; so that districts and city differ by these and nothing else
-- severity: stop
-- grain:   additive measure × level × organisation × year
-- inputs:  mart.anmalan_to_utredning, mart.utredning_flow, mart.utredning_outcome, mart.insats_decided, mart.insats_ongoing,
--          mart.staff_density, asof facts and dimensions
with source as (
    select s.measure, f.period_year as year, f.district_key, coalesce(c.protected, false) as protected, sum(s.value)::numeric as value
    from asof.fact_anmalan as f
    left join asof.dim_child as c on c.child_key = f.child_key
    left join asof.dim_decision_outcome as d on d.decision_outcome_key = f.decision_outcome_key
    cross join lateral (
        values ('anmalan_to_utredning.intakes', 1),
            ('anmalan_to_utredning.decided', (d.code in ('Utredning inleds', 'Utredning inleds ej'))::integer),
            ('anmalan_to_utredning.opened', (d.code = 'Utredning inleds')::integer),
            ('anmalan_to_utredning.already_open', (d.code = 'Pågår redan')::integer),
            ('anmalan_to_utredning.undecided', (d.code = 'Ej beslutad')::integer)
    ) as s (measure, value)
    group by s.measure, f.period_year, f.district_key, coalesce(c.protected, false)
    union all
    select s.measure, extract(year from s.date), f.district_key, coalesce(c.protected, false), count(*)
    from asof.fact_utredning as f
    left join asof.dim_child as c on c.child_key = f.child_key
    cross join lateral (
        values ('utredning_flow.started', f.start_date),
            ('utredning_flow.concluded', f.end_date),
            ('utredning_outcome.concluded', f.end_date),
            ('utredning_outcome.within_4_months', case when f.end_date <= f.due_date then f.end_date end),
            ('utredning_outcome.late', case when f.end_date > greatest(f.due_date, f.extended_to) then f.end_date end)
    ) as s (measure, date)
    where s.date <= (select b.business_date from asof.business_date as b)
    group by s.measure, extract(year from s.date), f.district_key, coalesce(c.protected, false)
    union all
    -- Open when the year ends, of every year that has ended.
    select 'utredning_flow.open_at_end', y.year, f.district_key, f.protected, sum(f.investigations)
    from (
        select
            extract(year from f.start_date) as started,
            extract(year from f.end_date) as ended,
            f.district_key,
            coalesce(c.protected, false) as protected,
            count(*) as investigations
        from asof.fact_utredning as f
        left join asof.dim_child as c on c.child_key = f.child_key
        -- One that ends on New Year's Eve is not open when the year ends, nor is one that begins and ends within it.
        group by extract(year from f.start_date), extract(year from f.end_date), f.district_key, coalesce(c.protected, false)
    ) as f
    join (select distinct p.year from asof.place as p where p.dataset = 'utredningar') as y
        on f.started <= y.year and (f.ended is null or f.ended > y.year)
    where make_date(y.year, 12, 31) <= (select b.business_date from asof.business_date as b)
    group by y.year, f.district_key, f.protected
    union all
    select 'insats_decided.decided', f.period_year, f.district_key, coalesce(c.protected, false), count(*)
    from asof.fact_insats as f
    left join asof.dim_child as c on c.child_key = f.child_key
    group by f.period_year, f.district_key, coalesce(c.protected, false)
    union all
    select 'insats_ongoing.in_december', y.year, f.district_key, coalesce(c.protected, false), count(*)
    from asof.fact_insats as f
    left join asof.dim_child as c on c.child_key = f.child_key
    join (select distinct p.year from asof.place as p where p.dataset = 'insatser') as y
        on f.start_date <= make_date(y.year, 12, 31) and (f.end_date is null or f.end_date > make_date(y.year, 12, 31))
    where make_date(y.year, 12, 31) <= (select b.business_date from asof.business_date as b)
    group by y.year, f.district_key, coalesce(c.protected, false)
    union all
    select 'staff_density.months_fte', f.period_year, f.district_key, false, sum(f.fte)
    from asof.fact_personnel as f
    group by f.period_year, f.district_key
),
fact_figure as (
    select s.measure, 'city' as level, g.org_generation, s.year, sum(s.value) as value
    from source as s
    cross join (values (14), (18)) as g (org_generation)
    group by s.measure, g.org_generation, s.year
    union all
    select s.measure, 'district', b.org_generation, s.year, sum(s.value)
    from source as s
    join asof.bridge_district_succession as b on b.district_key = s.district_key
    where not s.protected
    group by s.measure, b.org_generation, s.year
),
mart_figure as (
    select s.measure, m.level, m.org_generation, m.year, sum(s.value)::numeric as value
    from mart.anmalan_to_utredning as m
    cross join lateral (
        values ('anmalan_to_utredning.intakes', m.intakes),
            ('anmalan_to_utredning.decided', m.decided),
            ('anmalan_to_utredning.opened', m.opened),
            ('anmalan_to_utredning.already_open', m.already_open),
            ('anmalan_to_utredning.undecided', m.undecided)
    ) as s (measure, value)
    group by s.measure, m.level, m.org_generation, m.year
    union all
    select s.measure, m.level, m.org_generation, m.year, sum(s.value)
    from mart.utredning_flow as m
    cross join lateral (
        values ('utredning_flow.started', m.started),
            ('utredning_flow.concluded', m.concluded),
            ('utredning_flow.open_at_end', case when extract(month from m.month) = 12 then m.open_at_end end)
    ) as s (measure, value)
    group by s.measure, m.level, m.org_generation, m.year
    union all
    select s.measure, m.level, m.org_generation, m.year, sum(s.value)
    from mart.utredning_outcome as m
    cross join lateral (
        values ('utredning_outcome.concluded', m.concluded),
            ('utredning_outcome.within_4_months', m.within_4_months),
            -- In a running year neither is known.
            ('utredning_outcome.late', m.overdue - m.open_overdue)
    ) as s (measure, value)
    where s.value is not null
    group by s.measure, m.level, m.org_generation, m.year
    union all
    select 'insats_ongoing.in_december', m.level, m.org_generation, m.year, sum(m.ongoing)
    from mart.insats_ongoing as m
    where extract(month from m.month_end) = 12
    group by m.level, m.org_generation, m.year
    union all
    select 'insats_decided.decided', m.level, m.org_generation, m.year, sum(m.decided)
    from mart.insats_decided as m
    group by m.level, m.org_generation, m.year
    union all
    select 'staff_density.months_fte', m.level, m.org_generation, m.year, sum(m.months * m.fte)
    from mart.staff_density as m
    where m.staff_group <> 'alla'
    group by m.level, m.org_generation, m.year
)
select
    format('%s %s %s %s', m.measure, m.level, m.org_generation, m.year),
    coalesce(f.value, 0),
    -- Means of posts are stored to four decimals.
    case when abs(coalesce(f.value, 0) - coalesce(m.value, 0)) < 0.05 then coalesce(f.value, 0) else coalesce(m.value, 0) end
from mart_figure as m
left join fact_figure as f
    on f.measure = m.measure and f.level = m.level and f.org_generation = m.org_generation and f.year = m.year

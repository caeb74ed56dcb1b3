-- purpose: districts, with the rows of protected children and of unknown districts beside them, sum to the city
-- severity: stop
-- grain:   measure × organisation × year
-- inputs:  mart.anmalan_rate, mart.anmalan_by_reporter, mart.cost_trend, asof facts
with protected as (
    select f.period_year as year, count(*) as intakes
    from asof.fact_anmalan as f
    join asof.dim_child as c on c.child_key = f.child_key
    where c.protected
    group by f.period_year
),
unplaced_intake as (
    select g.org_generation, f.period_year as year, count(*) as intakes
    from asof.fact_anmalan as f
    left join asof.dim_child as c on c.child_key = f.child_key
    cross join (values (14), (18)) as g (org_generation)
    where not coalesce(c.protected, false)
        and not exists (
            select from asof.bridge_district_succession as b
            where b.district_key = f.district_key and b.org_generation = g.org_generation
        )
    group by g.org_generation, f.period_year
),
unplaced_amount as (
    select g.org_generation, f.period_year as year, s.code as scenario, sum(f.amount_sek) as amount_sek
    from asof.fact_cost_budget as f
    join asof.dim_account as a on a.account_key = f.account_key
    join asof.dim_scenario as s on s.scenario_key = f.scenario_key
    cross join (values (14), (18)) as g (org_generation)
    where a.area = 'ifo_barn_unga' and a.cost_type <> 'intakt'
        and not exists (
            select from asof.bridge_district_succession as b
            where b.district_key = f.district_key and b.org_generation = g.org_generation
        )
    group by g.org_generation, f.period_year, s.code
),
summed as (
    select
        'anmalan_rate.intakes' as measure,
        m.org_generation,
        m.year,
        sum(m.intakes) filter (where m.level = 'city') as city,
        sum(m.intakes) filter (where m.level = 'district') as districts
    from mart.anmalan_rate as m
    group by m.org_generation, m.year
    union all
    select
        'anmalan_by_reporter.intakes',
        m.org_generation,
        m.year,
        sum(m.intakes) filter (where m.level = 'city'),
        sum(m.intakes) filter (where m.level = 'district')
    from mart.anmalan_by_reporter as m
    group by m.org_generation, m.year
    union all
    select
        'cost_trend.' || s.scenario || '_sek',
        m.org_generation,
        m.year,
        sum(s.amount_sek) filter (where m.level = 'city'),
        sum(s.amount_sek) filter (where m.level = 'district')
    from mart.cost_trend as m
    cross join lateral (values ('budget', m.budget_sek), ('outcome', m.outcome_sek)) as s (scenario, amount_sek)
    where m.cost_type = 'alla'
    group by s.scenario, m.org_generation, m.year
)
select
    format('%s %s %s', s.measure, s.org_generation, s.year),
    coalesce(s.city, 0)::numeric,
    (
        coalesce(s.districts, 0)
        + case when s.measure like 'anmalan%' then coalesce(p.intakes, 0) + coalesce(u.intakes, 0) else 0 end
        + coalesce(a.amount_sek, 0)
    )::numeric
from summed as s
left join protected as p on p.year = s.year
left join unplaced_intake as u on u.org_generation = s.org_generation and u.year = s.year
left join unplaced_amount as a
    on s.measure = 'cost_trend.' || a.scenario || '_sek' and a.org_generation = s.org_generation and a.year = s.year

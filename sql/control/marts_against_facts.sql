-- purpose: the dense marts hold every fact of their years once
-- severity: stop
-- grain:   additive measure × year, at city level, organisation 14
-- inputs:  mart.anmalan_rate, mart.anmalan_by_reporter, mart.cost_trend, mart.review, mart.unique_children,
--          mart.insats_decided, asof facts; further marts in care_against_facts.sql
with mart_figure as (
    select 'anmalan_rate.intakes' as measure, m.year, m.intakes::numeric as value
    from mart.anmalan_rate as m
    where m.level = 'city' and m.org_generation = 14
    union all
    select 'anmalan_rate.children', m.year, m.children
    from mart.anmalan_rate as m
    where m.level = 'city' and m.org_generation = 14
    union all
    select 'anmalan_by_reporter.intakes', m.year, sum(m.intakes)
    from mart.anmalan_by_reporter as m
    where m.level = 'city' and m.org_generation = 14
    group by m.year
    union all
    select 'cost_trend.outcome_sek', m.year, m.outcome_sek
    from mart.cost_trend as m
    where m.level = 'city' and m.org_generation = 14 and m.cost_type = 'alla'
    union all
    select 'review.count', m.year, sum(m.count)
    from mart.review as m
    where m.level = 'city' and m.org_generation = 14
    group by m.year
    union all
    select 'unique_children.children', m.year, sum(m.children)
    from mart.unique_children as m
    where m.level = 'city' and m.org_generation = 14
    group by m.year
    union all
    -- A child counts once in each category.
    select 'insats_decided.children', m.year, sum(m.children)
    from mart.insats_decided as m
    where m.level = 'city' and m.org_generation = 14
    group by m.year
),
fact_figure as (
    select s.measure, f.period_year as year, s.value::numeric as value
    from (
        select f.period_year, count(*) as intakes, count(distinct f.child_key) as children
        from asof.fact_anmalan as f
        group by f.period_year
    ) as f
    cross join lateral (
        values ('anmalan_rate.intakes', f.intakes), ('anmalan_rate.children', f.children), ('anmalan_by_reporter.intakes', f.intakes),
            ('unique_children.children', f.children)
    ) as s (measure, value)
    union all
    select 'cost_trend.outcome_sek', f.period_year, sum(f.amount_sek)
    from asof.fact_cost_budget as f
    join asof.dim_account as a on a.account_key = f.account_key
    join asof.dim_scenario as s on s.scenario_key = f.scenario_key
    where a.area = 'ifo_barn_unga' and a.cost_type <> 'intakt' and s.code = 'outcome'
    group by f.period_year
    union all
    select 'review.count', f.period_year, sum(f.count)
    from asof.fact_review as f
    group by f.period_year
    union all
    select 'insats_decided.children', f.period_year, count(distinct (f.insats_category_key, f.child_key))
    from asof.fact_insats as f
    group by f.period_year
)
select format('%s %s', measure, year), coalesce(f.value, 0), coalesce(m.value, 0)
from fact_figure as f
full join mart_figure as m using (measure, year)

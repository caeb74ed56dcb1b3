-- purpose: restating districts to another organisation loses and doubles nothing
-- severity: stop
-- grain:   additive measure × year with both organisations
-- inputs:  mart.anmalan_rate, mart.anmalan_by_reporter, mart.cost_trend
with measured as (
    select m.org_generation, m.year, m.level, s.measure, s.value
    from mart.anmalan_rate as m
    cross join lateral (
        values ('anmalan_rate.intakes', m.intakes), ('anmalan_rate.intakes_0_17', m.intakes_0_17),
            ('anmalan_rate.population_0_17', m.population_0_17)
    ) as s (measure, value)
    union all
    select m.org_generation, m.year, m.level, 'anmalan_by_reporter.intakes', m.intakes
    from mart.anmalan_by_reporter as m
    union all
    select m.org_generation, m.year, m.level, s.measure, s.value
    from mart.cost_trend as m
    cross join lateral (
        values ('cost_trend.budget_sek', m.budget_sek), ('cost_trend.outcome_sek', m.outcome_sek)
    ) as s (measure, value)
)
select
    format('%s %s %s', m.measure, m.level, m.year),
    coalesce(sum(m.value) filter (where m.org_generation = 14), 0),
    coalesce(sum(m.value) filter (where m.org_generation = 18), 0)
from measured as m
group by m.measure, m.level, m.year
having bool_or(m.org_generation = 18)

-- purpose: restating districts to another organisation loses and doubles nothing
-- severity: stop
-- grain:   additive measure × year with both organisations
-- inputs:  mart.anmalan_rate, mart.anmalan_by_reporter, mart.cost_trend, mart.anmalan_to_utredning, mart.utredning_flow,
--          mart.utredning_outcome, mart.insats_decided, mart.insats_ongoing, mart.staff_density, mart.workload,
--          mart.institutional_care
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
    union all
    select m.org_generation, m.year, m.level, s.measure, s.value
    from mart.anmalan_to_utredning as m
    cross join lateral (
        values ('anmalan_to_utredning.intakes', m.intakes), ('anmalan_to_utredning.decided', m.decided),
            ('anmalan_to_utredning.opened', m.opened), ('anmalan_to_utredning.already_open', m.already_open),
            ('anmalan_to_utredning.undecided', m.undecided)
    ) as s (measure, value)
    union all
    select m.org_generation, m.year, m.level, s.measure, s.value
    from mart.utredning_flow as m
    cross join lateral (
        values ('utredning_flow.started', m.started), ('utredning_flow.concluded', m.concluded),
            ('utredning_flow.open_at_end', m.open_at_end)
    ) as s (measure, value)
    union all
    select m.org_generation, m.year, m.level, 'insats_decided.decided', m.decided
    from mart.insats_decided as m
    union all
    select m.org_generation, m.year, m.level, 'insats_ongoing.ongoing', m.ongoing
    from mart.insats_ongoing as m
    union all
    select m.org_generation, m.year, m.level, s.measure, s.value
    from mart.utredning_outcome as m
    cross join lateral (
        values ('utredning_outcome.concluded', m.concluded), ('utredning_outcome.without_insats', m.without_insats),
            ('utredning_outcome.within_4_months', m.within_4_months), ('utredning_outcome.extended', m.extended),
            ('utredning_outcome.overdue', m.overdue)
    ) as s (measure, value)
    union all
    select m.org_generation, m.year, m.level, s.measure, s.value
    from mart.workload as m
    cross join lateral (
        values ('workload.intakes', m.intakes), ('workload.open_utredningar', m.open_utredningar)
    ) as s (measure, value)
    union all
    select m.org_generation, m.year, m.level, s.measure, s.value
    from mart.institutional_care as m
    cross join lateral (
        values ('institutional_care.stays', m.stays), ('institutional_care.days', m.days)
    ) as s (measure, value)
    union all
    -- Months of posts, as means over different months do not sum.
    select m.org_generation, m.year, m.level, 'staff_density.months_fte', m.months * m.fte
    from mart.staff_density as m
    where m.staff_group <> 'alla'
),
summed as (
    select
        m.measure,
        m.level,
        m.year,
        coalesce(sum(m.value) filter (where m.org_generation = 14), 0) as in_14,
        coalesce(sum(m.value) filter (where m.org_generation = 18), 0) as in_18
    from measured as m
    group by m.measure, m.level, m.year
    having bool_or(m.org_generation = 18)
)
select
    format('%s %s %s', s.measure, s.level, s.year),
    s.in_14,
    -- Means of posts are stored to four decimals.
    case when s.measure like 'staff_density.%' and abs(s.in_18 - s.in_14) < 0.05 then s.in_14 else s.in_18 end
from summed as s

-- purpose: cost against budget of child and youth care, with index and growth since the first covered year
-- grain:   organisation × place × year × cost type (`alla` = all but `intakt`), current prices; there are no rows in
--          fixed prices, because no price index series is loaded
-- inputs:  asof.place, asof.counted_at, asof.fact_cost_budget, asof.dim_account, asof.dim_scenario, ops.expected_slice
with amount as (
    select
        f.period_year as year,
        f.district_key,
        case when a.area = 'ifo_barn_unga' then a.cost_type end as cost_type,
        s.code = 'budget' as is_budget,
        sum(f.amount_sek) as amount_sek
    from asof.fact_cost_budget as f
    join asof.dim_account as a on a.account_key = f.account_key
    join asof.dim_scenario as s on s.scenario_key = f.scenario_key
    where s.code in ('budget', 'outcome')
    group by f.period_year, f.district_key, case when a.area = 'ifo_barn_unga' then a.cost_type end, s.code = 'budget'
),
placed as (
    select at.org_generation, at.place_key, a.year, a.district_key, a.cost_type, a.is_budget, a.amount_sek
    from amount as a
    join asof.counted_at as at on at.district_key = a.district_key and not at.protected
),
-- How many districts delivered a budget and an outcome at all: a file without either is null, not 0.
delivered as (
    select
        p.org_generation,
        p.place_key,
        p.year,
        count(distinct p.district_key) filter (where p.is_budget) as budgets,
        count(distinct p.district_key) filter (where not p.is_budget) as outcomes
    from placed as p
    group by p.org_generation, p.place_key, p.year
),
summed as (
    select
        p.org_generation,
        p.place_key,
        p.year,
        t.cost_type,
        sum(p.amount_sek) filter (where p.is_budget) as budget_sek,
        sum(p.amount_sek) filter (where not p.is_budget) as outcome_sek
    from placed as p
    cross join lateral (
        select p.cost_type where p.cost_type is not null
        union all
        select 'alla' where p.cost_type <> 'intakt'
    ) as t (cost_type)
    group by p.org_generation, p.place_key, p.year, t.cost_type
),
member as (
    select distinct a.cost_type from asof.dim_account as a where a.area = 'ifo_barn_unga'
    union
    select 'alla'
),
measured as (
    select
        p.org_generation,
        p.level,
        p.place_key,
        p.district_code,
        p.district,
        p.year,
        m.cost_type,
        p.complete,
        -- Growth compares whole sums: each district behind the row gave both sides.
        p.complete and d.budgets >= p.loaded as budget_whole,
        p.complete and d.outcomes >= p.loaded as outcome_whole,
        case when d.budgets > 0 then coalesce(s.budget_sek, 0) end as budget_sek,
        case when d.outcomes > 0 then coalesce(s.outcome_sek, 0) end as outcome_sek
    from asof.place as p
    cross join member as m
    left join delivered as d on d.org_generation = p.org_generation and d.place_key = p.place_key and d.year = p.year
    left join summed as s
        on s.org_generation = p.org_generation and s.place_key = p.place_key and s.year = p.year and s.cost_type = m.cost_type
    where p.dataset = 'ekonomi'
),
base_year as (
    select min(left(e.period, 4)::smallint) as year
    from ops.expected_slice as e
    where e.dataset = 'ekonomi'
),
compared as (
    select
        m.*,
        m.year - first.year as steps,
        case when m.budget_whole and first.budget_whole then m.budget_sek / nullif(first.budget_sek, 0) end as budget_ratio,
        case when m.outcome_whole and first.outcome_whole then m.outcome_sek / nullif(first.outcome_sek, 0) end as outcome_ratio
    from measured as m
    left join base_year as y on true
    left join measured as first
        on first.org_generation = m.org_generation
        and first.place_key = m.place_key
        and first.cost_type = m.cost_type
        and first.year = y.year
        and first.year <= m.year
)
select
    c.org_generation,
    c.level,
    c.district_code,
    c.district,
    c.year,
    'lopande' as price_basis,
    c.cost_type,
    c.budget_sek::numeric(14, 2) as budget_sek,
    c.outcome_sek::numeric(14, 2) as outcome_sek,
    (c.outcome_sek - c.budget_sek)::numeric(14, 2) as deviation_sek,
    core.fraction(c.outcome_sek - c.budget_sek, c.budget_sek)::numeric(9, 6) as deviation_pct,
    case when abs(c.budget_ratio) < 999999 then round(100 * c.budget_ratio, 4) end::numeric(12, 4) as budget_index,
    case when abs(c.outcome_ratio) < 999999 then round(100 * c.outcome_ratio, 4) end::numeric(12, 4) as outcome_index,
    core.fraction(c.budget_ratio - 1, 1)::numeric(9, 6) as budget_growth_total,
    core.fraction(c.outcome_ratio - 1, 1)::numeric(9, 6) as outcome_growth_total,
    case when c.steps > 0 and c.budget_ratio >= 0
        then core.fraction(power(c.budget_ratio, 1.0 / c.steps) - 1, 1) end::numeric(9, 6) as budget_growth_pa,
    case when c.steps > 0 and c.outcome_ratio >= 0
        then core.fraction(power(c.outcome_ratio, 1.0 / c.steps) - 1, 1) end::numeric(9, 6) as outcome_growth_pa,
    core.fraction(c.budget_ratio, c.outcome_ratio)::numeric(9, 6) as resource_cost_index,
    c.complete
from compared as c

-- purpose: what was expected, what is installed, and the stored rows of the marts
-- grain:   see each table
-- inputs:  none

-- The slices a run expects, refreshed by each run, so that completeness is SQL.
create table ops.expected_slice (
    dataset text not null,
    period text not null,
    deliverer text not null,
    primary key (dataset, period, deliverer)
);

-- One row: what the views of `asof` and `mart` were made of, so that they are made anew only when it changed.
create table ops.installed_views (
    one boolean primary key default true check (one),
    signature text not null
);

-- Non-empty cells of each declared column over the accepted rows of the delivery: {"inkom": {"rows": 10, "filled": 9}}.
alter table ops.delivery add column fields jsonb not null default '{}';

-- What was published: loads, mart SQL and reference data as one hash. An equal one publishes nothing.
alter table ops.publication add column state text not null default '';

-- A share, or null where there is nothing to divide by or the ratio is beyond what the type holds.
create function core.fraction(numerator numeric, denominator numeric) returns numeric
language sql immutable parallel safe
return case when abs(numerator / nullif(denominator, 0)) < 999.9999995 then round(numerator / nullif(denominator, 0), 6) end;

-- A rate per 1,000, or null without a population.
create function core.per_1000(numerator numeric, population numeric) returns numeric
language sql immutable parallel safe
return round(1000 * numerator / nullif(population, 0), 4);

create table mart_store.anmalan_by_reporter (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    intake_type text not null,
    reporter_category text not null,
    intakes bigint,
    share numeric(9, 6),
    intakes_prev_year bigint,
    change_pct numeric(9, 6),
    complete boolean not null
);

create table mart_store.anmalan_rate (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    intakes bigint,
    children bigint,
    intakes_0_17 bigint,
    children_0_17 bigint,
    population_0_17 bigint,
    intakes_per_1000 numeric(12, 4),
    children_per_1000 numeric(12, 4),
    complete boolean not null
);

create table mart_store.cost_trend (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    price_basis text not null,
    cost_type text not null,
    budget_sek numeric(14, 2),
    outcome_sek numeric(14, 2),
    deviation_sek numeric(14, 2),
    deviation_pct numeric(9, 6),
    budget_index numeric(12, 4),
    outcome_index numeric(12, 4),
    budget_growth_total numeric(9, 6),
    outcome_growth_total numeric(9, 6),
    budget_growth_pa numeric(9, 6),
    outcome_growth_pa numeric(9, 6),
    resource_cost_index numeric(9, 6),
    complete boolean not null
);

create table mart_store.review (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    campaign text not null,
    table_id text not null,
    variable text not null,
    kind text,
    category text not null,
    count bigint,
    n bigint,
    base bigint,
    share numeric(9, 6),
    base_rule text not null,
    share_of_all numeric(9, 6),
    complete boolean not null
);

create table mart_store.data_quality (
    org_generation smallint,
    level text not null,
    district_code text,
    district text,
    year smallint,
    deliverer text not null,
    dataset text not null,
    period text not null,
    field text not null,
    fill_rate numeric(9, 6),
    unmapped bigint not null,
    rejected_share numeric(9, 6),
    complete boolean not null
);

-- purpose: a small city whose every figure can be worked out by hand
-- grain:   rows of core and ops, as loads would leave them
-- inputs:  a migrated database

create table core.fact_anmalan_all partition of core.fact_anmalan default;
create table core.fact_population_all partition of core.fact_population default;
create table core.fact_cost_budget_all partition of core.fact_cost_budget default;
create table core.fact_review_all partition of core.fact_review default;

delete from core.bridge_district_succession;
delete from core.dim_district where district_key > 0;
insert into core.dim_district (district_key, code, label, district_code, name, generation, valid_from, valid_to) values
    (1, '01@1999-01-01', 'Rinkeby', '01', 'Rinkeby', 18, '1999-01-01', '2007-01-01'),
    (2, '02@1999-01-01', 'Kista', '02', 'Kista', 18, '1999-01-01', '2007-01-01'),
    (3, '01@2007-01-01', 'Rinkeby-Kista', '01', 'Rinkeby-Kista', 14, '2007-01-01', null),
    (4, '24@1999-01-01', 'Skärholmen', '24', 'Skärholmen', 18, '1999-01-01', null),
    (5, '09@1999-01-01', 'Norrmalm', '09', 'Norrmalm', 18, '1999-01-01', null),
    (6, '04@1999-01-01', 'Hässelby-Vällingby', '04', 'Hässelby-Vällingby', 18, '1999-01-01', null);
insert into core.bridge_district_succession (district_key, org_generation, to_district_key, weight) values
    (1, 18, 1, 1), (1, 14, 3, 1), (2, 18, 2, 1), (2, 14, 3, 1), (3, 14, 3, 1),
    (4, 18, 4, 1), (4, 14, 4, 1), (5, 18, 5, 1), (5, 14, 5, 1), (6, 18, 6, 1), (6, 14, 6, 1);

delete from core.dim_age;
insert into core.dim_age (age_key, code, label, age_years, band) values
    (100, 'ofodd', 'ofödd', null, 'ofödd'), (5, '5', '5', 5, '4-6'), (10, '10', '10', 10, '10-12'), (18, '18', '18', 18, '18-20');
delete from core.dim_sex;
insert into core.dim_sex (sex_key, code, label) values (1, 'flicka', 'flicka');
delete from core.dim_intake_type;
insert into core.dim_intake_type (intake_type_key, code, label) values (1, 'Anmälan', 'Anmälan'), (2, 'Ansökan', 'Ansökan');
delete from core.dim_reporter_category;
insert into core.dim_reporter_category (reporter_category_key, code, label) values
    (0, '_unknown', 'okänd'), (1, 'Skola', 'Skola'), (2, 'Polis', 'Polis');
delete from core.dim_scenario;
insert into core.dim_scenario (scenario_key, code, label) values (1, 'budget', 'budget'), (2, 'outcome', 'utfall');
delete from core.dim_account;
insert into core.dim_account (account_key, code, label, cost_type, area) values
    (1, '5010/410', 'löner', 'loner_personal', 'ifo_barn_unga'),
    (2, '3010/410', 'intäkter', 'intakt', 'ifo_barn_unga'),
    (3, '5010/420', 'löner vuxna', 'loner_personal', 'ifo_vuxna');
-- Child 3 is protected, child 2 unborn.
insert into core.dim_child (child_key, sex, birth_year, unborn, protected) values
    (1, 'flicka', 1996, false, false), (2, null, null, true, false), (3, 'pojke', 2001, false, true),
    (4, 'pojke', 1988, false, false), (5, 'flicka', 1997, false, false);

insert into ops.run (epoch, known_at, business_date, started_at, program_version)
values (1, '2026-01-01 00:00:00+00', '2026-01-01', '2026-01-01', 'test');

-- A delivery in force for every slice named here.
create function pg_temp.deliver(slice_dataset text, slice_period text, slice_deliverer text) returns bigint
language sql
as $$
    with slice as (
        insert into ops.slice (dataset, period, deliverer) values (slice_dataset, slice_period, slice_deliverer) returning slice_id
    ),
    delivery as (
        insert into ops.delivery (slice_id, sequence, run_id, content_hash, fingerprint, bytes, outcome, is_current, decided_at)
        select slice_id, 1, (select min(run_id) from ops.run), 'h', 'f', 1, 'loaded', true, '2026-01-01' from slice
        returning delivery_id
    )
    insert into core.dim_load (load_id, deliverer, dataset, period, content_hash, rule_version, program_version, known_at)
    select delivery_id, slice_deliverer, slice_dataset, slice_period, 'h', 'r', 'test', '2026-01-01 00:00:00+00' from delivery
    returning load_id
$$;
select pg_temp.deliver(d.dataset, d.period, d.deliverer)
from (values
    ('anmalningar', '2006', '01'), ('anmalningar', '2006', '02'), ('anmalningar', '2006', '24'),
    ('anmalningar', '2007', '01'), ('anmalningar', '2007', '24'),
    ('anmalningar', '2008', '24'),
    ('befolkning', '2006', 'stad'),
    ('ekonomi', '2004', '01'), ('ekonomi', '2004', '02'), ('ekonomi', '2004', '24'),
    ('ekonomi', '2005', '01'), ('ekonomi', '2005', '24'),
    ('ekonomi', '2006', '01'), ('ekonomi', '2006', '02'), ('ekonomi', '2006', '24'),
    ('ekonomi', '2007', '01'), ('ekonomi', '2007', '24'),
    ('granskning', '2022', 'stad')
) as d (dataset, period, deliverer);
insert into ops.expected_slice (dataset, period, deliverer)
select s.dataset, s.period, s.deliverer from ops.slice as s
union all
values ('anmalningar', '2008', '01'), ('befolkning', '2007', 'stad'), ('befolkning', '2008', 'stad'), ('ekonomi', '2005', '02');

insert into core.fact_anmalan (
    anmalan_id, child_key, received_date, district_key, intake_type_key, reporter_category_key, intake_reason_group_key, age_key,
    decision_outcome_key, legal_basis_key, slice_id, period_year, load_id, known_from, row_hash
)
select
    row_number() over (), i.child, make_date(i.year, 5, 1), i.district, i.type, i.reporter, 0, i.age, 0, 0,
    s.slice_id, i.year, d.delivery_id, '2026-01-01 00:00:00+00', '\x00'
from (values
    (2006, '01', 1, 1, 1, 1, 10), (2006, '02', 2, 1, 1, 2, 10), (2006, '01', 1, 2, 1, 2, 100), (2006, '24', 4, 3, 1, 1, 5),
    (2006, '24', 4, 4, 2, 0, 18),
    (2007, '01', 3, 1, 1, 1, 10), (2007, '24', 4, 5, 1, 1, 10), (2007, '24', 4, 5, 1, 1, 10), (2007, '24', 4, 5, 1, 1, 10),
    (2008, '24', 4, 5, 1, 1, 10), (2008, '24', 4, 5, 1, 1, 10)
) as i (year, deliverer, district, child, type, reporter, age)
join ops.slice as s on s.dataset = 'anmalningar' and s.period = i.year::text and s.deliverer = i.deliverer
join ops.delivery as d on d.slice_id = s.slice_id;

insert into core.fact_population (district_key, date, age_key, sex_key, persons, slice_id, period_year, load_id, known_from, row_hash)
select p.district, '2006-12-31', p.age, 1, p.persons, s.slice_id, 2006, d.delivery_id, '2026-01-01 00:00:00+00', '\x00'
from (values (1, 10, 100), (2, 10, 200), (4, 10, 150), (4, 5, 250), (1, 18, 50)) as p (district, age, persons)
join ops.slice as s on s.dataset = 'befolkning'
join ops.delivery as d on d.slice_id = s.slice_id;

-- 2005 lacks Kista; Skärholmen has no budget in 2006.
insert into core.fact_cost_budget (
    district_key, month, account_key, scenario_key, amount_sek, slice_id, period_year, load_id, known_from, row_hash
)
select
    c.district, make_date(c.year, 1, 1), c.account, c.scenario, c.amount, s.slice_id, c.year, d.delivery_id,
    '2026-01-01 00:00:00+00', '\x00'
from (values
    (2004, '01', 1, 1, 1, 300), (2004, '02', 2, 1, 1, 200), (2004, '24', 4, 1, 1, 500),
    (2004, '01', 1, 1, 2, 300), (2004, '02', 2, 1, 2, 200), (2004, '24', 4, 1, 2, 500),
    (2004, '24', 4, 2, 2, -100), (2004, '24', 4, 3, 2, 999),
    (2005, '01', 1, 1, 1, 310), (2005, '24', 4, 1, 1, 510), (2005, '01', 1, 1, 2, 330), (2005, '24', 4, 1, 2, 530),
    (2006, '01', 1, 1, 1, 320), (2006, '02', 2, 1, 1, 220), (2006, '01', 1, 1, 2, 350), (2006, '02', 2, 1, 2, 240),
    (2006, '24', 4, 1, 2, 540),
    (2007, '01', 3, 1, 1, 600), (2007, '24', 4, 1, 1, 509), (2007, '01', 3, 1, 2, 700), (2007, '24', 4, 1, 2, 552)
) as c (year, deliverer, district, account, scenario, amount)
join ops.slice as s on s.dataset = 'ekonomi' and s.period = c.year::text and s.deliverer = c.deliverer
join ops.delivery as d on d.slice_id = s.slice_id;

update ops.delivery as d
set rows_read = r.rows, rows_loaded = r.rows
from (
    select f.slice_id, count(*) as rows
    from (
        select slice_id from core.fact_anmalan
        union all
        select slice_id from core.fact_population
        union all
        select slice_id from core.fact_cost_budget
    ) as f
    group by f.slice_id
) as r
where r.slice_id = d.slice_id;

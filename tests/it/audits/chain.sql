-- purpose: one child's chain of intake, investigation and intervention, and one employee, in which every audit holds
-- grain:   rows of core and ops, as loads would leave them
-- inputs:  a migrated database

create table core.fact_anmalan_all partition of core.fact_anmalan default;
create table core.fact_utredning_all partition of core.fact_utredning default;
create table core.fact_insats_all partition of core.fact_insats default;
create table core.fact_personnel_all partition of core.fact_personnel default;
create table core.fact_placering_all partition of core.fact_placering default;
create table core.fact_visit_all partition of core.fact_visit default;
create table core.fact_reimbursement_all partition of core.fact_reimbursement default;

insert into core.dim_decision_outcome (code, label) values ('Utredning inleds', 'Utredning inleds') on conflict do nothing;
insert into core.dim_utredning_result (code, label)
values ('Insats', 'Insats'), ('Ingen insats', 'Ingen insats'), ('Pågår', 'Pågår')
on conflict do nothing;
insert into core.dim_care_form (code, label) values ('Jourhem', 'Jourhem'), ('Familjehem', 'Familjehem') on conflict do nothing;
insert into core.dim_child (child_key, sex, birth_year) values (1, 'flicka', 1996);
insert into core.dim_employee (employee_key) values (31);
insert into ops.run (epoch, known_at, business_date, started_at, program_version)
values (1, '2008-02-01 00:00:00+00', '2008-02-01', '2008-02-01', 'test');

insert into ops.slice (dataset, period, deliverer)
values
    ('anmalningar', '2007', '24'), ('utredningar', '2006', '24'), ('utredningar', '2007', '24'), ('utredningar', '2007', '15'),
    ('insatser', '2007', '24'), ('insatser', '2007', '15'), ('personal', '2007', '24'), ('personal', '2007', '15'),
    ('placeringar', '2007', '24'), ('besok', '2007', '24'), ('familjehemsersattning', '2007', '24');
insert into ops.delivery (slice_id, sequence, run_id, content_hash, fingerprint, bytes, outcome, is_current, decided_at)
select s.slice_id, 1, r.run_id, 'h', 'f', 1, 'loaded', true, '2008-02-01'
from ops.slice as s
cross join ops.run as r;
insert into core.dim_load (load_id, deliverer, dataset, period, content_hash, rule_version, program_version, known_at)
select d.delivery_id, s.deliverer, s.dataset, s.period, 'h', 'r', 'test', '2008-02-01 00:00:00+00'
from ops.delivery as d
join ops.slice as s on s.slice_id = d.slice_id;

insert into core.fact_anmalan (
    anmalan_id, child_key, received_date, district_key, intake_type_key, reporter_category_key, intake_reason_group_key, age_key,
    decision_outcome_key, decision_date, legal_basis_key, utredning_id, slice_id, period_year, load_id, known_from, row_hash
)
select
    i.anmalan, 1, i.received, 0, 0, 0, 0, 0, o.decision_outcome_key, i.decided, 0, i.utredning, s.slice_id, 2007, 1,
    '2008-02-01 00:00:00+00', '\x00'
from (values (1, date '2007-03-01', date '2007-03-05', 11), (2, '2007-08-01', '2007-08-01', 12)) as i (anmalan, received, decided, utredning)
join core.dim_decision_outcome as o on o.code = 'Utredning inleds'
join ops.slice as s on s.dataset = 'anmalningar';

insert into core.fact_utredning (
    utredning_id, child_key, start_date, statutory_limit_key, end_date, district_key, legal_basis_key, utredning_result_key, age_key,
    slice_id, period_year, load_id, known_from, row_hash
)
select u.utredning, 1, u.started, 0, u.ended, 0, 0, r.utredning_result_key, 0, s.slice_id, 2007, 1, '2008-02-01 00:00:00+00', '\x00'
from (values (11, date '2007-03-06', date '2007-06-06', 'Insats'), (12, '2007-08-06', null, 'Pågår')) as u (utredning, started, ended, result)
join core.dim_utredning_result as r on r.code = u.result
join ops.slice as s on s.dataset = 'utredningar' and s.period = '2007' and s.deliverer = '24';

insert into core.fact_insats (
    insats_id, child_key, decision_date, start_date, district_key, insats_category_key, legal_basis_key, contract_form_key,
    provider_key, age_key, utredning_id, slice_id, period_year, load_id, known_from, row_hash
)
select 21, 1, '2007-06-06', '2007-06-10', 0, 0, 0, 0, 0, 0, 11, s.slice_id, 2007, 1, '2008-02-01 00:00:00+00', '\x00'
from ops.slice as s
where s.dataset = 'insatser' and s.deliverer = '24';

insert into core.fact_personnel (
    employee_key, month, district_key, staff_group_key, fte, slice_id, period_year, load_id, known_from, row_hash
)
select 31, '2007-03-01', 0, 0, 0.5, s.slice_id, 2007, 1, '2008-02-01 00:00:00+00', '\x00'
from ops.slice as s
where s.dataset = 'personal';

-- Emergency care overlaps the family home by its last day.
insert into core.fact_placering (
    placering_id, child_key, start_date, end_date, district_key, care_form_key, operator_form_key, legal_basis_key, provider_key,
    care_end_reason_key, age_key, slice_id, period_year, load_id, known_from, row_hash
)
select p.placering, 1, p.started, p.ended, 0, c.care_form_key, 0, 0, 0, 0, 0, s.slice_id, 2007, 1, '2008-02-01 00:00:00+00', '\x00'
from (values (41, date '2007-09-01', date '2007-09-10', 'Jourhem'), (42, '2007-09-09', '2007-12-01', 'Familjehem'))
    as p (placering, started, ended, form)
join core.dim_care_form as c on c.code = p.form
join ops.slice as s on s.dataset = 'placeringar';

insert into core.fact_visit (visit_id, placering_id, visit_date, district_key, slice_id, period_year, load_id, known_from, row_hash)
select 51, 42, '2007-10-01', 0, s.slice_id, 2007, 1, '2008-02-01 00:00:00+00', '\x00'
from ops.slice as s
where s.dataset = 'besok';

insert into core.fact_reimbursement (
    placering_id, month, district_key, fee_sek, expense_sek, slice_id, period_year, load_id, known_from, row_hash
)
select 41, '2007-09-01', 0, 7500, 3210, s.slice_id, 2007, 1, '2008-02-01 00:00:00+00', '\x00'
from ops.slice as s
where s.dataset = 'familjehemsersattning';

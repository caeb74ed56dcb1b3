-- purpose: the hand-worked city's intakes to investigations, interventions and staff
-- grain:   rows of core and ops, as loads would leave them
-- inputs:  tests/it/marts/city.sql in the same session

insert into core.dim_decision_outcome (decision_outcome_key, code, label) values
    (0, '_unknown', 'okänd'), (1, 'Utredning inleds', 'Utredning inleds'), (2, 'Utredning inleds ej', 'Utredning inleds ej'),
    (3, 'Pågår redan', 'Pågår redan'), (4, 'Ej beslutad', 'Ej beslutad');
insert into core.dim_utredning_result (utredning_result_key, code, label) values
    (1, 'Insats', 'Insats'), (2, 'Ingen insats', 'Ingen insats'), (3, 'Erbjuden insats avböjd', 'Erbjuden insats avböjd'),
    (4, 'Pågår', 'Pågår');
insert into core.dim_insats_category (insats_category_key, code, label) values
    (1, 'Kontaktperson/-familj', 'Kontaktperson/-familj'), (2, 'Enskilt samtalsstöd', 'Enskilt samtalsstöd');
insert into core.dim_staff_group (staff_group_key, code, label, in_density) values
    (1, 'Utredande socialsekreterare', 'Utredande socialsekreterare', true),
    (2, 'Familjevårdsinspektör', 'Familjevårdsinspektör', true),
    (3, 'Mottagningssekreterare', 'Mottagningssekreterare', true),
    (4, 'Övrig', 'Övrig', false);
insert into core.dim_sex (sex_key, code, label) values (2, 'pojke', 'pojke');
delete from core.dim_age;
insert into core.dim_age (age_key, code, label, age_years, band)
select
    a.years,
    a.years::text,
    a.years::text,
    a.years,
    (array['0-3', '4-6', '7-9', '10-12', '13-15', '16-17', '18-20'])[width_bucket(a.years, array[0, 4, 7, 10, 13, 16, 18])]
from generate_series(1, 20) as a (years);
insert into core.dim_age (age_key, code, label, age_years, band) values (100, 'ofodd', 'ofödd', null, 'ofödd');
-- Child 3 is protected, child 2 unborn; of child 7 nothing is known. Child 6 turned 20 in 2005 or 2006.
insert into core.dim_child (child_key, sex, birth_year) values (6, 'pojke', 1985), (7, null, null);

create table core.fact_utredning_all partition of core.fact_utredning default;
create table core.fact_insats_all partition of core.fact_insats default;
create table core.fact_personnel_all partition of core.fact_personnel default;

select pg_temp.deliver(s.dataset, d.period, d.deliverer)
from (values ('utredningar'), ('insatser'), ('personal')) as s (dataset)
cross join (values
    ('2006', '01'), ('2006', '02'), ('2006', '24'), ('2007', '01'), ('2007', '24'), ('2008', '24')
) as d (period, deliverer);
insert into ops.expected_slice (dataset, period, deliverer)
select s.dataset, s.period, s.deliverer
from ops.slice as s
where s.dataset in ('utredningar', 'insatser', 'personal')
union all
values ('utredningar', '2008', '01'), ('insatser', '2008', '01'), ('personal', '2008', '01');

-- The load in force of a slice.
create view pg_temp.load as
select s.dataset, s.period::smallint as year, s.deliverer, s.slice_id, d.delivery_id as load_id, timestamptz '2026-01-01 00:00:00+00' as known_from
from ops.slice as s
join ops.delivery as d on d.slice_id = s.slice_id;

delete from core.fact_anmalan;
insert into core.fact_anmalan (
    anmalan_id, child_key, received_date, district_key, intake_type_key, reporter_category_key, intake_reason_group_key, age_key,
    decision_outcome_key, decision_date, legal_basis_key, utredning_id, slice_id, period_year, load_id, known_from, row_hash
)
select
    i.anmalan, i.child, i.received::date, i.district, 1, i.reporter, 0, 10, i.outcome, i.decided::date, 0, i.utredning, l.slice_id, l.year,
    l.load_id, l.known_from, '\x00'
from (values
    -- decided in the year after
    ('01', 1, 1, 1, '2006-12-20', 1, 1, '2007-01-10', 21),
    ('02', 2, 2, 1, '2006-11-20', 2, 3, null, null),
    ('01', 1, 3, 2, '2006-03-01', 2, 1, '2006-03-02', 22),
    ('24', 4, 4, 3, '2006-03-01', 1, 2, '2006-03-02', null),
    ('24', 4, 5, 4, '2006-12-30', 0, 4, null, null),
    -- siblings in one intake, and another intake that led to the same investigation
    ('02', 2, 6, 5, '2006-10-01', 1, 1, '2006-10-05', 23),
    ('02', 2, 6, 6, '2006-10-01', 1, 1, '2006-10-05', 23),
    ('02', 2, 7, 5, '2006-10-02', 1, 1, '2006-10-05', 23),
    -- the sender says nothing of the decision
    ('24', 4, 8, 7, '2006-05-01', 2, 0, null, null),
    ('01', 3, 9, 1, '2007-05-01', 1, 2, '2007-05-02', null),
    ('24', 4, 10, 5, '2008-05-01', 1, 1, '2008-05-02', 24)
) as i (deliverer, district, anmalan, child, received, reporter, outcome, decided, utredning)
join pg_temp.load as l on l.dataset = 'anmalningar' and l.year = left(i.received, 4)::smallint and l.deliverer = i.deliverer;

insert into core.fact_utredning (
    utredning_id, child_key, start_date, due_date, statutory_limit_key, extended_to, end_date, district_key, legal_basis_key,
    utredning_result_key, age_key, slice_id, period_year, load_id, known_from, row_hash
)
select
    u.utredning, u.child, u.started::date, u.started::date + interval '4 months', 0, u.extended::date, u.ended::date, u.district, 0, u.result, 10,
    l.slice_id, l.year, l.load_id, l.known_from, '\x00'
from (values
    ('01', 1, 21, 1, '2006-11-15', null, '2007-02-10', 2),
    -- siblings: one ends on the last day of the month, the other goes on
    ('02', 2, 23, 5, '2006-12-01', null, '2006-12-31', 1),
    ('02', 2, 23, 6, '2006-12-01', null, null, 4),
    -- four months from 31 October end on 28 February
    ('24', 4, 25, 3, '2006-10-31', null, '2007-02-28', 3),
    ('01', 3, 26, 1, '2007-02-01', '2007-12-31', '2008-03-01', 1),
    ('24', 4, 24, 5, '2008-01-10', null, null, 4)
) as u (deliverer, district, utredning, child, started, extended, ended, result)
join pg_temp.load as l on l.dataset = 'utredningar' and l.year = left(u.started, 4)::smallint and l.deliverer = u.deliverer;

insert into core.fact_insats (
    insats_id, child_key, decision_date, start_date, end_date, district_key, insats_category_key, legal_basis_key, contract_form_key,
    provider_key, age_key, slice_id, period_year, load_id, known_from, row_hash
)
select
    row_number() over (), i.child, make_date(i.year, 6, 1), i.started::date, i.ended::date, i.district, i.category, 0, 0, 0, 10, l.slice_id,
    l.year, l.load_id, l.known_from, '\x00'
from (values
    -- ends on the last day of a month
    (2006, '01', 1, 1, 1, '2006-06-10', '2006-08-31'), (2006, '02', 2, 1, 1, '2006-07-15', '2007-02-10'),
    -- begins and ends within a month
    (2006, '02', 2, 1, 2, '2006-06-05', '2006-06-25'),
    (2006, '24', 4, 3, 2, '2006-07-01', null),
    -- two at once, and one that has not begun
    (2007, '24', 4, 5, 1, '2007-06-05', null), (2007, '24', 4, 5, 1, '2007-06-20', '2007-08-15'), (2007, '24', 4, 5, 2, null, null)
) as i (year, deliverer, district, child, category, started, ended)
join pg_temp.load as l on l.dataset = 'insatser' and l.year = i.year and l.deliverer = i.deliverer;

insert into core.fact_personnel (
    employee_key, month, district_key, staff_group_key, fte, full_competence, experience_months, slice_id, period_year, load_id,
    known_from, row_hash
)
select
    p.employee, p.month::date, p.district, p.staff_group, p.fte, p.competent, p.experience, l.slice_id, l.year, l.load_id, l.known_from,
    '\x00'
from (values
    -- Kista delivers December only; employee 7 moves from Rinkeby to Kista.
    ('01', 1, '2006-11-01', 1, 1, 1.0, true, 23), ('01', 1, '2006-11-01', 7, 3, 1.0, false, 5),
    ('24', 4, '2006-11-01', 3, 1, 0.5, false, 11),
    ('01', 1, '2006-12-01', 1, 1, 1.0, true, 24), ('02', 2, '2006-12-01', 2, 1, 0.5, true, 36),
    ('02', 2, '2006-12-01', 7, 3, 1.0, false, 6),
    ('24', 4, '2006-12-01', 3, 1, 0.5, false, 12), ('24', 4, '2006-12-01', 4, 4, 1.0, null, null),
    ('01', 3, '2007-01-01', 1, 1, 1.0, null, 25), ('01', 3, '2007-01-01', 2, 1, 0.5, true, 37),
    -- Employee 2 has moved to Skärholmen; employee 5 has two posts.
    ('24', 4, '2007-12-01', 2, 1, 0.5, true, 48), ('01', 3, '2007-12-01', 5, 3, 0.8, false, 6),
    ('01', 3, '2007-12-01', 5, 1, 0.2, false, 6), ('24', 4, '2007-12-01', 6, 1, 1.0, false, 0),
    ('24', 4, '2008-11-01', 6, 1, 1.0, false, 11)
) as p (deliverer, district, month, employee, staff_group, fte, competent, experience)
join pg_temp.load as l on l.dataset = 'personal' and l.year = left(p.month, 4)::smallint and l.deliverer = p.deliverer;

update ops.delivery as d
set rows_read = coalesce(r.rows, 0), rows_loaded = coalesce(r.rows, 0)
from ops.delivery as o
join ops.slice as s on s.slice_id = o.slice_id
left join (
    select f.slice_id, count(*) as rows
    from (
        select slice_id from core.fact_anmalan
        union all
        select slice_id from core.fact_utredning
        union all
        select slice_id from core.fact_insats
        union all
        select slice_id from core.fact_personnel
    ) as f
    group by f.slice_id
) as r on r.slice_id = o.slice_id
where o.delivery_id = d.delivery_id and s.dataset in ('anmalningar', 'utredningar', 'insatser', 'personal');

-- purpose: the hand-worked city's placements
-- grain:   rows of core and ops, as loads would leave them
-- inputs:  tests/it/marts/care.sql in the same session

create table core.fact_placering_all partition of core.fact_placering default;
create table core.placeringar_slice_all partition of core.placeringar_slice default;
insert into core.dim_care_form (care_form_key, code, label) values (1, 'Familjehem', 'Familjehem'), (2, 'HVB', 'HVB'), (3, 'SiS', 'SiS');
insert into core.dim_operator_form (operator_form_key, code, label) values
    (0, '_unknown', 'okänd'), (1, 'Egen regi', 'Egen regi'), (2, 'Ramavtal', 'Ramavtal');

select pg_temp.deliver('placeringar', d.period, d.deliverer)
from (values ('2006', '01'), ('2006', '02'), ('2006', '24'), ('2007', '01'), ('2007', '24'), ('2008', '24')) as d (period, deliverer);
insert into ops.expected_slice (dataset, period, deliverer)
select s.dataset, s.period, s.deliverer
from ops.slice as s
where s.dataset = 'placeringar'
union all
values ('placeringar', '2008', '01');

insert into core.fact_placering (
    placering_id, child_key, start_date, end_date, district_key, care_form_key, operator_form_key, legal_basis_key, provider_key,
    care_end_reason_key, age_key, slice_id, period_year, load_id, known_from, row_hash
)
select
    row_number() over (), p.child, p.started::date, p.ended::date, p.district, p.form, p.operator, 0, 0, 0, 10, l.slice_id, l.year, l.load_id,
    l.known_from, '\x00'
from (values
    -- one child, from two districts that merge, over New Year
    ('01', 1, 1, 2, 2, '2006-12-01', '2007-02-01'), ('02', 2, 1, 2, 2, '2006-06-01', '2006-06-11'),
    -- ends on New Year's Day
    ('24', 4, 4, 3, 0, '2006-12-31', '2007-01-01'),
    -- zero days
    ('24', 4, 4, 2, 1, '2007-03-05', '2007-03-05'),
    -- protected, and goes on
    ('24', 4, 3, 2, 1, '2007-12-01', null),
    ('24', 4, 5, 1, 0, '2006-01-01', null)
) as p (deliverer, district, child, form, operator, started, ended)
join pg_temp.load as l on l.dataset = 'placeringar' and l.year = left(p.started, 4)::smallint and l.deliverer = p.deliverer;

-- Each stands in one file.
insert into core.placeringar_slice table core.fact_placering;

update ops.delivery as d
set rows_read = coalesce(r.rows, 0), rows_loaded = coalesce(r.rows, 0)
from ops.delivery as o
join ops.slice as s on s.slice_id = o.slice_id
left join (select f.slice_id, count(*) as rows from core.fact_placering as f group by f.slice_id) as r on r.slice_id = o.slice_id
where o.delivery_id = d.delivery_id and s.dataset = 'placeringar';

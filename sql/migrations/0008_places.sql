-- purpose: what every mart asks of the places: where a row counts, what stands behind a stock, how many live there
-- grain:   see each view
-- inputs:  core.dim_district, core.bridge_district_succession, core.fact_population, core.dim_age, asof.place, ops.run

-- A count of what was delivered: 0 where nothing occurred, null where nothing was delivered.
create function core.if_delivered(loaded bigint, count numeric) returns bigint
language sql immutable parallel safe
return case when loaded > 0 then coalesce(count, 0)::bigint end;

-- grain: district × protected × organisation × place
-- A district's row counts at that district in each organisation shown, and in the whole city (place_key 0). A protected child's
-- counts in the city only. Join on both columns; facts without children have `not protected`.
create view asof.counted_at as
select b.district_key, false as protected, b.org_generation, b.to_district_key as place_key
from core.bridge_district_succession as b
where b.org_generation in (14, 18)
union all
select d.district_key, c.protected, g.org_generation, 0
from core.dim_district as d
cross join (values (14::smallint), (18::smallint)) as g (org_generation)
cross join (values (false), (true)) as c (protected);

-- grain: as asof.place
-- Behind a stock stand the slices of all covered years up to its own.
create view asof.place_to_date as
select
    p.dataset,
    p.year,
    p.org_generation,
    p.level,
    p.place_key,
    p.district_code,
    p.district,
    p.loaded,
    p.complete,
    sum(p.loaded) over up_to::bigint as loaded_to_date,
    bool_and(p.complete) over up_to as complete_to_date
from asof.place as p
window up_to as (partition by p.dataset, p.org_generation, p.place_key order by p.year);

-- grain: organisation × place × year with a population slice, expected or loaded
create view asof.place_population as
with inhabitants as (
    select extract(year from f.date)::smallint as year, f.district_key, sum(f.persons) as persons
    from core.fact_population as f
    join core.dim_age as a on a.age_key = f.age_key
    where a.age_years between 0 and 17
        and extract(month from f.date) = 12
        and extract(day from f.date) = 31
        and f.known_from <= (select core.known_at())
        and (f.known_to is null or f.known_to > (select core.known_at()))
    group by extract(year from f.date), f.district_key
),
summed as (
    select c.org_generation, c.place_key, i.year, sum(i.persons)::bigint as persons
    from inhabitants as i
    join asof.counted_at as c on c.district_key = i.district_key and not c.protected
    group by c.org_generation, c.place_key, i.year
)
select p.org_generation, p.place_key, p.year, s.persons as population_0_17, p.complete
from asof.place as p
left join summed as s on s.org_generation = p.org_generation and s.place_key = p.place_key and s.year = p.year
where p.dataset = 'befolkning';

comment on view asof.counted_at is 'Var en stadsdels rader räknas: i stadsdelen i varje organisation och i hela staden; skyddade barns rader bara i staden';
comment on view asof.place_to_date is 'Som asof.place, med leveranserna för alla år till och med radens';
comment on column asof.place_to_date.loaded_to_date is 'Inlästa leveranser för alla år till och med radens';
comment on column asof.place_to_date.complete_to_date is 'Sant när alla väntade leveranser till och med radens år är inlästa';
comment on view asof.place_population is 'Folkmängd 0–17 år den 31 december per stadsdel och i hela staden';

-- The other columns have the words of their names.
call ops.describe_words();

-- purpose: the warehouse as it was known at the setting `buss.as_of` (default: now)
-- grain:   views `asof.fact_*` and `asof.dim_*`: as their tables; the others: see each
-- inputs:  core.*, ops.delivery, ops.expected_slice

-- The instant of knowledge: the setting, else later than everything, which leaves the current rows.
create function core.known_at() returns timestamptz
language sql stable parallel safe
return coalesce(nullif(current_setting('buss.as_of', true), '')::timestamptz, 'infinity'::timestamptz);

-- Makes `asof.<table>` for every fact, dimension and bridge of `core`, those of later migrations included. Facts show the
-- rows known at the instant; dimensions are today's. Views that stand on a changed one are dropped with it.
create procedure ops.refresh_asof()
language plpgsql
as $$
declare
    relation record;
    counted text;
begin
    for relation in
        select
            c.relname as name,
            string_agg(format('t.%I', a.attname), ', ' order by a.attnum) as columns,
            bool_or(a.attname = 'known_from') as versioned
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'core'::regnamespace
            and c.relkind in ('r', 'p', 'v')
            and not c.relispartition
            and c.relname ~ '^(fact|dim|bridge)_'
        group by c.relname
    loop
        execute format('drop view if exists asof.%I cascade', relation.name);
        execute format(
            'create view asof.%I as select %s from core.%I as t%s',
            relation.name,
            relation.columns,
            relation.name,
            case when relation.versioned
                -- In a subquery the instant is asked for once, not once per row.
                then ' where t.known_from <= (select core.known_at()) and (t.known_to is null or t.known_to > (select core.known_at()))'
                else '' end
        );
    end loop;
    -- Rows known of each slice: of the slice rows where a dataset keeps them, else of the facts.
    select
        string_agg(
            format(
                'select t.slice_id, %L as source, count(*) as rows from core.%I as t
                where t.known_from <= (select core.known_at()) and (t.known_to is null or t.known_to > (select core.known_at()))
                group by t.slice_id',
                c.relname, c.relname
            ),
            ' union all ' order by c.relname
        )
    into counted
    from pg_class as c
    where c.relnamespace = 'core'::regnamespace
        and c.relkind in ('r', 'p')
        and not c.relispartition
        and c.relname ~ '(^fact_|_slice$)'
        and (
            select count(*) from pg_attribute as a
            where a.attrelid = c.oid and not a.attisdropped and a.attname in ('slice_id', 'known_from', 'known_to')
        ) = 3;
    drop view if exists asof.slice_rows cascade;
    execute format(
        'create view asof.slice_rows as
        select s.slice_id, coalesce(sum(r.rows), 0) as rows
        from ops.slice as s
        left join (%s) as r
            on r.slice_id = s.slice_id
            and (to_regclass(format(''core.%%I'', s.dataset || ''_slice'')) is null or r.source = s.dataset || ''_slice'')
        group by s.slice_id',
        counted
    );
end
$$;

-- grain: one slice, the delivery in force at the instant
create view asof.delivery as
select distinct on (d.slice_id)
    s.dataset,
    s.period,
    s.deliverer,
    case when s.period ~ '^[0-9]{4}' then left(s.period, 4)::smallint end as year,
    d.slice_id,
    d.delivery_id,
    d.rows_read,
    d.rows_loaded,
    d.rows_unchanged,
    d.rows_quarantined,
    d.fields
from core.dim_load as l
join ops.delivery as d on d.delivery_id = l.load_id
join ops.slice as s on s.slice_id = d.slice_id
where l.known_at <= core.known_at()
order by d.slice_id, l.known_at desc, d.sequence desc;

-- grain: one slice that is expected or loaded
create view asof.coverage as
select
    known.dataset,
    known.period,
    known.deliverer,
    case when known.period ~ '^[0-9]{4}' then left(known.period, 4)::smallint end as year,
    -- A deliverer whose code is no district's delivers for the whole city.
    not exists (select from core.dim_district as d where d.district_code = known.deliverer) as central,
    bool_or(known.expected) as expected,
    bool_or(known.loaded) as loaded
from (
    select e.dataset, e.period, e.deliverer, true as expected, false as loaded
    from ops.expected_slice as e
    union all
    select d.dataset, d.period, d.deliverer, false, true
    from asof.delivery as d
) as known
group by known.dataset, known.period, known.deliverer;

-- grain: organisation × year it was in force (by 31 December)
create view asof.org_year as
select g.generation as org_generation, y.year::smallint as year
from (
    select d.generation, min(d.valid_from) as valid_from, lead(min(d.valid_from)) over (order by min(d.valid_from)) as valid_to
    from core.dim_district as d
    where d.generation is not null
    group by d.generation
) as g
cross join (select distinct dd.year from core.dim_date as dd) as y (year)
where make_date(y.year, 12, 31) >= g.valid_from and (g.valid_to is null or make_date(y.year, 12, 31) < g.valid_to);

-- grain: dataset × year × organisation × place (place_key 0 = the whole city), with the slices behind it
-- Organisation 14 is shown for all years, 18 for the years in which it was the organisation of the time.
create view asof.place as
with years as (
    select distinct c.dataset, c.year
    from asof.coverage as c
    where c.year is not null
),
shown as (
    select y.dataset, y.year, g.org_generation
    from years as y
    cross join (values (14::smallint), (18::smallint)) as g (org_generation)
    where g.org_generation = 14
        or exists (select from asof.org_year as o where o.org_generation = g.org_generation and o.year = y.year)
),
behind as (
    select
        c.dataset,
        c.year,
        b.org_generation,
        b.to_district_key,
        count(distinct c.deliverer) filter (where c.expected and not c.loaded) as missing,
        count(distinct c.deliverer) filter (where c.loaded) as loaded
    from asof.coverage as c
    join core.dim_district as d
        on (c.central or d.district_code = c.deliverer)
        and d.valid_from < make_date(c.year + 1, 1, 1)
        and (d.valid_to is null or d.valid_to > make_date(c.year, 1, 1))
    join core.bridge_district_succession as b on b.district_key = d.district_key
    group by c.dataset, c.year, b.org_generation, b.to_district_key
),
city as (
    select
        c.dataset,
        c.year,
        count(*) filter (where c.expected and not c.loaded) as missing,
        count(*) filter (where c.loaded) as loaded
    from asof.coverage as c
    group by c.dataset, c.year
)
select
    s.dataset,
    s.year,
    s.org_generation,
    'district' as level,
    d.district_key as place_key,
    d.district_code,
    d.name as district,
    coalesce(b.loaded, 0) as loaded,
    coalesce(b.missing = 0 and b.loaded > 0, false) as complete
from shown as s
join (select distinct b.org_generation, b.to_district_key from core.bridge_district_succession as b) as t
    on t.org_generation = s.org_generation
join core.dim_district as d on d.district_key = t.to_district_key
left join behind as b
    on b.dataset = s.dataset and b.year = s.year and b.org_generation = s.org_generation and b.to_district_key = d.district_key
union all
select s.dataset, s.year, s.org_generation, 'city', 0, null, null, c.loaded, c.missing = 0 and c.loaded > 0
from shown as s
join city as c on c.dataset = s.dataset and c.year = s.year;

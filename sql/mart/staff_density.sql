-- purpose: posts per 1,000 children, competence, experience and turnover of the professional groups
-- grain:   organisation × place × year × staff group (`alla` = the three groups of the density), dense over listed groups
-- inputs:  asof.place, asof.counted_at, asof.place_population, asof.coverage, asof.fact_personnel, asof.dim_staff_group, asof.dim_district
--
-- Means are over the months that the place delivered. An employee with two rows in a month is one head.
with member as (
    select g.staff_group_key, g.label as staff_group
    from asof.dim_staff_group as g
    union all
    select g.staff_group_key, 'alla'
    from asof.dim_staff_group as g
    where g.in_density
),
post as (
    select
        f.period_year as year,
        f.district_key,
        m.staff_group,
        f.experience_months,
        count(*) as posts,
        sum(f.fte) as fte,
        count(*) filter (where f.full_competence) as competent,
        count(f.full_competence) as competence_known
    from asof.fact_personnel as f
    join member as m on m.staff_group_key = f.staff_group_key
    group by f.period_year, f.district_key, m.staff_group, f.experience_months
),
post_at as (
    select
        at.org_generation,
        at.place_key,
        p.year,
        p.staff_group,
        p.experience_months,
        sum(p.posts)::bigint as posts,
        sum(p.fte) as fte,
        sum(p.competent) as competent,
        sum(p.competence_known) as competence_known
    from post as p
    join asof.counted_at as at on at.district_key = p.district_key and not at.protected
    group by at.org_generation, at.place_key, p.year, p.staff_group, p.experience_months
),
summed as (
    select
        p.org_generation,
        p.place_key,
        p.year,
        p.staff_group,
        sum(p.fte) as fte,
        sum(p.competent) as competent,
        sum(p.competence_known) as competence_known
    from post_at as p
    group by p.org_generation, p.place_key, p.year, p.staff_group
),
-- The median is the mean of the two middle posts, which are one where their number is odd.
ranked as (
    select
        p.org_generation,
        p.place_key,
        p.year,
        p.staff_group,
        p.experience_months,
        p.posts,
        sum(p.posts) over (one_group order by p.experience_months)::bigint as up_to,
        sum(p.posts) over one_group::bigint as in_all
    from post_at as p
    where p.experience_months is not null
    window one_group as (partition by p.org_generation, p.place_key, p.year, p.staff_group)
),
experience as (
    select r.org_generation, r.place_key, r.year, r.staff_group, avg(r.experience_months) as median_months
    from ranked as r
    cross join lateral (values ((r.in_all + 1) / 2), (r.in_all / 2 + 1)) as middle (post)
    where middle.post > r.up_to - r.posts and middle.post <= r.up_to
    group by r.org_generation, r.place_key, r.year, r.staff_group
),
-- Months of a year as bits: bit 12 is December.
held as (
    select
        f.period_year as year,
        f.district_key,
        m.staff_group,
        f.employee_key,
        bit_or(1 << extract(month from f.month)::integer) as months
    from asof.fact_personnel as f
    join member as m on m.staff_group_key = f.staff_group_key
    group by f.period_year, f.district_key, m.staff_group, f.employee_key
),
delivered as (
    select h.org_generation, h.place_key, h.year, bit_count(bit_or(h.months)::bit(13)) as months
    from (
        select at.org_generation, at.place_key, h.year, h.months
        from (select h.year, h.district_key, bit_or(h.months) as months from held as h group by h.year, h.district_key) as h
        join asof.counted_at as at on at.district_key = h.district_key and not at.protected
    ) as h
    group by h.org_generation, h.place_key, h.year
),
head as (
    select at.org_generation, at.place_key, h.year, h.staff_group, h.employee_key, bit_or(h.months) as months
    from held as h
    join asof.counted_at as at on at.district_key = h.district_key and not at.protected
    group by at.org_generation, at.place_key, h.year, h.staff_group, h.employee_key
),
counted as (
    select h.org_generation, h.place_key, h.year, h.staff_group, sum(bit_count(h.months::bit(13))) as heads
    from head as h
    group by h.org_generation, h.place_key, h.year, h.staff_group
),
-- Who was in the group during the year or in the December before it.
belonged as (
    select h.org_generation, h.place_key, h.year, h.staff_group, h.employee_key
    from head as h
    union
    select h.org_generation, h.place_key, h.year + 1, h.staff_group, h.employee_key
    from head as h
    where h.months & (1 << 12) <> 0
),
-- Who left has no post in the group in December, in any district of the city.
gone as (
    select b.org_generation, b.place_key, b.year, b.staff_group, count(*) filter (where s.employee_key is null) as leavers
    from belonged as b
    left join head as s
        on s.org_generation = b.org_generation
        and s.place_key = 0
        and s.year = b.year
        and s.staff_group = b.staff_group
        and s.employee_key = b.employee_key
        and s.months & (1 << 12) <> 0
    group by b.org_generation, b.place_key, b.year, b.staff_group
),
-- Without the December of every district of the time, a move to that district would look like leaving.
december as (
    select c.year, bool_and(f.district_key is not null) as whole
    from asof.coverage as c
    join asof.dim_district as d
        on d.district_code = c.deliverer
        and d.valid_from <= make_date(c.year, 12, 31)
        and (d.valid_to is null or d.valid_to > make_date(c.year, 12, 31))
    left join (select distinct f.district_key, f.month from asof.fact_personnel as f) as f
        on f.district_key = d.district_key and f.month = make_date(c.year, 12, 1)
    where c.dataset = 'personal'
    group by c.year
),
measured as (
    select
        p.org_generation,
        p.level,
        p.district_code,
        p.district,
        p.year,
        g.staff_group,
        core.if_delivered(p.loaded, d.months) as months,
        case when d.months > 0 then coalesce(s.fte, 0) / d.months end as fte,
        n.population_0_17,
        core.if_delivered(d.months, s.competent) as competent,
        core.if_delivered(d.months, s.competence_known) as competence_known,
        e.median_months,
        case when december.whole then core.if_delivered(d.months, gone.leavers) end as leavers,
        case when d.months > 0 then coalesce(h.heads, 0) / d.months end as heads,
        -- The population stands behind the density: without it the row is not whole.
        p.complete and coalesce(n.complete, false) as complete
    from asof.place as p
    cross join (
        select g.label as staff_group
        from asof.dim_staff_group as g
        where g.staff_group_key > 0
        union all
        select 'alla'
    ) as g
    left join delivered as d on d.org_generation = p.org_generation and d.place_key = p.place_key and d.year = p.year
    left join summed as s
        on s.org_generation = p.org_generation and s.place_key = p.place_key and s.year = p.year and s.staff_group = g.staff_group
    left join experience as e
        on e.org_generation = p.org_generation and e.place_key = p.place_key and e.year = p.year and e.staff_group = g.staff_group
    left join counted as h
        on h.org_generation = p.org_generation and h.place_key = p.place_key and h.year = p.year and h.staff_group = g.staff_group
    left join gone
        on gone.org_generation = p.org_generation
        and gone.place_key = p.place_key
        and gone.year = p.year
        and gone.staff_group = g.staff_group
    left join december on december.year = p.year
    left join asof.place_population as n
        on n.org_generation = p.org_generation and n.place_key = p.place_key and n.year = p.year
    where p.dataset = 'personal'
)
select
    m.org_generation,
    m.level,
    m.district_code,
    m.district,
    m.year,
    m.staff_group,
    m.months,
    round(m.fte, 4)::numeric(12, 4) as fte,
    m.population_0_17 as children_0_17,
    core.per_1000(m.fte, m.population_0_17)::numeric(12, 4) as fte_per_1000,
    m.competent,
    m.competence_known,
    core.fraction(m.competent, m.competence_known)::numeric(9, 6) as full_competence_share,
    round(m.median_months / 12, 4)::numeric(12, 4) as median_experience_years,
    m.leavers,
    round(m.heads, 4)::numeric(12, 4) as mean_heads,
    core.fraction(m.leavers, m.heads)::numeric(9, 6) as turnover,
    m.complete
from measured as m

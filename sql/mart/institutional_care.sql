-- purpose: children, stays and care days in institutions (HVB and SiS)
-- grain:   organisation × place × year × care form × operator form × sex × age band, dense over what the contract has and what occurs
-- inputs:  asof.place, asof.counted_at, asof.fact_placering, asof.dim_care_form, asof.dim_operator_form, asof.dim_child,
--          asof.dim_age, asof.dim_sex, asof.business_date
--
-- The first day counts, the last does not; a stay of zero days is a stay with 0 days. A stay is of each year it has a day in.
-- Of a running year the days up to and with the business date count.
with span as (
    select p.year, make_date(p.year, 1, 1) as begins, least(make_date(p.year + 1, 1, 1), today.business_date + 1) as ends
    from (select distinct p.year from asof.place as p where p.dataset = 'placeringar') as p
    join asof.business_date as today on make_date(p.year, 1, 1) <= today.business_date
),
stay as (
    select
        y.year,
        f.district_key,
        f.child_key,
        coalesce(c.protected, false) as protected,
        k.label as care_form,
        o.label as operator_form,
        count(*) as stays,
        sum(least(coalesce(f.end_date, y.ends), y.ends) - greatest(f.start_date, y.begins)) as days
    from asof.fact_placering as f
    join asof.dim_care_form as k on k.care_form_key = f.care_form_key and k.code in ('HVB', 'SiS')
    join asof.dim_operator_form as o on o.operator_form_key = f.operator_form_key
    left join asof.dim_child as c on c.child_key = f.child_key
    join span as y
        on f.start_date < y.ends
        and (f.end_date is null or f.end_date > y.begins or (f.end_date = f.start_date and f.start_date = y.begins))
    group by y.year, f.district_key, f.child_key, coalesce(c.protected, false), k.label, o.label
),
-- Children are counted anew at each place.
child_at as (
    select at.org_generation, at.place_key, s.year, s.care_form, s.operator_form, s.child_key, sum(s.stays) as stays, sum(s.days) as days
    from stay as s
    join asof.counted_at as at on at.district_key = s.district_key and at.protected = s.protected
    group by at.org_generation, at.place_key, s.year, s.care_form, s.operator_form, s.child_key
),
cell as (
    select
        a.org_generation,
        a.place_key,
        a.year,
        a.care_form,
        a.operator_form,
        coalesce(c.sex, 'okänd') as sex,
        coalesce(g.band, 'okänd') as age_band,
        count(*) as children,
        sum(a.stays) as stays,
        sum(a.days) as days
    from child_at as a
    left join asof.dim_child as c on c.child_key = a.child_key
    -- One band per child and year: year − birth year, of which 21 belongs to the last band.
    left join asof.dim_age as g on g.age_years = least(a.year - c.birth_year, 20) and c.birth_year is not null
    group by a.org_generation, a.place_key, a.year, a.care_form, a.operator_form, coalesce(c.sex, 'okänd'), coalesce(g.band, 'okänd')
),
member as (
    select k.label as care_form, o.label as operator_form, s.label as sex, g.band as age_band
    from asof.dim_care_form as k
    -- The operator is asked for HVB; of SiS, which is the state's, it is unknown.
    join asof.dim_operator_form as o
        on (k.code = 'HVB' and o.operator_form_key > 0 and not o.inferred) or (k.code = 'SiS' and o.operator_form_key = 0)
    cross join asof.dim_sex as s
    cross join (select distinct g.band from asof.dim_age as g where g.age_years is not null and g.band is not null) as g
    where s.sex_key > 0 and not s.inferred
    union
    select c.care_form, c.operator_form, c.sex, c.age_band
    from cell as c
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    m.care_form,
    m.operator_form,
    m.sex,
    m.age_band,
    core.if_delivered(shown.loaded, c.children) as children,
    core.if_delivered(shown.loaded, c.stays) as stays,
    core.if_delivered(shown.loaded, c.days) as days,
    p.complete
from asof.place as p
left join span as y on y.year = p.year
-- A year that has not begun shows nothing.
cross join lateral (select case when y.year is not null then p.loaded end as loaded) as shown
cross join member as m
left join cell as c
    on c.org_generation = p.org_generation
    and c.place_key = p.place_key
    and c.year = p.year
    and c.care_form = m.care_form
    and c.operator_form = m.operator_form
    and c.sex = m.sex
    and c.age_band = m.age_band
where p.dataset = 'placeringar'

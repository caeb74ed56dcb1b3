-- purpose: what the intakes of a year led to: the cohort by year received, whose decision may have come the year after
-- grain:   organisation × place × year received × reporter category, dense over listed members and those that occur
-- inputs:  asof.place, asof.counted_at, asof.fact_anmalan, asof.dim_child, asof.dim_reporter_category, asof.dim_decision_outcome
--
-- Counts are intake × child, as in anmalan_rate: several intakes may open one investigation, and each of them counts as opened.
with intake as (
    select
        f.period_year as year,
        f.district_key,
        coalesce(c.protected, false) as protected,
        r.label as reporter_category,
        count(*) as intakes,
        count(*) filter (where d.code = 'Utredning inleds') as opened,
        count(*) filter (where d.code = 'Utredning inleds ej') as not_opened,
        count(*) filter (where d.code = 'Pågår redan') as already_open,
        count(*) filter (where d.code = 'Ej beslutad') as undecided
    from asof.fact_anmalan as f
    join asof.dim_reporter_category as r on r.reporter_category_key = f.reporter_category_key
    left join asof.dim_decision_outcome as d on d.decision_outcome_key = f.decision_outcome_key
    left join asof.dim_child as c on c.child_key = f.child_key
    group by f.period_year, f.district_key, coalesce(c.protected, false), r.label
),
cell as (
    select
        at.org_generation,
        at.place_key,
        i.year,
        i.reporter_category,
        sum(i.intakes) as intakes,
        sum(i.opened) as opened,
        sum(i.not_opened) as not_opened,
        sum(i.already_open) as already_open,
        sum(i.undecided) as undecided
    from intake as i
    join asof.counted_at as at on at.district_key = i.district_key and at.protected = i.protected
    group by at.org_generation, at.place_key, i.year, i.reporter_category
),
member as (
    select r.label as reporter_category
    from asof.dim_reporter_category as r
    where r.reporter_category_key > 0 and not r.inferred
    union
    select i.reporter_category
    from intake as i
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    m.reporter_category,
    core.if_delivered(p.loaded, c.intakes) as intakes,
    core.if_delivered(p.loaded, c.opened + c.not_opened) as decided,
    core.if_delivered(p.loaded, c.opened) as opened,
    core.if_delivered(p.loaded, c.already_open) as already_open,
    core.if_delivered(p.loaded, c.undecided) as undecided,
    core.fraction(c.opened, c.opened + c.not_opened)::numeric(9, 6) as share_opened,
    p.complete
from asof.place as p
cross join member as m
left join cell as c
    on c.org_generation = p.org_generation
    and c.place_key = p.place_key
    and c.year = p.year
    and c.reporter_category = m.reporter_category
where p.dataset = 'anmalningar'

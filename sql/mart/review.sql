-- purpose: the file reviews, each share with its base beside the share of all files
-- grain:   organisation × place × campaign × variable × category, for the districts the campaign sampled
-- inputs:  asof.fact_review, asof.dim_review_variable, asof.dim_review_category, asof.place, asof.counted_at
--
-- Bases (config/review_base_rules.csv): `ja_nej` = Ja + Nej of the table, for these two; `attends` = n less the children
-- of table T12 who do not attend, for every other category; `all` = n.
with answer as (
    select
        f.campaign,
        f.period_year as year,
        f.district_key,
        coalesce(v.table_id, v.code) as table_id,
        coalesce(v.title, v.label) as title,
        v.kind,
        v.base_rule,
        -- A category's code carries its table, as `Ja` of one table is not `Ja` of another.
        case when starts_with(c.code, v.code || '/') then substr(c.code, length(v.code) + 2) else c.label end as category,
        f.count,
        f.n
    from asof.fact_review as f
    join asof.dim_review_variable as v on v.review_variable_key = f.review_variable_key
    join asof.dim_review_category as c on c.review_category_key = f.review_category_key
),
placed as (
    select at.org_generation, at.place_key, a.*
    from answer as a
    join asof.counted_at as at on at.district_key = a.district_key and not at.protected
),
summed as (
    select
        p.org_generation,
        p.place_key,
        p.campaign,
        p.year,
        p.table_id,
        p.title,
        p.kind,
        p.category,
        sum(p.count) as count,
        sum(p.n) as n,
        -- A figure that is withheld is no zero: sums that lack one have no share and are no base.
        case when bool_and(p.count is not null) then sum(p.count) end as whole_count,
        case when bool_and(p.n is not null) then sum(p.n) end as whole_n,
        case
            when p.base_rule = 'ja_nej' and p.category in ('Ja', 'Nej') then 'ja_nej'
            when p.base_rule = 'attends' and p.category <> 'Barnet går ej i förskola/skola' then 'attends'
            else 'all'
        end as base_rule
    from placed as p
    group by p.org_generation, p.place_key, p.campaign, p.year, p.table_id, p.title, p.kind, p.category, p.base_rule
),
based as (
    select
        s.*,
        case s.base_rule
            when 'ja_nej' then case
                when bool_and(s.whole_count is not null) filter (where s.category in ('Ja', 'Nej')) over one_table
                    then sum(s.whole_count) filter (where s.category in ('Ja', 'Nej')) over one_table
            end
            -- Without a row of them, nobody was told to be away.
            when 'attends' then s.whole_n - case when away.category is null then 0 else away.whole_count end
            else s.whole_n
        end as base
    from summed as s
    left join summed as away
        on away.org_generation = s.org_generation
        and away.place_key = s.place_key
        and away.campaign = s.campaign
        and away.year = s.year
        and away.table_id = 'T12'
        and away.category = 'Barnet går ej i förskola/skola'
    window one_table as (partition by s.org_generation, s.place_key, s.campaign, s.year, s.table_id)
)
select
    p.org_generation,
    p.level,
    p.district_code,
    p.district,
    p.year,
    b.campaign,
    b.table_id,
    b.title as variable,
    b.kind,
    b.category,
    b.count::bigint as count,
    b.n::bigint as n,
    b.base::bigint as base,
    core.fraction(b.whole_count, b.base)::numeric(9, 6) as share,
    b.base_rule,
    core.fraction(b.whole_count, b.whole_n)::numeric(9, 6) as share_of_all,
    p.complete
from based as b
join asof.place as p
    on p.dataset = 'granskning' and p.org_generation = b.org_generation and p.place_key = b.place_key and p.year = b.year

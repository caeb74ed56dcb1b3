-- purpose: figures of a quality review with natural members: the district by its name at the time of the campaign
-- grain:   campaign × district × variable × category (one row per accepted row; control totals are not accepted rows)
-- inputs:  slice (accepted rows of granskning), district, delivery
--
-- A category belongs to its table: `Ja` of one table is not `Ja` of another.
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    p.period as campaign,
    coalesce(s.member, s.district) as district,
    s.table_id as review_variable,
    s.table_id || '/' || s.category as review_category,
    s.count,
    s.count_status,
    s.n,
    s.n_status
from delivery as p
cross join (
    select d.member, s.district, s.table_id, s.category, s.count, s.count_status, s.n, s.n_status
    from (
        select d.name, d.member
        from district as d
        cross join delivery as p
        where make_date(p.period_year, 1, 1) >= d.valid_from
            and (d.valid_to is null or make_date(p.period_year, 1, 1) < d.valid_to)
    ) as d
    right join slice as s on d.name = s.district
) as s

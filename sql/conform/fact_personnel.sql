-- purpose: personnel with natural members: the district as it was, degree and competence, experience up to the month measured
-- grain:   employee × month × district × group (one row per accepted row)
-- inputs:  slice (accepted rows of personal), district
--
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    s.employee,
    s.matmanad as month,
    coalesce(d.member, s.stadsdel) as district,
    s.yrkesgrupp as staff_group,
    cast(s.tjanstgoringsgrad / 100 as decimal(6, 4)) as fte,
    s.socionomexamen as degree,
    s.socionomexamen_status as degree_status,
    s.full_kompetens as full_competence,
    s.full_kompetens_status as full_competence_status,
    cast(
        12 * (extract(year from s.matmanad) - extract(year from s.erfarenhet_sedan))
        + extract(month from s.matmanad) - extract(month from s.erfarenhet_sedan) as integer
    ) as experience_months,
    s.erfarenhet_sedan_status as experience_months_status
from district as d
right join slice as s
    on d.district_code = s.stadsdel
    and s.matmanad >= d.valid_from
    and (d.valid_to is null or s.matmanad < d.valid_to)

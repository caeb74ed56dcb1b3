-- purpose: visits to children in family care, with the district as it was
-- grain:   one visit (one row per accepted row)
-- inputs:  slice (accepted rows of besok), district
--
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    s.besok_id,
    s.placering_id,
    s.besoksdatum as visit_date,
    coalesce(d.member, s.stadsdel) as district,
    s.sett_enskilt as seen_alone,
    s.sett_enskilt_status as seen_alone_status
from district as d
right join slice as s
    on d.district_code = s.stadsdel
    and s.besoksdatum >= d.valid_from
    and (d.valid_to is null or s.besoksdatum < d.valid_to)

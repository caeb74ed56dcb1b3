-- purpose: what family homes are paid, with the district as it was
-- grain:   placement × month (one row per accepted row)
-- inputs:  slice (accepted rows of familjehemsersattning), district
--
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    s.placering_id,
    s.manad as month,
    coalesce(d.member, s.stadsdel) as district,
    s.arvode,
    s.omkostnad as expense_sek
from district as d
right join slice as s
    on d.district_code = s.stadsdel
    and s.manad >= d.valid_from
    and (d.valid_to is null or s.manad < d.valid_to)

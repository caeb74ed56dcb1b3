-- purpose: what the city gives its districts, the district as it was when the budget year began
-- grain:   district × budget year × type × decision (one row per accepted row)
-- inputs:  slice (accepted rows of resurstilldelning), district
--
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    s.budgetar as budget_year,
    coalesce(d.member, s.stadsdel) as district,
    s.typ as allocation_type,
    s.beslutsdatum as decision_date,
    s.belopp
from district as d
right join (
    select r.*, make_date(cast(r.budgetar as integer), 1, 1) as begins_on from slice as r
) as s
    on d.district_code = s.stadsdel
    and s.begins_on >= d.valid_from
    and (d.valid_to is null or s.begins_on < d.valid_to)

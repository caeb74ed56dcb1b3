-- purpose: a visit that names a placement which its district has not delivered for the year
-- severity: warn
-- grain:   visit
-- inputs:  asof.fact_visit, asof.fact_placering, asof.delivery
--
-- Heals by itself when the placement comes. A year for which nothing was delivered is missing, not dangling.
select f.visit_id
from asof.fact_visit as f
join asof.delivery as i on i.slice_id = f.slice_id
where exists (
        select from asof.delivery as d
        where d.dataset = 'placeringar' and d.deliverer = i.deliverer and d.year = i.year
    )
    and not exists (select from asof.fact_placering as p where p.placering_id = f.placering_id)

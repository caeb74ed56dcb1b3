-- purpose: an intervention that names an investigation which its district has not delivered, though it has delivered the year and the one before
-- severity: warn
-- grain:   intervention
-- inputs:  asof.fact_insats, asof.fact_utredning, asof.delivery
--
-- Heals by itself when the investigation comes. A year for which nothing was delivered is missing, not dangling.
select f.insats_id
from asof.fact_insats as f
join asof.delivery as i on i.slice_id = f.slice_id
where f.utredning_id is not null
    and (
        select count(distinct d.year) from asof.delivery as d
        where d.dataset = 'utredningar' and d.deliverer = i.deliverer and d.year in (i.year - 1, i.year)
    ) = 2
    and not exists (select from asof.fact_utredning as u where u.utredning_id = f.utredning_id)

-- purpose: an intake that names an investigation which its district has not delivered for the year of the decision
-- severity: warn
-- grain:   intake × child
-- inputs:  asof.fact_anmalan, asof.fact_utredning, asof.delivery
--
-- Heals by itself when the investigation comes. A year for which nothing was delivered is missing, not dangling.
select f.anmalan_id, f.child_key
from asof.fact_anmalan as f
join asof.delivery as i on i.slice_id = f.slice_id
where f.utredning_id is not null
    and exists (
        select from asof.delivery as d
        where d.dataset = 'utredningar' and d.deliverer = i.deliverer
            and d.year = extract(year from coalesce(f.decision_date, f.received_date))
    )
    and not exists (select from asof.fact_utredning as u where u.utredning_id = f.utredning_id)

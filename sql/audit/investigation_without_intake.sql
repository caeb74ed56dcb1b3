-- purpose: an investigation that no intake led to, though its district has delivered the intakes of the month before
-- severity: warn
-- grain:   investigation × child
-- inputs:  asof.fact_utredning, asof.fact_anmalan, asof.delivery
select f.utredning_id, f.child_key
from asof.fact_utredning as f
join asof.delivery as i on i.slice_id = f.slice_id
where exists (
        select from asof.delivery as d
        where d.dataset = 'anmalningar' and d.deliverer = i.deliverer and d.year = extract(year from f.start_date - 30)
    )
    and not exists (select from asof.fact_anmalan as a where a.utredning_id = f.utredning_id)

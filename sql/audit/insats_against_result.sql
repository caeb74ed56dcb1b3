-- purpose: an intervention decided of an investigation whose result is none, or an offer declined
-- severity: warn
-- grain:   intervention
-- inputs:  asof.fact_insats, asof.fact_utredning, asof.dim_utredning_result
select f.insats_id
from asof.fact_insats as f
join asof.fact_utredning as u on u.utredning_id = f.utredning_id and u.child_key = f.child_key
join asof.dim_utredning_result as r on r.utredning_result_key = u.utredning_result_key
where r.code in ('Ingen insats', 'Erbjuden insats avböjd')

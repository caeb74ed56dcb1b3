-- purpose: an investigation that began before its intake was received, or more than 30 days after the decision to open it
-- severity: warn
-- grain:   intake × child
-- inputs:  asof.fact_anmalan, asof.fact_utredning, asof.dim_decision_outcome
select a.anmalan_id, a.child_key
from asof.fact_anmalan as a
join asof.dim_decision_outcome as o on o.decision_outcome_key = a.decision_outcome_key and o.code = 'Utredning inleds'
join asof.fact_utredning as u on u.utredning_id = a.utredning_id and u.child_key = a.child_key
where u.start_date not between a.received_date and coalesce(a.decision_date, a.received_date) + 30

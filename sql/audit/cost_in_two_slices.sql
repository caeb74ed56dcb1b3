-- purpose: the same month, account and scenario of a district delivered in two slices
-- severity: stop
-- grain:   district × month × account × scenario
-- inputs:  asof.fact_cost_budget
select f.district_key, f.month, f.account_key, f.scenario_key
from asof.fact_cost_budget as f
group by f.district_key, f.month, f.account_key, f.scenario_key
having min(f.slice_id) <> max(f.slice_id)

-- purpose: a district whose successor in an organisation is not exactly one: the marts count whole rows
-- severity: stop
-- grain:   district × organisation
-- inputs:  asof.bridge_district_succession
select b.district_key, b.org_generation
from asof.bridge_district_succession as b
group by b.district_key, b.org_generation
having count(*) <> 1 or sum(b.weight) <> 1

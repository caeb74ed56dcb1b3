-- purpose: an employee whose degrees of employment in one month sum to more than 100 % over districts and groups
-- severity: warn
-- grain:   employee × month
-- inputs:  asof.fact_personnel
select f.employee_key, f.month
from asof.fact_personnel as f
group by f.employee_key, f.month
having sum(f.fte) > 1

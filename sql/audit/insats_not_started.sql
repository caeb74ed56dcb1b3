-- purpose: an intervention decided more than 90 days before the business date and not begun
-- severity: warn
-- grain:   intervention
-- inputs:  asof.fact_insats, asof.business_date
--
-- A finding to follow up, never a reason to reject: the district reports decisions that are not carried out.
select f.insats_id
from asof.fact_insats as f
where f.start_date_status = 'unknown'
    and f.end_date is null
    and f.decision_date < (select b.business_date from asof.business_date as b) - 90

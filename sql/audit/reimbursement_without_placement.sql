-- purpose: a reimbursement of a month without a day of its placement, or of a placement that its district has not delivered
-- severity: warn
-- grain:   placement × month
-- inputs:  asof.fact_reimbursement, asof.fact_placering, asof.delivery
--
-- A year for which no placements were delivered is missing, not dangling.
select f.placering_id, f.month
from asof.fact_reimbursement as f
join asof.delivery as i on i.slice_id = f.slice_id
where exists (
        select from asof.delivery as d
        where d.dataset = 'placeringar' and d.deliverer = i.deliverer and d.year = i.year
    )
    and not exists (
        select from asof.fact_placering as p
        where p.placering_id = f.placering_id
            and p.start_date < f.month + interval '1 month'
            and (p.end_date is null or p.end_date >= f.month)
    )

-- purpose: a review table of exclusive categories whose counts do not sum to the files reviewed
-- severity: warn
-- grain:   campaign × district × variable
-- inputs:  asof.fact_review, asof.dim_review_variable
--
-- A figure that is withheld leaves the sum unproven, not wrong.
select f.campaign, f.district_key, f.review_variable_key
from asof.fact_review as f
join asof.dim_review_variable as v on v.review_variable_key = f.review_variable_key
where v.kind in ('E', 'exclusive')
group by f.campaign, f.district_key, f.review_variable_key
having bool_and(f.count is not null and f.n is not null) and (sum(f.count) <> max(f.n) or count(distinct f.n) > 1)

-- purpose: the same review figure delivered in two slices
-- severity: stop
-- grain:   campaign × district × variable × category
-- inputs:  asof.fact_review
select f.campaign, f.district_key, f.review_variable_key, f.review_category_key
from asof.fact_review as f
group by f.campaign, f.district_key, f.review_variable_key, f.review_category_key
having min(f.slice_id) <> max(f.slice_id)

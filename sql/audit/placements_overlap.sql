-- purpose: a placement that begins while another of the same child goes on; emergency care may overlap by a day
-- severity: warn
-- grain:   placement
-- inputs:  asof.fact_placering, asof.dim_care_form
with stay as (
    select f.placering_id, f.child_key, f.start_date, coalesce(f.end_date, 'infinity') as end_date, c.code = 'Jourhem' as emergency
    from asof.fact_placering as f
    join asof.dim_care_form as c on c.care_form_key = f.care_form_key
)
select s.placering_id
from stay as s
where exists (
    select from stay as o
    where o.child_key = s.child_key
        and (o.start_date, o.placering_id) < (s.start_date, s.placering_id)
        and o.end_date > s.start_date + case when o.emergency or s.emergency then 1 else 0 end
)

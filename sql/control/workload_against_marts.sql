-- purpose: the workload's parts are the figures that other marts show
-- severity: stop
-- grain:   part × year, summed over organisations and places
-- inputs:  mart.workload, mart.anmalan_rate, mart.utredning_flow, mart.staff_density
select format('%s %s', s.part, w.year), coalesce(sum(s.other), 0), coalesce(sum(s.own), 0)
from mart.workload as w
left join mart.anmalan_rate as i
    on i.org_generation = w.org_generation and i.level = w.level and i.district_code is not distinct from w.district_code and i.year = w.year
left join mart.utredning_flow as u
    on u.org_generation = w.org_generation
    and u.level = w.level
    and u.district_code is not distinct from w.district_code
    and u.month = make_date(w.year, 12, 1)
left join mart.staff_density as d
    on d.org_generation = w.org_generation
    and d.level = w.level
    and d.district_code is not distinct from w.district_code
    and d.year = w.year
    and d.staff_group = 'alla'
cross join lateral (
    values ('intakes', i.intakes::numeric, w.intakes::numeric),
        ('open_utredningar', u.open_at_end, w.open_utredningar),
        ('fte', d.fte, w.fte)
) as s (part, other, own)
group by s.part, w.year

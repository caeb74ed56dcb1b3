-- purpose: placements with natural members: the child's attributes, the district at the start, codes as the contract writes them
-- grain:   one placement (one row per accepted row; a placement that spans years stands in several slices)
-- inputs:  slice (accepted rows of placeringar), district, delivery
--
-- A file says the district by the code of its own year, which is another district's before the reorganisation: a placement
-- begun before the year is looked up on the year's first day. The load takes the district of the oldest file.
-- The reason of an end that has not come is not unknown: the contract wants none.
-- The small tables stand first in a join: the engine holds that side in memory and streams the other.
select
    s.placering_id,
    s.child,
    s.child_sex,
    s.child_birth_year,
    s.child_birth_month,
    coalesce(s.child_unborn, false) as child_unborn,
    -- A sender who hides whether a child is protected has a reason to: it is.
    coalesce(s.skyddad_identitet, s.skyddad_identitet_status = 'suppressed', false) as child_protected,
    s.startdatum as start_date,
    s.slutdatum as end_date,
    s.slutdatum_status as end_date_status,
    coalesce(d.member, s.stadsdel) as district,
    s.vardform as care_form,
    s.regiform as operator_form,
    s.lagrum as legal_basis,
    case s.utforare_status
        when 'suppressed' then '_suppressed'
        when 'not_applicable' then '_not_applicable'
        else s.utforare
    end as provider,
    s.hem as home,
    s.hem_status as home_id_status,
    case
        when s.slutdatum is null and s.avslutsorsak is null then '_not_applicable'
        else s.avslutsorsak
    end as care_end_reason,
    s.dygnskostnad as daily_cost_sek,
    s.dygnskostnad_status as daily_cost_sek_status,
    cast(s.child_age as varchar) as age
from district as d
right join (
    select r.*, greatest(r.startdatum, make_date(coalesce(y.period_year, 1), 1, 1)) as told_on
    from delivery as y
    cross join slice as r
) as s
    on d.district_code = s.stadsdel
    and s.told_on >= d.valid_from
    and (d.valid_to is null or s.told_on < d.valid_to)

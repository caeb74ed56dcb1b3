-- purpose: decided interventions with natural members: the child's attributes, the district as it was, codes as the contract writes them
-- grain:   one decided intervention (one row per accepted row)
-- inputs:  slice (accepted rows of insatser), district
--
-- The provider of a contact person or family is a private home, dropped while the file was read: not applicable.
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    s.insats_id,
    s.child,
    s.child_sex,
    s.child_birth_year,
    s.child_birth_month,
    coalesce(s.child_unborn, false) as child_unborn,
    -- A sender who hides whether a child is protected has a reason to: it is.
    coalesce(s.skyddad_identitet, s.skyddad_identitet_status = 'suppressed', false) as child_protected,
    s.beslutsdatum as decision_date,
    s.startdatum as start_date,
    s.startdatum_status as start_date_status,
    s.slutdatum as end_date,
    s.slutdatum_status as end_date_status,
    coalesce(d.member, s.stadsdel) as district,
    s.insatskategori as insats_category,
    s.lagrum as legal_basis,
    s.avtalsform as contract_form,
    case s.utforare_status
        when 'suppressed' then '_suppressed'
        when 'not_applicable' then '_not_applicable'
        else s.utforare
    end as provider,
    cast(s.child_age as varchar) as age,
    s.utredning_id,
    s.utredning_id_status
from district as d
right join slice as s
    on d.district_code = s.stadsdel
    and s.beslutsdatum >= d.valid_from
    and (d.valid_to is null or s.beslutsdatum < d.valid_to)

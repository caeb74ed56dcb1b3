-- purpose: intakes with natural members: the child's attributes, the district as it was, codes as the lists write them
-- grain:   one intake × child (one row per accepted row)
-- inputs:  slice (accepted rows of anmalningar), district
--
-- A code that is null is member `_unknown`, which the load puts in. An empty `Beslut` is not unknown: the contract says that
-- nothing is decided yet, so it is a member of its own, `Ej beslutad`.
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    s.anmalan_id,
    s.child,
    s.child_sex,
    s.child_birth_year,
    s.child_birth_month,
    coalesce(s.child_unborn, false) as child_unborn,
    -- A sender who hides whether a child is protected has a reason to: it is.
    coalesce(s.skyddad_identitet, s.skyddad_identitet_status = 'suppressed', false) as child_protected,
    s.inkom as received_date,
    -- A code says which district only together with a date. One that no version covers becomes an inferred member.
    coalesce(d.member, s.stadsdel) as district,
    s.typ as intake_type,
    s.anmalare as reporter_category,
    s.orsak as intake_reason_group,
    case when s.child_unborn then 'ofodd' else cast(s.child_age as varchar) end as age,
    s.skyddsbedomning as protection_assessment_date,
    s.skyddsbedomning_status as protection_assessment_date_status,
    coalesce(s.beslut, 'Ej beslutad') as decision_outcome,
    s.beslutsdatum as decision_date,
    s.beslutsdatum_status as decision_date_status,
    s.lagrum as legal_basis,
    s.utredning_id,
    s.utredning_id_status
from district as d
right join slice as s
    on d.district_code = s.stadsdel
    and s.inkom >= d.valid_from
    and (d.valid_to is null or s.inkom < d.valid_to)

-- purpose: investigations with natural members: the child's attributes, the district as it was, the day the law sets
-- grain:   one investigation × child (one row per accepted row)
-- inputs:  slice (accepted rows of utredningar), district, statutory_limits
--
-- The limit is the one in force when the investigation began; a month's end is clamped (31 October + 4 months = 28 February).
-- An empty `Resultat` is not unknown while the investigation goes on: the contract says so, and it is a member of its own.
-- The small tables stand first in a join: the engine holds that side in memory and streams the other.
with statutory_limit as (
    select
        case when l.valid_from is null then l.code else l.code || '@' || l.valid_from end as member,
        cast(l.amount || ' ' || l.unit as interval) as span,
        cast(l.valid_from as date) as valid_from,
        cast(l.valid_to as date) as valid_to
    from statutory_limits as l
    where l.code = 'utredning'
)
select
    s.utredning_id,
    s.child,
    s.child_sex,
    s.child_birth_year,
    s.child_birth_month,
    coalesce(s.child_unborn, false) as child_unborn,
    -- A sender who hides whether a child is protected has a reason to: it is.
    coalesce(s.skyddad_identitet, s.skyddad_identitet_status = 'suppressed', false) as child_protected,
    s.startdatum as start_date,
    cast(s.startdatum + l.span as date) as due_date,
    l.member as statutory_limit,
    s.forlangd_till as extended_to,
    s.forlangd_till_status as extended_to_status,
    s.slutdatum as end_date,
    s.slutdatum_status as end_date_status,
    cast(s.slutdatum as integer) - cast(s.startdatum as integer) as days_open,
    coalesce(d.member, s.stadsdel) as district,
    s.lagrum as legal_basis,
    case when s.resultat is null and s.slutdatum is null then 'Pågår' else s.resultat end as utredning_result,
    s.kvarstaende_oro as remaining_concern,
    s.kvarstaende_oro_status as remaining_concern_status,
    case when s.child_unborn then 'ofodd' else cast(s.child_age as varchar) end as age
from statutory_limit as l
right join (
    district as d
    right join slice as s
        on d.district_code = s.stadsdel
        and s.startdatum >= d.valid_from
        and (d.valid_to is null or s.startdatum < d.valid_to)
)
    on (l.valid_from is null or s.startdatum >= l.valid_from)
    and (l.valid_to is null or s.startdatum <= l.valid_to)

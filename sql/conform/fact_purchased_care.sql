-- purpose: invoice lines of bought care with natural members and the district as it was
-- grain:   one invoice line (one row per accepted row)
-- inputs:  slice (accepted rows of kopta_tjanster), district
--
-- Who is paid for family care may be a private home: the supplier is then left out.
-- The small table stands first in a join: the engine holds that side in memory and streams the other.
select
    s.fakturarad_id,
    s.fakturadatum as invoice_date,
    s.period_fran as service_from,
    s.period_till as service_to,
    coalesce(d.member, s.stadsdel) as district,
    case when s.vardform in ('Jourhem', 'Familjehem') then '_not_applicable' else s.leverantor end as provider,
    s.avtalsform as contract_form,
    s.vardform as care_form,
    s.placering_id,
    s.placering_id_status,
    s.konto as account,
    s.belopp
from district as d
right join slice as s
    on d.district_code = s.stadsdel
    and s.fakturadatum >= d.valid_from
    and (d.valid_to is null or s.fakturadatum < d.valid_to)

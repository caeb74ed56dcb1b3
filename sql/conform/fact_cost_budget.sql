-- purpose: months of the ledger, outcome and budget, with cost centres summed and the district as it was in the month
-- grain:   district × month × account/activity × scenario
-- inputs:  slice (accepted rows of ekonomi), district (versions of district codes, half-open)

with booked as (
    select
        s.stadsdel,
        s.month,
        -- The member's code is the combination that accounts.csv maps; without activity it ends in the slash and maps to no area.
        s.account || '/' || coalesce(s.activity, '') as account,
        s.scenario,
        sum(s.amount) as amount
    from slice as s
    group by s.stadsdel, s.month, s.account || '/' || coalesce(s.activity, ''), s.scenario
)

select
    d.member as district,
    b.month,
    b.account,
    b.scenario,
    cast(b.amount as decimal(14, 2)) as amount_sek
from booked as b
left join district as d
    on d.district_code = b.stadsdel
    and d.valid_from <= b.month
    and (d.valid_to is null or b.month < d.valid_to)
order by district, b.month, b.account, b.scenario

-- purpose: population on 31 December with the district as it was on that day
-- grain:   district × 31 December × single-year age × sex
-- inputs:  slice (accepted rows of befolkning), district (versions of district codes, half-open)

with cell as (
    select
        s.region,
        make_date(cast(s.year as int), 12, 31) as date,
        cast(s.age as varchar) as age,
        case s.sex when '1' then 'pojke' when '2' then 'flicka' end as sex,
        s.persons,
        s.persons_status
    from slice as s
)

select
    d.member as district,
    c.date,
    c.age,
    c.sex,
    c.persons,
    c.persons_status
from cell as c
left join district as d
    on d.district_code = c.region
    and d.valid_from <= c.date
    and (d.valid_to is null or c.date < d.valid_to)
order by district, c.date, c.age, c.sex

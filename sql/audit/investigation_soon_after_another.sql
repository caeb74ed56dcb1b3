-- purpose: a child's new investigation within 30 days after the one before was concluded: the limit of four months may be evaded
-- severity: warn
-- grain:   investigation × child
-- inputs:  asof.fact_utredning
select f.utredning_id, f.child_key
from (
    select
        u.utredning_id,
        u.child_key,
        u.start_date,
        max(u.end_date) over (
            partition by u.child_key order by u.start_date, u.utredning_id rows between unbounded preceding and 1 preceding
        ) as ended_before
    from asof.fact_utredning as u
) as f
where f.start_date between f.ended_before and f.ended_before + 30

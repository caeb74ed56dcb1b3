-- purpose: how well each delivered field is filled, mapped and accepted
-- grain:   slice × declared field, of the delivery in force
-- inputs:  asof.delivery (counts of the accepted rows), ops.quarantine, asof.dim_district
with field as (
    select
        d.delivery_id,
        d.dataset,
        d.period,
        d.deliverer,
        d.year,
        d.rows_read,
        f.field,
        (f.counts ->> 'rows')::bigint as accepted,
        (f.counts ->> 'filled')::bigint as filled
    from asof.delivery as d
    cross join lateral jsonb_each(d.fields) as f (field, counts)
),
finding as (
    select
        q.delivery_id,
        q.column_name as field,
        count(distinct q.record) filter (where q.severity = 'reject') as rejected,
        count(distinct q.record) filter (where q.severity = 'warn' and q.rule ~ '\.(enum|code_list|code|unknown_code)$') as unmapped
    from ops.quarantine as q
    where q.column_name is not null
    group by q.delivery_id, q.column_name
)
select
    o.org_generation,
    case when v.district_key is null then 'city' else 'district' end as level,
    v.district_code,
    v.name as district,
    f.year,
    f.deliverer,
    f.dataset,
    f.period,
    f.field,
    core.fraction(f.filled, f.accepted)::numeric(9, 6) as fill_rate,
    coalesce(q.unmapped, 0) as unmapped,
    core.fraction(coalesce(q.rejected, 0), f.rows_read)::numeric(9, 6) as rejected_share,
    true as complete
from field as f
left join finding as q on q.delivery_id = f.delivery_id and q.field = f.field
left join asof.org_year as o on o.year = f.year
-- The district as it was at the end of the year, or when the deliverer's own time ended in it.
left join lateral (
    select d.district_key, d.district_code, d.name
    from asof.dim_district as d
    where d.district_code = f.deliverer
        and d.valid_from <= make_date(f.year, 12, 31)
        and (d.valid_to is null or d.valid_to > make_date(f.year, 1, 1))
    order by d.valid_from desc
    limit 1
) as v on true

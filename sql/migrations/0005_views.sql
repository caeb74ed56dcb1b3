-- purpose: what each installation of the views does for them: comments of their tables, and rights
-- grain:   none
-- inputs:  pg_description, the roles of sql/roles

-- A view says what its table says.
create procedure ops.describe_views()
language plpgsql
as $$
declare
    item record;
begin
    for item in
        select
            format('%I.%I', v.nspname, v.relname) as view,
            a.attname,
            coalesce(col_description(t.oid, (
                select ta.attnum from pg_attribute as ta where ta.attrelid = t.oid and ta.attname = a.attname
            )), '') as column_text,
            obj_description(t.oid, 'pg_class') as table_text
        from (
            select c.oid, c.relname, n.nspname, case n.nspname when 'asof' then 'core' else 'mart_store' end as source
            from pg_class as c
            join pg_namespace as n on n.oid = c.relnamespace
            where n.nspname in ('asof', 'mart') and c.relkind = 'v'
        ) as v
        join pg_class as t on t.oid = to_regclass(format('%I.%I', v.source, v.relname))
        join pg_attribute as a on a.attrelid = v.oid and a.attnum > 0
    loop
        if item.table_text is not null then
            execute format('comment on view %s is %L', item.view, item.table_text);
        end if;
        if item.column_text <> '' then
            execute format('comment on column %s.%I is %L', item.view, item.attname, item.column_text);
        end if;
    end loop;
end
$$;

-- Analysts read asof and mart.
create procedure ops.grant_views()
language plpgsql
as $$
begin
    if to_regrole('buss_analyst') is not null then
        grant usage on schema asof, mart to buss_analyst;
        grant select on all tables in schema asof, mart to buss_analyst;
    end if;
end
$$;

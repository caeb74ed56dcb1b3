-- purpose: members whose code is longer than an index entry may be: a text cell holds up to 4,000 characters
-- grain:   none
-- inputs:  the dimensions with a code, mart_store.anmalan_to_utredning

-- Codes are unique by their digest. Nothing looks a single code up: loads and reference data join whole dimensions.
do $$
declare
    found record;
begin
    for found in
        select c.conrelid::regclass as dimension, c.conname
        from pg_constraint as c
        join pg_attribute as a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.contype = 'u' and c.connamespace = 'core'::regnamespace and a.attname = 'code' and a.atttypid = 'text'::regtype
    loop
        execute format('alter table %s drop constraint %I', found.dimension, found.conname);
        execute format('create unique index on %s (md5(code))', found.dimension);
    end loop;
end $$;

do $$
declare
    named text;
begin
    select conname into strict named from pg_constraint where conrelid = 'mart_store.anmalan_to_utredning'::regclass and contype = 'u';
    execute format('alter table mart_store.anmalan_to_utredning drop constraint %I', named);
end $$;
create unique index on mart_store.anmalan_to_utredning (org_generation, level, district_code, year, md5(reporter_category)) nulls not distinct;

-- purpose: the roles of the warehouse; run before the migrations, each time one of these files or a migration is new
-- grain:   cluster-wide roles; rights on the current database
-- inputs:  none
--
-- Roles have no password and, on a server, no login: the administrator grants them to logins. Other databases of the cluster may make them
-- at the same moment, so losing that race is no error.

do $$
declare
    role_name text;
begin
    foreach role_name in array array['buss_loader', 'buss_analyst'] loop
        begin
            if not exists (select from pg_roles where rolname = role_name) then
                execute format('create role %I', role_name);
            end if;
        exception when duplicate_object or unique_violation then
            null;
        end;
        if not pg_has_role(current_user, role_name, 'member') then
            execute format('grant %I to current_user', role_name);
        end if;
    end loop;
    if not has_database_privilege('buss_loader', current_database(), 'create') then
        execute format('grant create, temporary on database %I to buss_loader', current_database());
    end if;
    if not has_database_privilege('buss_analyst', current_database(), 'connect') then
        execute format('grant connect on database %I to buss_analyst', current_database());
    end if;
end
$$;

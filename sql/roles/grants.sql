-- purpose: what analysts may read; run as buss_loader after the migrations, each time one of these files or a migration is new
-- grain:   schema; later tables follow by default privileges
-- inputs:  schemas core, asof, mart
--
-- Marts are views with their owner's rights, so analysts need nothing in mart_store and ops.

grant usage on schema core, asof, mart to buss_analyst;

alter default privileges in schema core grant select on tables to buss_analyst;
alter default privileges in schema asof grant select on tables to buss_analyst;
alter default privileges in schema mart grant select on tables to buss_analyst;

grant select on all tables in schema core, asof, mart to buss_analyst;

-- Pseudonyms are the loader's alone.
revoke all on core.identity from buss_analyst;

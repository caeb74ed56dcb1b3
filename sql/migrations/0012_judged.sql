-- purpose: over which state each check was judged, so that its words stand while nothing has changed
-- grain:   run × check
-- inputs:  ops.run, ops.control

create table ops.judged (
    run_id bigint not null references ops.run,
    name text not null,
    -- of the check's text, the program, what the warehouse holds and the deliveries
    fingerprint text not null,
    -- the run whose words in ops.control these are: this one, or an earlier one over the same state
    judged_in bigint not null references ops.run,
    primary key (run_id, name)
);
create index on ops.judged (name, fingerprint);

comment on table ops.judged is 'Över vilket läge varje kontroll senast prövades; är läget detsamma gäller svaret från den körningen';
comment on column ops.judged.run_id is 'Körningen som svaret gäller i';
comment on column ops.judged.name is 'Kontrollens namn, som i ops.control';
comment on column ops.judged.fingerprint is 'Fingeravtryck av kontrollens text, programmet, lagrets innehåll och leveranserna';
comment on column ops.judged.judged_in is 'Körningen som prövade kontrollen: samma körning, eller en tidigare över samma läge';

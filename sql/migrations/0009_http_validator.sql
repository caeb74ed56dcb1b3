-- purpose: what HTTP servers call the versions that were pulled, so that the next night can ask for others only
-- grain:   slice
-- inputs:  ops.slice, ops.run

-- The newest version that came whole. It is asked with only where the address is the same and the landed file of that
-- content is whole; the answer "not modified" then means "use that landed file".
create table ops.http_validator (
    slice_id integer primary key references ops.slice,
    -- without user and query
    address text not null,
    etag text,
    last_modified text,
    content_hash text not null,
    run_id bigint not null references ops.run,
    check (etag is not null or last_modified is not null)
);

comment on table ops.http_validator is 'Vad leverantörens server kallar den senast hämtade versionen av en skiva';
comment on column ops.http_validator.slice_id is 'Skivan som hämtades';
comment on column ops.http_validator.address is 'Adressen den hämtades från, utan användare och frågedel';
comment on column ops.http_validator.etag is 'Serverns märkning av versionen (ETag), ordagrant';
comment on column ops.http_validator.last_modified is 'När versionen ändrades enligt servern (Last-Modified), ordagrant';
comment on column ops.http_validator.content_hash is 'SHA-256 av innehållet som hämtades; den landade filen med den summan används när servern svarar att inget har ändrats';
comment on column ops.http_validator.run_id is 'Körningen som hämtade den';

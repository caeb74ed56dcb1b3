-- purpose: the ledger (runs, slices, deliveries), quarantine, controls and publications
-- grain:   see each table
-- inputs:  none

create schema if not exists ops;
create schema if not exists core;
create schema if not exists asof;
create schema if not exists mart;
create schema if not exists mart_store;

-- One row. A run takes the next epoch under the run lock; each load locks the row `for share` and checks its epoch,
-- so that a frozen holder that wakes is refused at commit.
create table ops.fence (
    one boolean primary key default true check (one),
    epoch bigint not null default 0,
    holder_host text,
    holder_pid integer,
    taken_at timestamptz
);
insert into ops.fence default values;

create table ops.run (
    run_id bigint generated always as identity primary key,
    epoch bigint not null unique,
    known_at timestamptz not null unique,
    business_date date not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    status text not null default 'running' check (status in ('running', 'done', 'failed', 'gate_refused', 'interrupted')),
    exit_code smallint,
    program_version text not null
);

-- The run's plan and what happened, in order: what `buss plan` prints is the same list as the events of stage `plan`.
create table ops.event (
    run_id bigint not null references ops.run,
    seq integer not null,
    at timestamptz not null,
    stage text not null,
    slice text,
    event text not null,
    detail jsonb not null default '{}',
    primary key (run_id, seq)
);

create table ops.slice (
    slice_id integer generated always as identity primary key,
    deliverer text not null,
    dataset text not null,
    period text not null,
    unique (dataset, period, deliverer)
);

-- One row per version of a slice that was taken into account (loaded, held or refused).
create table ops.delivery (
    delivery_id bigint generated always as identity primary key,
    slice_id integer not null references ops.slice,
    sequence integer not null,
    run_id bigint not null references ops.run,
    content_hash text not null,
    fingerprint text not null,
    bytes bigint not null,
    outcome text not null check (outcome in ('held', 'refused', 'loaded', 'loaded_with_quarantine', 'superseded')),
    is_current boolean not null default false,
    -- rejects that time could heal: load again although the fingerprint is the same
    heals boolean not null default false,
    approval text check (approval in ('approved', 'rejected')),
    approved_by text,
    reasons text[] not null default '{}',
    -- ops.delivery.rows_*: the balance of model::Tally
    rows_read bigint not null default 0,
    rows_loaded bigint not null default 0,
    rows_unchanged bigint not null default 0,
    rows_quarantined bigint not null default 0,
    rows_duplicate bigint not null default 0,
    rows_merged bigint not null default 0,
    rows_control bigint not null default 0,
    rows_out_of_scope bigint not null default 0,
    rows_closed bigint not null default 0,
    amount_read numeric(18, 2) not null default 0,
    amount_loaded numeric(18, 2) not null default 0,
    amount_unchanged numeric(18, 2) not null default 0,
    amount_quarantined numeric(18, 2) not null default 0,
    amount_duplicate numeric(18, 2) not null default 0,
    amount_control numeric(18, 2) not null default 0,
    amount_out_of_scope numeric(18, 2) not null default 0,
    -- Parquet files of this version: [{"table", "audience": "core"|"protected", "sha256", "rows", "bytes"}]
    files jsonb not null default '[]',
    decided_at timestamptz not null,
    unique (slice_id, sequence)
);
create unique index delivery_current on ops.delivery (slice_id) where is_current;

-- What each run saw of each expected slice.
create table ops.arrival (
    run_id bigint not null references ops.run,
    slice_id integer not null references ops.slice,
    timeliness text not null,
    outcome text not null,
    reasons text[] not null default '{}',
    delivery_id bigint references ops.delivery,
    primary key (run_id, slice_id)
);

create table ops.quarantine (
    delivery_id bigint not null references ops.delivery,
    record bigint not null,
    line bigint not null,
    rule text not null,
    column_name text,
    class text not null,
    severity text not null check (severity in ('warn', 'reject', 'refuse')),
    -- the delivery whose acceptance closed the entry
    closed_by bigint references ops.delivery
);
create index quarantine_delivery on ops.quarantine (delivery_id);

-- The night's own proofs: each has what should be and what is.
create table ops.control (
    run_id bigint not null references ops.run,
    name text not null,
    subject text not null,
    expected numeric,
    actual numeric,
    passed boolean not null,
    stops boolean not null,
    primary key (run_id, name, subject)
);

create table ops.publication (
    publication_id bigint generated always as identity primary key,
    run_id bigint not null references ops.run,
    known_at timestamptz not null unique,
    -- directory name of the snapshot in both sets
    snapshot text not null,
    published_at timestamptz not null
);

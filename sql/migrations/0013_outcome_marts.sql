-- purpose: the stored rows of the marts of outcomes, ongoing interventions and workload
-- grain:   see each table: its unique columns
-- inputs:  none

create table mart_store.utredning_outcome (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    concluded bigint,
    without_insats bigint,
    share_without_insats numeric(9, 6),
    within_4_months bigint,
    extended bigint,
    overdue bigint,
    open_overdue bigint,
    share_within_4_months numeric(9, 6),
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, year)
);

create table mart_store.insats_ongoing (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    month_end date not null,
    category text not null,
    ongoing bigint,
    children bigint,
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, month_end, category)
);

create table mart_store.workload (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    intakes bigint,
    open_utredningar bigint,
    fte numeric(12, 4),
    intakes_per_fte numeric(12, 4),
    open_utredningar_per_fte numeric(12, 4),
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, year)
);

comment on table mart_store.utredning_outcome is 'Vad årets avslutade utredningar ledde till och om de höll tiden, räknade som utredning × barn';
comment on column mart_store.utredning_outcome.year is 'Året då utredningen avslutades; för försenade som pågår, året vid vars slut de pågår';
comment on column mart_store.utredning_outcome.concluded is 'Utredningar som avslutades under året, oavsett när de inleddes';
comment on column mart_store.utredning_outcome.without_insats is 'Avslutade utan insats, även när en erbjuden insats avböjdes';
comment on column mart_store.utredning_outcome.share_without_insats is 'without_insats genom concluded';
comment on column mart_store.utredning_outcome.within_4_months is 'Avslutade inom fyra månader';
comment on column mart_store.utredning_outcome.extended is 'Avslutade som hade beslut om förlängd tid';
comment on column mart_store.utredning_outcome.overdue is 'Över fyra månader och över förlängd tid: avslutade för sent under året eller pågående vid årets slut; null medan året pågår';
comment on column mart_store.utredning_outcome.open_overdue is 'De försenade som pågår vid årets slut; ingår i overdue';
comment on column mart_store.utredning_outcome.share_within_4_months is 'within_4_months genom concluded och open_overdue tillsammans';
comment on column mart_store.utredning_outcome.complete is 'Sant när alla väntade leveranser till och med radens år är inlästa';

comment on table mart_store.insats_ongoing is 'Öppna insatser som pågår vid månadens slut, per kategori';
comment on column mart_store.insats_ongoing.month_end is 'Månadens sista dag';
comment on column mart_store.insats_ongoing.category is 'Insatskategori';
comment on column mart_store.insats_ongoing.ongoing is 'Insatser som har börjat och inte avslutats när månaden är slut; null medan månaden pågår';
comment on column mart_store.insats_ongoing.children is 'Antal olika barn med pågående insats i kategorin, räknade på nytt på varje nivå';
comment on column mart_store.insats_ongoing.complete is 'Sant när alla väntade leveranser till och med radens år är inlästa';

comment on table mart_store.workload is 'Anmälningar och pågående utredningar per årsarbetare i de tre yrkesgrupperna';
comment on column mart_store.workload.open_utredningar is 'Utredningar som pågår den 31 december';
comment on column mart_store.workload.fte is 'Årsarbetare i de tre yrkesgrupperna, medelvärde över levererade månader';
comment on column mart_store.workload.intakes_per_fte is 'Årets anmälningar per årsarbetare';
comment on column mart_store.workload.open_utredningar_per_fte is 'Pågående utredningar den 31 december per årsarbetare';

-- The other columns have the words of their names.
call ops.describe_words();

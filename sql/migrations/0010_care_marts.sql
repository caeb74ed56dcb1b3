-- purpose: the stored rows of the marts of intakes to investigations, children, open interventions and staff
-- grain:   see each table: its unique columns
-- inputs:  ops.run

-- One row: the business date of the newest run known. Months and years that end after it are running.
create view asof.business_date as
select r.business_date
from ops.run as r
where r.known_at <= core.known_at()
order by r.known_at desc
limit 1;

create table mart_store.anmalan_to_utredning (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    reporter_category text not null,
    intakes bigint,
    decided bigint,
    opened bigint,
    already_open bigint,
    undecided bigint,
    share_opened numeric(9, 6),
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, year, reporter_category)
);

create table mart_store.unique_children (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    sex text not null,
    age_band text not null,
    children bigint,
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, year, sex, age_band)
);

create table mart_store.insats_decided (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    category text not null,
    decided bigint,
    children bigint,
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, year, category)
);

create table mart_store.utredning_flow (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    month date not null,
    started bigint,
    concluded bigint,
    open_at_end bigint,
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, month)
);

create table mart_store.staff_density (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    staff_group text not null,
    months bigint,
    fte numeric(12, 4),
    children_0_17 bigint,
    fte_per_1000 numeric(12, 4),
    competent bigint,
    competence_known bigint,
    full_competence_share numeric(9, 6),
    median_experience_years numeric(12, 4),
    leavers bigint,
    mean_heads numeric(12, 4),
    turnover numeric(9, 6),
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, year, staff_group)
);

comment on view asof.business_date is 'Dagen som den senast kända körningen avser';

comment on table mart_store.anmalan_to_utredning is 'Vad årets anmälningar ledde till, per anmälarkategori; beslutet kan ha fattats året därpå';
comment on column mart_store.anmalan_to_utredning.year is 'Året då anmälan kom in';
comment on column mart_store.anmalan_to_utredning.decided is 'Anmälningar med beslut: utredning inleds eller inleds ej';
comment on column mart_store.anmalan_to_utredning.opened is 'Anmälningar som ledde till utredning; flera kan ha lett till samma';
comment on column mart_store.anmalan_to_utredning.already_open is 'Anmälningar om barn med redan pågående utredning; ingår inte i decided';
comment on column mart_store.anmalan_to_utredning.undecided is 'Anmälningar utan beslut; ingår inte i decided';
comment on column mart_store.anmalan_to_utredning.share_opened is 'opened genom decided';

comment on table mart_store.unique_children is 'Olika barn med anmälan, per kön och åldersgrupp';
comment on column mart_store.unique_children.age_band is 'Åldersgrupp efter år minus födelseår: 0-3 till 18-20, ofödd eller okänd';
comment on column mart_store.unique_children.children is 'Antal olika barn med anmälan, räknade på nytt på varje nivå';

comment on table mart_store.insats_decided is 'Beslutade öppna insatser och barn med beslut, per kategori';
comment on column mart_store.insats_decided.year is 'Beslutsår';
comment on column mart_store.insats_decided.category is 'Insatskategori';
comment on column mart_store.insats_decided.decided is 'Antal beslutade insatser';
comment on column mart_store.insats_decided.children is 'Antal olika barn med beslut i kategorin, räknade på nytt på varje nivå';

comment on table mart_store.utredning_flow is 'Inledda, avslutade och pågående utredningar per månad, räknade som utredning × barn';
comment on column mart_store.utredning_flow.started is 'Utredningar som inleddes i månaden';
comment on column mart_store.utredning_flow.concluded is 'Utredningar som avslutades i månaden, oavsett när de inleddes';
comment on column mart_store.utredning_flow.open_at_end is 'Utredningar som pågår när månaden är slut; null medan månaden pågår';
comment on column mart_store.utredning_flow.complete is 'Sant när alla väntade leveranser till och med radens år är inlästa';

comment on table mart_store.staff_density is 'Personal per 1 000 barn, kompetens, erfarenhet och omsättning per yrkesgrupp';
comment on column mart_store.staff_density.staff_group is 'Yrkesgrupp; alla = de tre grupper som räknas i personal per 1 000 barn';
comment on column mart_store.staff_density.months is 'Antal levererade månader, som medelvärdena avser';
comment on column mart_store.staff_density.fte is 'Årsarbetare, medelvärde över levererade månader';
comment on column mart_store.staff_density.children_0_17 is 'Folkmängd 0–17 år den 31 december samma år';
comment on column mart_store.staff_density.fte_per_1000 is 'Årsarbetare per 1 000 barn 0–17 år';
comment on column mart_store.staff_density.competent is 'Årets rader med full kompetens';
comment on column mart_store.staff_density.competence_known is 'Årets rader med svar på frågan om full kompetens';
comment on column mart_store.staff_density.full_competence_share is 'competent genom competence_known';
comment on column mart_store.staff_density.median_experience_years is 'Median av erfarenheten i år över årets rader';
comment on column mart_store.staff_density.leavers is 'De som fanns i gruppen i december före eller under året men inte i stadens grupp i december';
comment on column mart_store.staff_density.mean_heads is 'Anställda, medelvärde över levererade månader';
comment on column mart_store.staff_density.turnover is 'leavers genom mean_heads; null när december inte är levererad av alla stadsdelar';

-- The other columns have the words of their names.
call ops.describe_words();

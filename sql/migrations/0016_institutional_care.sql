-- purpose: the stored rows of the mart of institutional care
-- grain:   its unique columns
-- inputs:  none

create table mart_store.institutional_care (
    org_generation smallint not null,
    level text not null,
    district_code text,
    district text,
    year smallint not null,
    care_form text not null,
    operator_form text not null,
    sex text not null,
    age_band text not null,
    children bigint,
    stays bigint,
    days bigint,
    complete boolean not null,
    unique nulls not distinct (org_generation, level, district_code, year, care_form, operator_form, sex, age_band)
);

comment on table mart_store.institutional_care is 'Barn, vistelser och vårddygn på institution (HVB och SiS)';
comment on column mart_store.institutional_care.care_form is 'Vårdform: HVB eller SiS';
comment on column mart_store.institutional_care.operator_form is 'Regiform; okänd för SiS';
comment on column mart_store.institutional_care.age_band is 'Åldersgrupp efter år minus födelseår: 0-3 till 18-20, eller okänd';
comment on column mart_store.institutional_care.children is 'Antal olika barn med vistelse under året, räknade på nytt på varje nivå';
comment on column mart_store.institutional_care.stays is 'Vistelser som har någon dag i året, eller är på noll dygn';
comment on column mart_store.institutional_care.days is 'Vårddygn i året: första dagen räknas, inte den sista';

-- The other columns have the words of their names.
call ops.describe_words();

//! Intakes to investigations, children, open interventions and staff, against figures worked out by hand.
//!
//! `city.sql` has the districts: Rinkeby and Kista became Rinkeby-Kista, Skärholmen stays. `care.sql` has what happened there.

use buss::{
    gate,
    pipeline::Assets,
    warehouse::{Session, look_as_of},
};

use super::{city, lines, run};
use crate::postgres::Database;

/// The city with its care.
async fn care() -> (Database, Session, Assets) {
    let (database, session, assets) = city().await;
    session.batch_execute(include_str!("care.sql")).await.expect("the care");
    (database, session, assets)
}

/// What the controls found; the audits have something to say of a city this small.
fn controls(verdict: &gate::Verdict) -> Vec<String> {
    verdict.findings().iter().map(ToString::to_string).filter(|finding| !finding.starts_with("audit.")).collect()
}

/// Columns of a mart for an organisation, district, Skärholmen or the city, in order of place and what follows.
fn rows(mart: &str, generation: i32, columns: &str, only: &str) -> String {
    format!(
        "select coalesce(district, level), {columns} from mart.{mart}
         where org_generation = {generation} and (level = 'city' or district_code in ('01', '02', '24')) and {only}
         order by level desc, district collate \"C\", {}",
        columns.split(',').next().expect("a column")
    )
}

#[tokio::test]
async fn an_intake_belongs_to_the_year_it_came_in_whatever_year_it_was_decided() {
    let (_database, session, _) = care().await;
    let columns =
        "reporter_category collate \"C\", intakes, decided, opened, already_open, undecided, share_opened, complete";
    let of = |generation, year| rows("anmalan_to_utredning", generation, columns, &format!("year = {year}"));
    assert_eq!(
        lines(&session, &of(18, 2006)).await,
        [
            // Siblings of one intake, and a second intake to the same investigation: three that opened.
            "Kista Polis 1 0 0 1 0 - t",
            "Kista Skola 3 3 3 0 0 1.000000 t",
            "Kista okänd 0 0 0 0 0 - t",
            "Rinkeby Polis 1 1 1 0 0 1.000000 t",
            "Rinkeby Skola 1 1 1 0 0 1.000000 t",
            "Rinkeby okänd 0 0 0 0 0 - t",
            // Of one intake the sender says nothing, and one is of a protected child.
            "Skärholmen Polis 1 0 0 0 0 - t",
            "Skärholmen Skola 0 0 0 0 0 - t",
            "Skärholmen okänd 1 0 0 0 1 - t",
            "city Polis 3 1 1 1 0 1.000000 t",
            "city Skola 5 5 4 0 0 0.800000 t",
            "city okänd 1 0 0 0 1 - t",
        ]
    );
    assert_eq!(
        lines(&session, &of(14, 2006)).await[..2],
        ["Rinkeby-Kista Polis 2 1 1 1 0 1.000000 t", "Rinkeby-Kista Skola 4 4 4 0 0 1.000000 t"]
    );
    let of_2008 = lines(&session, &of(14, 2008)).await;
    assert_eq!(of_2008[1], "Rinkeby-Kista Skola - - - - - - f", "nothing was delivered");
    assert_eq!(of_2008[4], "Skärholmen Skola 1 1 1 0 0 1.000000 t");
    assert_eq!(of_2008[7], "city Skola 1 1 1 0 0 1.000000 f");
}

#[tokio::test]
async fn children_are_counted_anew_at_each_level_with_the_age_of_the_year() {
    let (_database, session, _) = care().await;
    let of = |generation| {
        rows(
            "unique_children",
            generation,
            "sex collate \"C\", age_band, children, complete",
            "year = 2006 and children > 0",
        ) + ", age_band collate \"C\""
    };
    assert_eq!(
        lines(&session, &of(18)).await,
        [
            "Kista flicka 10-12 1 t",
            "Kista flicka 7-9 1 t",
            // Born in 1985: 21 by the years, 20 or 21 by the date.
            "Kista pojke 18-20 1 t",
            "Rinkeby flicka 10-12 1 t",
            "Rinkeby okänd ofödd 1 t",
            "Skärholmen okänd okänd 1 t",
            "Skärholmen pojke 18-20 1 t",
            "city flicka 10-12 1 t",
            "city flicka 7-9 1 t",
            "city okänd ofödd 1 t",
            "city okänd okänd 1 t",
            "city pojke 18-20 2 t",
            "city pojke 4-6 1 t",
        ]
    );
    assert_eq!(
        lines(&session, &of(14)).await[..4],
        [
            "Rinkeby-Kista flicka 10-12 1 t",
            "Rinkeby-Kista flicka 7-9 1 t",
            "Rinkeby-Kista okänd ofödd 1 t",
            "Rinkeby-Kista pojke 18-20 1 t",
        ]
    );
    // Two sexes in eight bands, and what occurs beside them.
    let dense =
        "select distinct count(*) from mart.unique_children group by org_generation, level, district_code, year";
    assert_eq!(lines(&session, dense).await, ["18"]);
}

#[tokio::test]
async fn decided_interventions_count_decisions_and_children() {
    let (_database, session, _) = care().await;
    let of = |generation, year| {
        rows(
            "insats_decided",
            generation,
            "category collate \"C\", decided, children, complete",
            &format!("year = {year}"),
        )
    };
    assert_eq!(
        lines(&session, &of(18, 2006)).await,
        [
            "Kista Enskilt samtalsstöd 1 1 t",
            "Kista Kontaktperson/-familj 1 1 t",
            "Rinkeby Enskilt samtalsstöd 0 0 t",
            "Rinkeby Kontaktperson/-familj 1 1 t",
            "Skärholmen Enskilt samtalsstöd 0 0 t",
            "Skärholmen Kontaktperson/-familj 0 0 t",
            "city Enskilt samtalsstöd 2 2 t",
            "city Kontaktperson/-familj 2 1 t",
        ]
    );
    assert_eq!(lines(&session, &of(14, 2006)).await[1], "Rinkeby-Kista Kontaktperson/-familj 2 1 t");
    assert_eq!(lines(&session, &of(14, 2007)).await[3], "Skärholmen Kontaktperson/-familj 2 1 t");
    assert_eq!(lines(&session, &of(14, 2008)).await[0], "Rinkeby-Kista Enskilt samtalsstöd - - f");
}

#[tokio::test]
async fn investigations_stay_open_over_new_year_and_over_the_reorganisation() {
    let (_database, session, _) = care().await;
    let of = |place: &str, generation: i32, first: &str, last: &str| {
        format!(
            "select month, started, concluded, open_at_end, complete from mart.utredning_flow
             where org_generation = {generation} and coalesce(district, level) = '{place}' and month between '{first}' and '{last}'
             order by month"
        )
    };
    assert_eq!(
        lines(&session, &of("city", 14, "2006-10-01", "2007-03-01")).await,
        [
            "2006-10-01 0 0 0 t",
            "2006-11-01 1 0 1 t",
            "2006-12-01 3 1 3 t",
            "2007-01-01 0 1 2 t",
            "2007-02-01 1 1 2 t",
            "2007-03-01 0 0 2 t",
        ]
    );
    // The one that ends on New Year's Eve is not open when the year ends.
    assert_eq!(lines(&session, &of("Kista", 18, "2006-12-01", "2006-12-01")).await, ["2006-12-01 2 1 1 t"]);
    assert_eq!(
        lines(&session, &of("Rinkeby-Kista", 14, "2006-12-01", "2007-02-01")).await,
        ["2006-12-01 2 1 2 t", "2007-01-01 0 0 2 t", "2007-02-01 1 1 2 t"]
    );
    // The slice of 2008 is missing: what began earlier is shown, as far as it is known.
    assert_eq!(
        lines(&session, &of("Rinkeby-Kista", 14, "2008-02-01", "2008-03-01")).await,
        ["2008-02-01 - 0 2 f", "2008-03-01 - 1 1 f"]
    );
    assert_eq!(lines(&session, &of("city", 14, "2008-01-01", "2008-01-01")).await, ["2008-01-01 1 0 3 f"]);
    // The protected child's investigation is in the city only.
    assert_eq!(lines(&session, &of("Skärholmen", 14, "2006-12-01", "2006-12-01")).await, ["2006-12-01 0 0 0 t"]);
}

#[tokio::test]
async fn a_running_month_has_no_stock_and_a_coming_one_nothing() {
    let (_database, session, _) = care().await;
    session.batch_execute("update ops.run set business_date = '2007-02-15'").await.expect("a business date");
    let months = "select month, started, concluded, open_at_end from mart.utredning_flow
        where org_generation = 14 and level = 'city' and month between '2007-01-01' and '2007-03-01' order by month";
    assert_eq!(lines(&session, months).await, ["2007-01-01 0 1 2", "2007-02-01 1 1 -", "2007-03-01 - - -"]);
}

#[tokio::test]
async fn staff_are_means_over_delivered_months_and_movers_have_not_left() {
    let (_database, session, _) = care().await;
    let columns = "staff_group collate \"C\", months, fte, children_0_17, fte_per_1000, competent, competence_known,
        full_competence_share, median_experience_years, leavers, mean_heads, turnover, complete";
    let of = |generation, year, groups: &str| {
        rows("staff_density", generation, columns, &format!("year = {year} and staff_group in ({groups})"))
    };
    assert_eq!(
        lines(&session, &of(18, 2006, "'Utredande socialsekreterare', 'Mottagningssekreterare', 'alla'")).await,
        [
            // Employee 7 came from Rinkeby.
            "Kista Mottagningssekreterare 1 1.0000 200 5.0000 0 1 0.000000 0.5000 0 1.0000 0.000000 t",
            "Kista Utredande socialsekreterare 1 0.5000 200 2.5000 1 1 1.000000 3.0000 0 1.0000 0.000000 t",
            "Kista alla 1 1.5000 200 7.5000 1 2 0.500000 1.7500 0 2.0000 0.000000 t",
            "Rinkeby Mottagningssekreterare 2 0.5000 100 5.0000 0 1 0.000000 0.4167 0 0.5000 0.000000 t",
            // 23 and 24 months: 23.5.
            "Rinkeby Utredande socialsekreterare 2 1.0000 100 10.0000 2 2 1.000000 1.9583 0 1.0000 0.000000 t",
            "Rinkeby alla 2 1.5000 100 15.0000 2 3 0.666667 1.9167 0 1.5000 0.000000 t",
            "Skärholmen Mottagningssekreterare 2 0.0000 400 0.0000 0 0 - - 0 0.0000 - t",
            "Skärholmen Utredande socialsekreterare 2 0.5000 400 1.2500 0 2 0.000000 0.9583 0 1.0000 0.000000 t",
            "Skärholmen alla 2 0.5000 400 1.2500 0 2 0.000000 0.9583 0 1.0000 0.000000 t",
            "city Mottagningssekreterare 2 1.0000 700 1.4286 0 2 0.000000 0.4583 0 1.0000 0.000000 t",
            "city Utredande socialsekreterare 2 1.7500 700 2.5000 3 5 0.600000 1.9167 0 2.5000 0.000000 t",
            "city alla 2 2.7500 700 3.9286 3 7 0.428571 1.0000 0 3.5000 0.000000 t",
        ]
    );
    assert_eq!(
        lines(&session, &of(14, 2006, "'Mottagningssekreterare', 'alla'")).await[..2],
        [
            "Rinkeby-Kista Mottagningssekreterare 2 1.0000 300 3.3333 0 2 0.000000 0.4583 0 1.0000 0.000000 t",
            "Rinkeby-Kista alla 2 2.2500 300 7.5000 3 5 0.600000 1.9167 0 2.5000 0.000000 t",
        ]
    );
    assert_eq!(
        lines(&session, &of(14, 2007, "'Utredande socialsekreterare', 'alla', 'Övrig'")).await,
        [
            // Employee 1 is gone and 2 works in Skärholmen. No population, no density.
            "Rinkeby-Kista Utredande socialsekreterare 2 0.8500 - - 1 2 0.500000 2.0833 1 1.5000 0.666667 f",
            // Employee 5 has two posts and is one head; 7 is gone as well.
            "Rinkeby-Kista alla 2 1.2500 - - 1 3 0.333333 1.2917 2 1.5000 1.333333 f",
            "Rinkeby-Kista Övrig 2 0.0000 - - 0 0 - - 0 0.0000 - f",
            "Skärholmen Utredande socialsekreterare 1 1.5000 - - 1 2 0.500000 2.0000 1 2.0000 0.500000 f",
            "Skärholmen alla 1 1.5000 - - 1 2 0.500000 2.0000 1 2.0000 0.500000 f",
            // The only one left before the year began: there is no head to divide by.
            "Skärholmen Övrig 1 0.0000 - - 0 0 - - 1 0.0000 - f",
            "city Utredande socialsekreterare 2 1.6000 - - 2 4 0.500000 2.0833 2 2.5000 0.800000 f",
            "city alla 2 2.0000 - - 2 5 0.400000 1.2917 3 2.5000 1.200000 f",
            "city Övrig 2 0.0000 - - 0 0 - - 1 0.0000 - f",
        ]
    );
    // Without every district's December nobody can be said to have left.
    let of_2008 = lines(&session, &of(14, 2008, "'alla'")).await;
    assert_eq!(
        of_2008,
        [
            "Rinkeby-Kista alla - - - - - - - - - - - f",
            "Skärholmen alla 1 1.0000 - - 0 1 0.000000 0.9167 - 1.0000 - f",
            "city alla 1 1.0000 - - 0 1 0.000000 0.9167 - 1.0000 - f",
        ]
    );
}

#[tokio::test]
async fn the_controls_hold_and_tell_what_districts_lack() {
    let (_database, mut session, assets) = care().await;
    let run = run(&session).await;
    let verdict = gate::judge(&mut session, &run, &assets.sql, gate::Marts::New).await.expect("a verdict");
    assert_eq!(controls(&verdict), Vec::<String>::new());
    let told = "select name, subject, actual from ops.control
        where name in ('protected_difference', 'known_in_several') and actual > 0 order by name, subject";
    assert_eq!(
        lines(&session, told).await,
        [
            "known_in_several 18 2006 1",
            "protected_difference anmalningar 2006 1",
            "protected_difference insatser 2006 1",
            "protected_difference utredningar 2006 1",
        ]
    );
}

#[tokio::test]
async fn a_figure_that_the_facts_do_not_have_is_found() {
    let (_database, mut session, assets) = care().await;
    let run = run(&session).await;
    let transaction = session.transaction().await.expect("a transaction");
    look_as_of(&transaction, Some(run.known_at)).await.expect("an instant");
    transaction
        .batch_execute(
            "do $$
            declare
                mart text;
            begin
                for mart in select viewname from pg_views where schemaname = 'mart' loop
                    execute format('insert into mart_store.%I table mart.%I', mart, mart);
                end loop;
            end
            $$;
            update mart_store.anmalan_to_utredning set undecided = undecided + 1
            where org_generation = 14 and level = 'city' and year = 2006 and reporter_category = 'okänd';
            update mart_store.utredning_flow set started = started + 1
            where org_generation = 18 and district = 'Kista' and month = '2006-12-01';
            update mart_store.utredning_flow set open_at_end = open_at_end - 1
            where org_generation = 14 and district = 'Rinkeby-Kista' and month = '2007-12-01';
            update mart_store.insats_decided set decided = decided + 1, children = children + 1
            where org_generation = 14 and level = 'city' and year = 2007 and category = 'Enskilt samtalsstöd';
            update mart_store.staff_density set fte = fte + 0.1
            where org_generation = 14 and district = 'Skärholmen' and year = 2007 and staff_group = 'Övrig';
            update mart_store.unique_children set children = children + 1
            where org_generation = 14 and level = 'city' and year = 2007 and sex = 'pojke' and age_band = '0-3';",
        )
        .await
        .expect("marts, some of them wrong");
    transaction.commit().await.expect("a commit");
    let verdict = gate::judge(&mut session, &run, &assets.sql, gate::Marts::Standing).await.expect("a verdict");
    assert_eq!(
        controls(&verdict),
        [
            "care_against_facts anmalan_to_utredning.undecided city 14 2006: expected 1, found 2",
            "care_against_facts insats_decided.decided city 14 2007: expected 2, found 3",
            "care_against_facts staff_density.months_fte district 14 2007: expected 4.0000, found 4.1000",
            "care_against_facts utredning_flow.open_at_end district 14 2007: expected 2, found 1",
            "care_against_facts utredning_flow.started district 18 2006: expected 3, found 4",
            "generation_18_against_14 anmalan_to_utredning.undecided city 2006: expected 2, found 1",
            "generation_18_against_14 utredning_flow.started district 2006: expected 3, found 4",
            "known_in_several 14 2007: expected 0, found -1",
            "marts_against_facts insats_decided.children 2007: expected 1, found 2",
            "marts_against_facts unique_children.children 2007: expected 1, found 2",
        ]
    );
}

#[tokio::test]
async fn every_query_of_the_warehouse_page_answers() {
    let (_database, session, _) = care().await;
    let page = include_str!("../../../docs/WAREHOUSE.md");
    let queries: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    assert!(queries.len() >= 5 && queries.iter().all(|query| query.starts_with("select ")));
    for query in queries {
        assert!(!lines(&session, query).await.is_empty(), "{query}");
    }
}

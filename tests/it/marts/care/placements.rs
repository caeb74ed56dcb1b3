//! Care in institutions: children, stays and days of each year.

use buss::{gate, pipeline::Assets, warehouse::Session};

use super::{care, controls, fill, rows};
use crate::{
    marts::{lines, run},
    postgres::Database,
};

pub(super) async fn placements() -> (Database, Session, Assets) {
    let (database, session, assets) = care().await;
    session.batch_execute(include_str!("placements.sql")).await.expect("the placements");
    (database, session, assets)
}

const COLUMNS: &str = "year, care_form collate \"C\", operator_form collate \"C\", sex, age_band collate \"C\", children, stays, days, complete";

#[tokio::test]
async fn days_of_institutions_belong_to_their_years_and_a_child_counts_once() {
    let (_database, session, _) = placements().await;
    let of = |generation| rows("institutional_care", generation, COLUMNS, "children > 0") + ", 3, 4, 5, 6";
    assert_eq!(
        lines(&session, &of(18)).await,
        [
            "Kista 2006 HVB Ramavtal flicka 10-12 1 1 10 t",
            // December; the first day of February does not count.
            "Rinkeby 2006 HVB Ramavtal flicka 10-12 1 1 31 t",
            "Skärholmen 2006 SiS okänd pojke 18-20 1 1 1 t",
            "city 2006 HVB Ramavtal flicka 10-12 1 2 41 t",
            "city 2006 SiS okänd pojke 18-20 1 1 1 t",
        ]
    );
    assert_eq!(
        lines(&session, &of(14)).await,
        [
            "Rinkeby-Kista 2006 HVB Ramavtal flicka 10-12 1 2 41 t",
            "Rinkeby-Kista 2007 HVB Ramavtal flicka 10-12 1 1 31 t",
            // What ended on New Year's Day is not of 2007; zero days are a stay.
            "Skärholmen 2006 SiS okänd pojke 18-20 1 1 1 t",
            "Skärholmen 2007 HVB Egen regi pojke 18-20 1 1 0 t",
            "city 2006 HVB Ramavtal flicka 10-12 1 2 41 t",
            "city 2006 SiS okänd pojke 18-20 1 1 1 t",
            "city 2007 HVB Egen regi pojke 18-20 1 1 0 t",
            "city 2007 HVB Egen regi pojke 4-6 1 1 31 t",
            "city 2007 HVB Ramavtal flicka 10-12 1 1 31 t",
            // The protected child, a year older, in a leap year.
            "city 2008 HVB Egen regi pojke 7-9 1 1 366 f",
        ]
    );
    let dense = "select year, count(*), count(children) from mart.institutional_care
        where org_generation = 14 and district_code in ('01', '24') group by year order by year";
    assert_eq!(lines(&session, dense).await, ["2006 84 84", "2007 84 84", "2008 84 42"]);
}

#[tokio::test]
async fn a_running_year_counts_days_up_to_the_business_date() {
    let (_database, session, _) = placements().await;
    session.batch_execute("update ops.run set business_date = '2007-12-10'").await.expect("a business date");
    let days = "select year, sum(stays), sum(days) from mart.institutional_care
        where org_generation = 14 and level = 'city' group by year order by year";
    assert_eq!(lines(&session, days).await, ["2006 3 42", "2007 3 41", "2008 - -"]);
}

#[tokio::test]
async fn a_day_too_much_is_found() {
    let (_database, mut session, assets) = placements().await;
    let run = run(&session).await;
    let verdict = gate::judge(&mut session, &run, &assets.sql, gate::Marts::New).await.expect("a verdict");
    assert_eq!(controls(&verdict), Vec::<String>::new());
    let wrong = "update mart_store.institutional_care set days = days + 1
        where org_generation = 18 and district = 'Kista' and year = 2006 and days > 0";
    fill(&mut session, &run, wrong).await;
    let verdict = gate::judge(&mut session, &run, &assets.sql, gate::Marts::Standing).await.expect("a verdict");
    assert_eq!(
        controls(&verdict),
        [
            "generation_18_against_14 institutional_care.days district 2006: expected 42, found 43",
            "placements_against_facts institutional_care.days district 18 2006: expected 42, found 43",
        ]
    );
}

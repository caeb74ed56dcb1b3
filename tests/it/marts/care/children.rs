//! Children: what their intakes led to, how many they are, and their open interventions.

use super::{care, rows};
use crate::marts::lines;

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
async fn ongoing_interventions_are_those_begun_and_not_ended_when_the_month_is() {
    let (_database, session, _) = care().await;
    let of = |place: &str, category: &str, first: &str, last: &str| {
        format!(
            "select month_end, ongoing, children, complete from mart.insats_ongoing
             where org_generation = 14 and coalesce(district, level) = '{place}' and category like '{category}%'
                 and month_end between '{first}' and '{last}' order by month_end"
        )
    };
    assert_eq!(
        lines(&session, &of("Rinkeby-Kista", "Kontakt", "2006-05-01", "2006-09-30")).await,
        // In July the child has one from each of the two old districts.
        ["2006-05-31 0 0 t", "2006-06-30 1 1 t", "2006-07-31 2 1 t", "2006-08-31 1 1 t", "2006-09-30 1 1 t"]
    );
    assert_eq!(
        lines(&session, &of("Rinkeby-Kista", "Kontakt", "2007-01-01", "2007-02-28")).await,
        ["2007-01-31 1 1 t", "2007-02-28 0 0 t"]
    );
    assert_eq!(
        lines(&session, &of("city", "Kontakt", "2007-05-01", "2007-08-31")).await,
        ["2007-05-31 0 0 t", "2007-06-30 2 1 t", "2007-07-31 2 1 t", "2007-08-31 1 1 t"]
    );
    assert_eq!(
        lines(&session, &of("city", "Enskilt", "2006-06-01", "2006-07-31")).await,
        ["2006-06-30 0 0 t", "2006-07-31 1 1 t"]
    );
    assert_eq!(lines(&session, &of("Skärholmen", "Enskilt", "2007-12-01", "2007-12-31")).await, ["2007-12-31 0 0 t"]);
    assert_eq!(lines(&session, &of("city", "Kontakt", "2008-12-01", "2008-12-31")).await, ["2008-12-31 1 1 f"]);
}

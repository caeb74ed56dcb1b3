//! Investigations over months and years, and the time the law gives them.

use super::{care, rows};
use crate::marts::lines;

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
            "2006-10-01 1 0 1 t",
            "2006-11-01 1 0 2 t",
            "2006-12-01 2 1 3 t",
            "2007-01-01 0 0 3 t",
            "2007-02-01 1 2 2 t",
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
    assert_eq!(lines(&session, &of("Skärholmen", 14, "2006-10-01", "2006-10-01")).await, ["2006-10-01 0 0 0 t"]);
}

#[tokio::test]
async fn time_is_kept_up_to_the_clamped_day_and_past_it_only_by_an_extension() {
    let (_database, session, _) = care().await;
    let columns =
        "year, concluded, without_insats, share_without_insats, within_4_months, extended, overdue, open_overdue,
        share_within_4_months, complete";
    let of = |generation| rows("utredning_outcome", generation, columns, "year > 2005");
    assert_eq!(
        lines(&session, &of(14)).await,
        [
            "Rinkeby-Kista 2006 1 0 0.000000 1 0 0 0 1.000000 t",
            // The sibling's goes on past its time. The extended one goes on within its own.
            "Rinkeby-Kista 2007 1 1 1.000000 1 0 1 1 0.500000 t",
            // The extended one is concluded past its time as well.
            "Rinkeby-Kista 2008 1 0 0.000000 0 1 2 1 0.000000 f",
            "Skärholmen 2006 0 0 - 0 0 0 0 - t",
            "Skärholmen 2007 0 0 - 0 0 0 0 - t",
            "Skärholmen 2008 0 0 - 0 0 1 1 0.000000 t",
            "city 2006 1 0 0.000000 1 0 0 0 1.000000 t",
            // The protected child's: 31 October to 28 February, and the offer was declined.
            "city 2007 2 2 1.000000 2 0 1 1 0.666667 t",
            "city 2008 1 0 0.000000 0 1 3 2 0.000000 f",
        ]
    );
    assert_eq!(lines(&session, &of(18)).await[0], "Kista 2006 1 0 0.000000 1 0 0 0 1.000000 t");
}

#[tokio::test]
async fn a_running_month_has_no_stock_and_a_coming_one_nothing() {
    let (_database, session, _) = care().await;
    session.batch_execute("update ops.run set business_date = '2007-02-15'").await.expect("a business date");
    let months = "select month, started, concluded, open_at_end from mart.utredning_flow
        where org_generation = 14 and level = 'city' and month between '2007-01-01' and '2007-03-01' order by month";
    assert_eq!(lines(&session, months).await, ["2007-01-01 0 0 3", "2007-02-01 1 2 -", "2007-03-01 - - -"]);
    let year = "select year, concluded, overdue, open_overdue, share_within_4_months from mart.utredning_outcome
        where org_generation = 14 and level = 'city' and year < 2008 order by year";
    assert_eq!(lines(&session, year).await, ["2006 1 0 0 1.000000", "2007 2 - - -"]);
    let stock = "select month_end, ongoing, children from mart.insats_ongoing
        where org_generation = 14 and level = 'city' and month_end between '2007-01-31' and '2007-02-28' and category like 'Enskilt%'
        order by month_end";
    assert_eq!(lines(&session, stock).await, ["2007-01-31 1 1", "2007-02-28 - -"]);
}

//! Staff, and the work there is for them.

use super::{care, rows};
use crate::marts::lines;

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
async fn workload_is_per_post_of_the_three_groups() {
    let (_database, session, _) = care().await;
    let columns = "year, intakes, open_utredningar, fte, intakes_per_fte, open_utredningar_per_fte, complete";
    assert_eq!(
        lines(&session, &rows("workload", 14, columns, "year > 2005")).await,
        [
            "Rinkeby-Kista 2006 6 2 2.2500 2.6667 0.8889 t",
            // Complete, though there is no population.
            "Rinkeby-Kista 2007 1 2 1.2500 0.8000 1.6000 t",
            "Rinkeby-Kista 2008 - 1 - - - f",
            "Skärholmen 2006 2 0 0.5000 4.0000 0.0000 t",
            "Skärholmen 2007 0 0 1.5000 0.0000 0.0000 t",
            "Skärholmen 2008 1 1 1.0000 1.0000 1.0000 t",
            "city 2006 9 3 2.7500 3.2727 1.0909 t",
            "city 2007 1 2 2.0000 0.5000 1.0000 t",
            "city 2008 1 2 1.0000 1.0000 2.0000 f",
        ]
    );
    assert_eq!(
        lines(&session, &rows("workload", 18, columns, "district = 'Rinkeby'")).await,
        ["Rinkeby 2006 2 1 1.5000 1.3333 0.6667 t"]
    );
}

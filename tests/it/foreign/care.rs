//! Investigations, interventions and personnel in the star.

use super::figures::{assert_equal, rows};
use crate::bench::Bench;

/// Every form of a cell, as it stands in the star.
pub async fn check_care(night: &Bench) {
    let session = night.database.analyst().await;
    let investigations = "select d.name, f.start_date, f.extended_to, f.extended_to_status, f.end_date, f.end_date_status, f.days_open,
        l.label, r.label, f.remaining_concern, f.remaining_concern_status, a.label, c.sex, c.unborn
        from asof.fact_utredning as f join asof.dim_district as d using (district_key) join asof.dim_legal_basis as l using (legal_basis_key)
        join asof.dim_utredning_result as r using (utredning_result_key) join asof.dim_age as a using (age_key)
        join asof.dim_child as c using (child_key) where d.name in ('Rinkeby', 'Kista')";
    let expected = [
        "Rinkeby|2006-01-01|∅|unknown|2006-05-31|∅|150|11:1|Insats|f|∅|6|flicka|f",
        "Rinkeby|2006-01-01|∅|unknown|2006-06-01|∅|151|11:1|Ingen insats|f|∅|9|pojke|f",
        "Rinkeby|2006-02-28|∅|unknown|2006-02-28|∅|0|11:1|Ingen insats|f|∅|5|pojke|f",
        "Rinkeby|2006-12-31|∅|unknown|2007-01-31|∅|31|11:1|Erbjuden insats avböjd|f|∅|16|flicka|f",
        "Rinkeby|2006-07-04|∅|unknown|∅|unknown|∅|11:1|Pågår|∅|unknown|ofödd|flicka|t",
        "Rinkeby|2006-07-05|∅|unknown|2006-12-31|∅|179|11:1|Ingen insats|f|∅|ofödd|pojke|t",
        "Rinkeby|2006-08-01|∅|unknown|∅|unknown|∅|11:2|Pågår|∅|unknown|16|pojke|f",
        "Rinkeby|2006-09-01|2027-02-01|∅|2027-01-31|∅|7457|11:1|Insats|f|∅|4|pojke|f",
        "Rinkeby|2006-12-31|∅|unknown|2007-12-31|∅|365|11:1|Insats|f|∅|20|pojke|f",
        "Kista|2006-02-01|∅|unknown|2006-03-31|∅|58|11:1|Erbjuden insats avböjd|t|∅|6|flicka|f",
        "Kista|2006-02-02|∅|not_applicable|∅|unknown|∅|11:1|Pågår|∅|suppressed|6|flicka|f",
        "Kista|2006-02-03|∅|unknown|2006-04-30|∅|86|11:1|Överflyttad|∅|unknown|6|flicka|f",
        "Kista|2006-02-04|∅|unknown|∅|unknown|∅|11:1|Pågår|∅|unknown|ofödd|flicka|t",
        "Kista|2006-02-05|2006-06-05|∅|2006-06-05|∅|120|11:1|Insats|f|∅|6|flicka|f",
    ];
    assert_equal("investigations", &rows(&session, investigations).await, expected.map(str::to_owned).into());

    let interventions = "select d.name, f.decision_date, f.start_date, f.start_date_status, f.end_date, f.end_date_status,
        k.label, l.label, left(p.label, 21), t.label, f.utredning_id_status
        from asof.fact_insats as f join asof.dim_district as d using (district_key) join asof.dim_insats_category as k using (insats_category_key)
        join asof.dim_legal_basis as l using (legal_basis_key) join asof.dim_provider as p using (provider_key)
        join asof.dim_contract_form as t using (contract_form_key) where d.name in ('Rinkeby', 'Kista')";
    let kista = "Kista|2006-08-08|∅";
    let day = "Riktad dagverksamhet|SoL 4:1";
    let expected = [
        "Rinkeby|2006-01-01|2006-01-01|∅|2006-12-31|∅|Programverksamhet|SoL 4:1|Ungdomshuset|Egen regi|unknown"
            .to_owned(),
        "Rinkeby|2006-02-01|2006-02-10|∅|∅|unknown|Enskilt samtalsstöd|SoL 4:1|okänd|okänd|unknown".to_owned(),
        "Rinkeby|2006-03-01|∅|unknown|∅|unknown|Enskilt samtalsstöd|SoL 4:1|okänd|okänd|unknown".to_owned(),
        "Rinkeby|2006-04-01|∅|unknown|∅|unknown|Kontaktperson/-familj|SoL 4:1|ej tillämpligt|Egen regi|unknown"
            .to_owned(),
        "Rinkeby|2006-12-31|2007-01-15|∅|2027-06-30|∅|Socialpedagogisk insats|SoL 4:1|okänd|okänd|∅".to_owned(),
        "Rinkeby|2006-05-05|∅|unknown|∅|unknown|Socialpedagogisk insats|SoL 4:1|okänd|okänd|∅".to_owned(),
        "Rinkeby|2006-06-06|∅|unknown|∅|unknown|Skolsociala insatser|LVU|Skolstöd AB|Ramavtal|unknown".to_owned(),
        format!("{kista}|unknown|∅|unknown|Kvalificerat nätverksarbete|SoL 4:1|okänd|okänd|unknown"),
        format!("{kista}|unknown|∅|unknown|Kontaktperson/-familj|SoL 4:1|ej tillämpligt|okänd|unknown"),
        format!("{kista}|unknown|∅|unknown|{day}|dold av avsändaren|dold av avsändaren|unknown"),
        format!("{kista}|unknown|∅|unknown|{day}|ej tillämpligt|ej tillämpligt|unknown"),
        format!("{kista}|unknown|∅|unknown|{day}|Föreningen \"Vi;två\"\nH|Upphandling|unknown"),
        format!("{kista}|suppressed|∅|not_applicable|{day}|okänd|okänd|suppressed"),
        format!("{kista}|unknown|∅|unknown|Kvalificerat nätverksarbete|SoL 4:1|ungdomshuset|Egen regi|unknown"),
    ];
    assert_equal("interventions", &rows(&session, interventions).await, expected.into());
    let private = "select count(*) from asof.dim_provider where label ilike '%familjesson%'";
    assert_equal("names of private homes", &rows(&session, private).await, vec!["0".to_owned()]);
    // One unborn child of U-1 in intakes and investigations of both districts.
    let same =
        "select count(distinct u.child_key) from asof.fact_utredning as u join asof.dim_child as c using (child_key)
        where c.unborn and exists (select from asof.fact_anmalan as a where a.child_key = u.child_key)";
    assert_equal("one unborn child", &rows(&session, same).await, vec!["1".to_owned()]);
}

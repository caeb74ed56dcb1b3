//! `validate` and `explain`: what can be told without data.

use serde_json::json;

use super::{Context, output::Answer};
use crate::{
    conform,
    engine::Engine,
    error::{Error, Result, codes},
    pipeline::Declarations,
    settings::Settings,
    validate,
};

/// Settings are already checked when a command begins; the declarations are checked here.
pub async fn validate(context: &Context) -> Result<Answer> {
    let settings = context.settings()?;
    let declarations = Declarations::load(&settings)?;
    if let Some(error) = Error::all(sql_findings(&settings, &declarations).await?) {
        return Err(error);
    }
    let names: Vec<_> = declarations.pipelines.iter().map(|pipeline| pipeline.name.as_str()).collect();
    let sql = declarations.sql.iter().count();
    let lists = declarations.reference.lists().count();
    let deliverers = settings.deliverers.len();
    let text = format!(
        "No findings: {deliverers} deliverers, {} pipelines ({}), {sql} SQL files, {lists} reference lists.",
        names.len(),
        names.join(", ")
    );
    Ok(Answer::new(
        text,
        &json!({ "findings": [], "pipelines": names, "deliverers": deliverers, "sql_files": sql, "reference_lists": lists }),
    ))
}

/// Whether the rules and the conform queries compile against the declared columns. Nothing is written.
async fn sql_findings(settings: &Settings, declarations: &Declarations) -> Result<Vec<Error>> {
    let engine = Engine::new(&settings.run, &std::env::temp_dir(), &declarations.reference)?;
    let mut findings = Vec::new();
    for pipeline in &declarations.pipelines {
        findings.extend(validate::check(&engine, pipeline).await);
        let query = declarations.sql.get(&format!("conform/{}.sql", pipeline.target.conform));
        findings.extend(conform::check(&engine, pipeline, query).await);
    }
    Ok(findings)
}

pub fn explain(id: &str) -> Result<Answer> {
    let unknown = || {
        let near = crate::settings::shape::nearest(&id.to_uppercase(), codes::all().map(|code| code.id));
        let detail = near.map_or_else(|| format!("`{id}`"), |near| format!("`{id}`; the nearest is `{near}`"));
        Error::new(&codes::cli::UNKNOWN_CODE).detail(detail)
    };
    let code = codes::find(id).ok_or_else(unknown)?;
    let policy = code.policy.meaning();
    let text = format!(
        "{}: {}\n\n{}\n\nWhat to do: {}\nThe program: {policy} Exit code {}.",
        code.id, code.message, code.explanation, code.hint, code.exit
    );
    let json = json!({
        "code": code.id, "message": code.message, "explanation": code.explanation, "hint": code.hint,
        "policy": format!("{:?}", code.policy).to_lowercase(), "exit": code.exit,
    });
    Ok(Answer::new(text, &json))
}

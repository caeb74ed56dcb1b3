//! `validate`, `explain` and `completions`: what can be told without data.

use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use super::{Context, args::Cli, output::Answer};
use crate::{
    error::{Error, Result, codes},
    pipeline::Declarations,
    run,
};

/// Settings are already checked when a command begins; the declarations are checked here.
pub async fn validate(context: &Context) -> Result<Answer> {
    let settings = context.settings()?;
    let declarations = Declarations::load(&settings)?;
    run::check(&settings, &declarations).await?;
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

pub fn completions(shell: Shell) -> Answer {
    let whole = Cli::command();
    // Commands that only the program itself calls are left out, which the generator does not do.
    let shown = whole.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let mut command = clap::Command::new("buss").args(whole.get_arguments().cloned()).subcommands(shown);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "buss", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Answer::new(script.trim_end(), &json!({ "shell": shell.to_string(), "script": script }))
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

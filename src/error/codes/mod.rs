//! The catalogue of error codes, one file per stage. `buss explain` and `docs/ERRORS.md` are made of it.

/// Declares a stage's codes as constants and as the list `ALL`.
///
/// ```text
/// codes! {
///     NAME = "STAGE-001" (Fail, 1) "message" hint "What to do." explain "What it means.";
/// }
/// ```
macro_rules! codes {
    ($($name:ident = $id:literal ($policy:ident, $exit:literal) $message:literal hint $hint:literal explain $explanation:literal;)*) => {
        $(
            #[doc = $message]
            pub static $name: $crate::error::Code = $crate::error::Code {
                id: $id,
                message: $message,
                hint: $hint,
                explanation: $explanation,
                policy: $crate::error::Policy::$policy,
                exit: $exit,
            };
        )*
        /// Every code of this stage, in order of declaration.
        pub static ALL: &[&$crate::error::Code] = &[$(&$name),*];
    };
}

pub mod cli;
pub mod conform;
pub mod extract;
pub mod gate;
pub mod history;
pub mod land;
pub mod load;
pub mod parse;
pub mod publish;
pub mod run;
pub mod sample;
pub mod settings;
pub mod validate;
pub mod warehouse;

use super::Code;

/// The whole catalogue, stage by stage.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        settings::ALL,
        extract::ALL,
        land::ALL,
        parse::ALL,
        validate::ALL,
        conform::ALL,
        load::ALL,
        gate::ALL,
        publish::ALL,
        warehouse::ALL,
        run::ALL,
        cli::ALL,
        history::ALL,
        sample::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Finds a code by its id, whatever the case.
pub fn find(id: &str) -> Option<&'static Code> {
    all().find(|code| code.id.eq_ignore_ascii_case(id))
}

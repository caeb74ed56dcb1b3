//! Looks at every expected resource, a bounded number at once.

use std::ops::ControlFlow;

use futures::{StreamExt, stream};

use super::RunOptions;
use crate::{
    Error, Result,
    error::codes,
    extract::{self, Observation, Resource},
    model::SliceKey,
    pipeline::Declarations,
    plan::{self, Expected, Selection},
    settings::Settings,
};

/// An expected slice and what stands at its address.
#[derive(Debug)]
pub struct Looked<'a> {
    pub expected: Expected<'a>,
    pub slice: SliceKey,
    pub observation: Observation,
}

/// The expected slices that were asked for.
pub fn asked_for<'a>(
    settings: &'a Settings,
    declarations: &'a Declarations,
    selection: &Selection,
) -> Vec<(SliceKey, Expected<'a>)> {
    let pipelines = declarations.pipelines.iter().filter(|pipeline| pipeline.enabled);
    plan::expected(pipelines.map(|pipeline| (pipeline, pipeline.years(settings))), &settings.deliverers)
        .into_iter()
        .map(|expected| (expected.slice(), expected))
        .filter(|(slice, _)| selection.takes(slice))
        .collect()
}

/// Observes each slice's resource. Stops early, with an error, when the run shall stop.
pub async fn look<'a>(
    slices: Vec<(SliceKey, Expected<'a>)>,
    parallel: usize,
    options: &RunOptions,
) -> Result<Vec<Looked<'a>>> {
    let looks = slices.into_iter().map(|(slice, expected)| async move {
        if *options.stop.borrow() {
            return ControlFlow::Break(());
        }
        let resource = extract::resource(expected.deliverer, expected.pipeline, &slice.period);
        ControlFlow::Continue(Looked { expected, slice, observation: observe(resource).await })
    });
    let mut looked = Vec::new();
    let mut looks = stream::iter(looks).buffered(parallel);
    while let Some(look) = looks.next().await {
        match look {
            ControlFlow::Continue(one) => looked.push(one),
            ControlFlow::Break(()) => return Err(Error::new(&codes::run::INTERRUPTED)),
        }
    }
    Ok(looked)
}

async fn observe(resource: Resource) -> Observation {
    let looked = tokio::task::spawn_blocking(move || extract::observe(&resource)).await;
    looked.unwrap_or_else(|_| Observation::Problem(Error::new(&codes::run::BROKEN).detail("looking at a resource")))
}

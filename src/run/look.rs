//! Looks at what was asked for: files where they lie, and what servers offer, pulled into landing while it comes.
//!
//! In: expected slices. Out: what is seen of each, in the order in which it is known. Each deliverer with a server has a lane
//! of its own, and the files share one, so that a server that is slow, or drips, holds nothing but its own deliveries.

use std::{collections::BTreeMap, sync::Arc};

use futures::{StreamExt, stream};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc},
    task::{JoinSet, spawn_blocking},
};

use super::sight::{Sight, Sources};
use crate::{
    Error,
    error::codes,
    extract::{self, Resource},
    history::PulledVersion,
    model::SliceKey,
    pipeline::Declarations,
    plan::{self, Expected, Selection},
    settings::{Deliverer, Settings},
};

/// What is seen of one of the slices that were asked for.
#[derive(Debug)]
pub struct Looked {
    /// Its place among them.
    pub at: usize,
    pub sight: Sight,
}

/// A resource to be looked at.
#[derive(Debug)]
pub struct Look {
    pub at: usize,
    pub resource: Resource,
    pub deliverer: Deliverer,
    /// What was pulled of it before.
    pub pulled: Option<PulledVersion>,
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

/// Everything that is being looked at. Dropping it ends what still goes on.
#[derive(Debug)]
pub struct Looks {
    seen: mpsc::UnboundedReceiver<Looked>,
    lanes: JoinSet<()>,
}

impl Looks {
    /// Begins to look at all of it at once, within the bounds of the settings.
    pub fn begin(sources: &Arc<Sources>, settings: &Settings, looks: Vec<Look>) -> Self {
        let (tell, seen) = mpsc::unbounded_channel();
        let mut lanes = JoinSet::new();
        let (pulls, files): (Vec<_>, Vec<_>) = looks.into_iter().partition(|look| look.resource.is_http());
        lanes.spawn(lane(sources.clone(), files, settings.run.parallel(), None, tell.clone()));
        let mut offices: BTreeMap<_, Vec<Look>> = BTreeMap::new();
        for look in pulls {
            offices.entry(look.deliverer.code.clone()).or_default().push(look);
        }
        let at_once = Arc::new(Semaphore::new(settings.http.parallel));
        for office in offices.into_values() {
            let turn = Some(at_once.clone());
            lanes.spawn(lane(sources.clone(), office, 1, turn, tell.clone()));
        }
        Self { seen, lanes }
    }

    /// What has been seen since the last call, or next; `None` when all has been.
    pub async fn next(&mut self) -> Option<Vec<Looked>> {
        let mut looked = Vec::new();
        let count = self.seen.recv_many(&mut looked, usize::MAX).await;
        (count > 0).then_some(looked)
    }

    /// Ends what still goes on, and returns when nothing of it is left.
    pub async fn end(self) {
        let Self { seen, mut lanes } = self;
        // Whoever looks hears that nobody listens any more.
        drop(seen);
        while lanes.join_next().await.is_some() {}
    }
}

/// Looks at some resources, `at_once` of them together, after its turn has come.
async fn lane(
    sources: Arc<Sources>,
    looks: Vec<Look>,
    at_once: usize,
    turn: Option<Arc<Semaphore>>,
    tell: mpsc::UnboundedSender<Looked>,
) {
    let _turn = match &turn {
        Some(turn) => turn.acquire().await.ok(),
        None => None,
    };
    let looks = looks.into_iter().map(|look| {
        let (sources, tell) = (sources.clone(), tell.clone());
        async move {
            if tell.is_closed() {
                return;
            }
            let at = look.at;
            if let Some(sight) = one(sources, look, tell.clone()).await {
                // Nobody listens only when the run has ended.
                let _ = tell.send(Looked { at, sight });
            }
        }
    });
    stream::iter(looks).buffer_unordered(at_once.max(1)).collect::<()>().await;
}

/// One look on a thread of its own: reading and inflating keep a core busy, writing blocks, and a panic stays there. `None`
/// when nobody wants to know any more.
async fn one(sources: Arc<Sources>, look: Look, tell: mpsc::UnboundedSender<Looked>) -> Option<Sight> {
    let runtime = Handle::current();
    let looking = spawn_blocking(move || {
        if !look.resource.is_http() {
            return Some(Sight::of(extract::observe(&look.resource)));
        }
        runtime.block_on(async {
            tokio::select! {
                sight = sources.pull(&look) => Some(sight),
                () = tell.closed() => None,
            }
        })
    });
    looking
        .await
        .unwrap_or_else(|_| Some(Sight::Problem(Error::new(&codes::run::BROKEN).detail("looking at a resource"))))
}

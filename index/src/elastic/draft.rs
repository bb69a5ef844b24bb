//! A new index in the making, beside the one that answers.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use mutoscope_core::search::{SearchDocument, SearchError, SearchRebuild};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Shared, bulk,
    client::{Body, Call, Client, WRITE_WITHIN},
    error::ElasticFault,
    lock::Lock,
    mapping,
    names::{Generation, Names},
    place::Place,
};

/// Dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    shared: Arc<Shared>,
    /// Gone when it is finished.
    making: Option<Making>,
}

#[derive(Debug)]
struct Making {
    generation: Generation,
    lock: Lock,
}

/// What drafts left that were dropped: removing it takes time, which a drop has not.
#[derive(Debug, Default)]
pub struct Abandoned {
    left: Mutex<Vec<Making>>,
    removing: tokio::sync::Mutex<()>,
}

impl Draft {
    /// An empty one. What earlier ones left behind goes.
    pub async fn begin(shared: Arc<Shared>) -> Result<Self, ElasticFault> {
        shared.remove_abandoned().await;
        let lock = Lock::take(&shared.client, &shared.names).await?;
        let generation = shared.names.new_generation();
        // From here on a failure gives the lock back.
        let draft = Self { shared, making: Some(Making { generation, lock }) };
        sweep(&draft.shared.client, &draft.shared.names).await?;
        draft.make_index().await?;
        Ok(draft)
    }

    async fn make_index(&self) -> Result<(), ElasticFault> {
        let generation = &self.making.as_ref().ok_or(ElasticFault::GivenUp)?.generation;
        let call = Call {
            method: Method::PUT,
            path: &[&generation.index()],
            parameters: &[],
            body: Body::Json(mapping::index(&generation.writing())),
            within: WRITE_WITHIN,
        };
        self.shared.client.ask(call).await.map(|_| ())
    }
}

#[async_trait]
impl SearchRebuild for Draft {
    async fn add(&mut self, documents: Vec<SearchDocument>) -> Result<(), SearchError> {
        let making = self.making.as_mut().ok_or(ElasticFault::GivenUp)?;
        making.lock.renew_in_time(&self.shared.client).await?;
        let target = making.generation.writing();
        Ok(bulk::fill(&self.shared.client, &target, documents).await.map_err(removed)?)
    }

    async fn finish(mut self: Box<Self>, position: i64) -> Result<(), SearchError> {
        let client = &self.shared.client;
        let making = self.making.as_mut().ok_or(ElasticFault::GivenUp)?;
        Place::begin(client, &making.generation, position).await.map_err(removed)?;
        refresh(client, &making.generation).await?;
        // Whoever was taken for dead meanwhile must not put an old index before a newer one.
        making.lock.renew(client).await?;
        switch(client, &self.shared.names, &making.generation).await?;
        if let Some(making) = self.making.take() {
            // It answers now. What could not be tidied up goes with the next rebuild, and the lock ends by itself.
            let swept = sweep(client, &self.shared.names).await;
            let released = making.lock.release(client).await;
            for fault in [swept.err(), released.err()].into_iter().flatten() {
                tracing::warn!(error = &fault as &dyn std::error::Error, "something is left of an old search index");
            }
        }
        Ok(())
    }
}

/// Whoever makes an index now has removed what was left of this one.
fn removed(fault: ElasticFault) -> ElasticFault {
    match fault {
        ElasticFault::NoIndex => ElasticFault::Busy,
        fault => fault,
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let Some(making) = self.making.take() else {
            return;
        };
        self.shared.abandoned.left.lock().unwrap_or_else(PoisonError::into_inner).push(making);
        // At the end of the process there is nobody to run it: the next rebuild finds it then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let shared = self.shared.clone();
            runtime.spawn(async move { shared.remove_abandoned().await });
        }
    }
}

impl Shared {
    /// Removes what dropped drafts left.
    async fn remove_abandoned(&self) {
        let _removing = self.abandoned.removing.lock().await;
        loop {
            let next = self.abandoned.left.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(making) = next else {
                return;
            };
            let removed = remove(&self.client, &making.generation.index()).await;
            let released = making.lock.release(&self.client).await;
            for fault in [removed.err(), released.err()].into_iter().flatten() {
                tracing::warn!(error = &fault as &dyn std::error::Error, "a search index that was given up is left");
            }
        }
    }
}

/// Removes all generations but the one that answers. Only for the holder of the lock.
async fn sweep(client: &Client, names: &Names) -> Result<(), ElasticFault> {
    let pattern = names.generations();
    let call = Call {
        method: Method::GET,
        path: &[&pattern, "_alias"],
        parameters: &[],
        body: Body::None,
        within: WRITE_WITHIN,
    };
    let found = match client.ask(call).await {
        Err(ElasticFault::NoIndex) => return Ok(()),
        found => found?,
    };
    let Value::Object(found) = found else {
        return Err(ElasticFault::Answer("a list of indexes that is none"));
    };
    for (index, about) in found {
        let answers = about["aliases"].get(names.alias()).is_some();
        if !answers && names.generation(&index).is_some() {
            remove(client, &index).await?;
        }
    }
    Ok(())
}

/// Makes `generation` the one that answers; at the same instant the one before is gone.
async fn switch(client: &Client, names: &Names, generation: &Generation) -> Result<(), ElasticFault> {
    let mut actions = vec![json!({"add": {"index": generation.index(), "alias": names.alias()}})];
    for before in answering(client, names).await? {
        actions.push(match names.generation(&before) {
            Some(_) => json!({"remove_index": {"index": before}}),
            // Somebody gave our name to an index of theirs.
            None => json!({"remove": {"index": before, "alias": names.alias()}}),
        });
    }
    let call = Call {
        method: Method::POST,
        path: &["_aliases"],
        parameters: &[],
        body: Body::Json(json!({"actions": actions})),
        within: WRITE_WITHIN,
    };
    client.ask(call).await.map(|_| ())
}

/// The indexes that the alias names.
async fn answering(client: &Client, names: &Names) -> Result<Vec<String>, ElasticFault> {
    let call = Call {
        method: Method::GET,
        path: &["_alias", names.alias()],
        parameters: &[],
        body: Body::None,
        within: WRITE_WITHIN,
    };
    let answer = client.send(call).await?;
    match (answer.status, &answer.body) {
        (404, _) => Ok(Vec::new()),
        (200..300, Value::Object(found)) => Ok(found.keys().cloned().collect()),
        (200..300, _) => Err(ElasticFault::Answer("a list of aliases that is none")),
        _ => Err(answer.into_fault()),
    }
}

async fn refresh(client: &Client, generation: &Generation) -> Result<(), ElasticFault> {
    let call = Call {
        method: Method::POST,
        path: &[&generation.index(), "_refresh"],
        parameters: &[],
        body: Body::None,
        within: WRITE_WITHIN,
    };
    client.ask(call).await.map(|_| ())
}

async fn remove(client: &Client, index: &str) -> Result<(), ElasticFault> {
    let call = Call { method: Method::DELETE, path: &[index], parameters: &[], body: Body::None, within: WRITE_WITHIN };
    match client.ask(call).await {
        Ok(_) | Err(ElasticFault::NoIndex) => Ok(()),
        Err(fault) => Err(fault),
    }
}

//! Looking after an index that a group feeds, one process at a time.

use std::{collections::BTreeSet, time::Duration};

use mutoscope_core::{
    db::{
        Db,
        inbox::{self, Unnoted},
        outbox,
    },
    event::VIDEOS_TOPIC,
    id::{EventId, VideoId},
    time::UnixMs,
};
use tokio_util::sync::CancellationToken;

use super::{bring::bring, notes};
use crate::{
    changes::may_concern_search,
    elastic::{ElasticSearch, Standing},
    error::IndexError,
    rebuild::{rebuild_and_say, usable},
    retry::Retry,
    right::Right,
};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What the group has not brought so long after it happened is taken in from the log: Kafka is away, has lost it, or gave it
/// to a process that died.
const BROUGHT_WITHIN: Duration = Duration::from_secs(15);
const BATCH: i64 = 200;

/// Keeps the index's place, and closes the gaps before it.
#[derive(Debug)]
pub struct Watch {
    db: Db,
    search: ElasticSearch,
    right: Right,
    /// The index that answered last, and where the log ended when it was first seen.
    seen: Option<(String, i64)>,
}

impl Watch {
    pub fn new(db: Db, search: ElasticSearch) -> Self {
        Self { db, search, right: Right::new(), seen: None }
    }

    pub async fn run(mut self, stop: CancellationToken) {
        let mut retry = Retry::default();
        while retry.attempt(self.step(), &stop).await {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        self.right.release(&self.db).await;
    }

    async fn step(&mut self) -> Result<(), IndexError> {
        let Some(standing) = usable(self.search.standing().await)? else { return self.rebuild().await };
        // In this order: what went into the index before this one lies before this end.
        let end = outbox::end(&self.db).await?;
        let first_end = self.first_end(&standing, end);
        let position = standing.position();
        if end < position {
            // The database is an older one than the index knows: a backup came back.
            return self.rebuild().await;
        }
        // An idle platform writes nothing: the right is taken only when there is something to do.
        if end == position || !self.right.hold(&self.db).await? {
            return Ok(());
        }
        let next = outbox::after(&self.db, position, 1).await?;
        if next.first().is_some_and(|next| next.position != position + 1) {
            // What is missing was forgotten before this index saw it.
            return self.rebuild().await;
        }
        let mut missing = inbox::unnoted_after(&self.db, &notes(&standing), VIDEOS_TOPIC, position, BATCH).await?;
        let is_all = missing.len() < BATCH as usize;
        let last = missing.last().map_or(end, |last| last.placed.position);
        let refused = self.take_in(&standing, &mut missing, first_end).await?;
        let through = match missing.first() {
            Some(first) => first.placed.position - 1,
            None if is_all => end,
            None => last,
        };
        if through > position {
            self.search.move_on(&standing, through).await?;
        }
        refused.map_or(Ok(()), Err)
    }

    /// Takes in those of `missing` that nobody will bring, and leaves the others in it; returns the first refusal.
    async fn take_in(
        &self,
        standing: &Standing,
        missing: &mut Vec<Unnoted>,
        first_end: i64,
    ) -> Result<Option<IndexError>, IndexError> {
        let now = UnixMs::now();
        let is_due =
            |event: &Unnoted| event.placed.position <= first_end || event.occurred_at.plus(BROUGHT_WITHIN) < now;
        let due: Vec<&Unnoted> = missing.iter().filter(|event| is_due(event)).collect();
        if due.is_empty() {
            return Ok(None);
        }
        let concerned = due.iter().filter(|event| may_concern_search(&event.placed.event));
        let videos: BTreeSet<VideoId> = concerned.map(|event| event.placed.video_id).collect();
        let refused = bring(&self.db, &self.search, standing, &videos).await?;
        let is_refused = |event: &Unnoted| refused.iter().any(|(video, _)| *video == event.placed.video_id);
        let taken: BTreeSet<EventId> =
            due.into_iter().filter(|event| !is_refused(event)).map(|event| event.id).collect();
        let ids: Vec<EventId> = taken.iter().copied().collect();
        inbox::note(&self.db, &notes(standing), &ids).await?;
        tracing::info!(events = ids.len(), "events were taken into the search index from the log");
        missing.retain(|event| !taken.contains(&event.id));
        Ok(refused.into_iter().next().map(|(_, error)| error))
    }

    /// Where the log ended when this index was first seen to answer.
    fn first_end(&mut self, standing: &Standing, end: i64) -> i64 {
        let index = standing.index();
        match &self.seen {
            Some((seen, first_end)) if *seen == index => *first_end,
            _ => {
                self.seen = Some((index, end));
                end
            }
        }
    }

    async fn rebuild(&self) -> Result<(), IndexError> {
        if self.right.hold(&self.db).await? { rebuild_and_say(&self.db, &self.search).await } else { Ok(()) }
    }
}

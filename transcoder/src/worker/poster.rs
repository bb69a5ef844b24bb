//! Taking a film's poster: with its plan, and once more in a job of its own where its object was lost.

use std::sync::Arc;

use mutoscope_core::{
    db::{DbError, jobs::Claim, plans},
    id::PlanId,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Worker, error::JobError, parse_plan, source::MezzanineSource};
use crate::{
    error::{MediaError, MediaErrorKind},
    jail::MediaProcess,
    publish::{PublishError, Publisher},
};

impl Worker {
    pub(super) async fn remake_poster(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let stored = plans::get(&self.db, plan_id).await?.ok_or(DbError::NotFound("the plan"))?;
        let publisher = self.publisher(claim, plan_id, parse_plan(&stored.body)?, stored.hash);
        if !publisher.plan.has_poster() {
            return Ok(());
        }
        let source = MezzanineSource::open(&self.db, &self.store, claim.video_id).await?;
        let (made, published) = self.make_poster(&self.urgent_media, publisher, Arc::clone(&source), cancel).await;
        published?;
        made.map_err(|error| match source.take_fault() {
            Some(fault) if error.kind() == MediaErrorKind::Retryable => JobError::Source(fault),
            _ => JobError::Media(error),
        })
    }

    /// A film without a poster plays all the same: only a lost lease or a stop is an error here.
    pub(super) async fn take_poster(
        &self,
        publisher: Publisher,
        source: Arc<MezzanineSource>,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        if !publisher.plan.has_poster() {
            return Ok(());
        }
        let video_id = publisher.claim.video_id;
        let (made, published) = self.make_poster(&self.media, publisher, source, cancel.clone()).await;
        match published.map_err(JobError::from).and(made.map_err(JobError::from)) {
            Err(JobError::Lost) => Err(JobError::Lost),
            Err(error) if cancel.is_cancelled() => Err(error),
            Err(error) => {
                tracing::warn!(
                    video.id = %video_id,
                    error = &error as &dyn std::error::Error,
                    "the film has no poster"
                );
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn make_poster(
        &self,
        media: &MediaProcess,
        publisher: Publisher,
        source: Arc<MezzanineSource>,
        cancel: CancellationToken,
    ) -> (Result<(), MediaError>, Result<(), PublishError>) {
        let plan = Arc::clone(&publisher.plan);
        let (sink, outputs) = mpsc::channel(2);
        let (made, published) =
            tokio::join!(media.poster(source, &plan, &self.settings.limits, sink, cancel), publisher.run(outputs),);
        (made, published.map(drop))
    }
}

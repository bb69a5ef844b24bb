//! Taking a film's posters, its plan's own and the one that the owner chose: with its plan, and in a job of its own where
//! the owner chooses another or an object was lost.

use std::sync::Arc;

use mutoscope_core::{
    db::{DbError, jobs::Claim, plans, segments, videos},
    id::PlanId,
    media::SidecarName,
    store::StorageKey,
    video::Beside,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Worker,
    error::JobError,
    lay::owner_warning,
    outcome::{Verdict, missing, verdict},
    parse_plan,
    source::MezzanineSource,
};
use crate::{
    error::MediaErrorKind,
    jail::MediaProcess,
    plan::{EncodePlan, PosterPlan},
    publish::{POSTER, Publisher},
};

impl Worker {
    pub(super) async fn remake_poster(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let stored = plans::get(&self.db, plan_id.of(claim.video_id)).await?.ok_or(DbError::NotFound("the plan"))?;
        let publisher = self.publisher(claim, plan_id, parse_plan(&stored.body)?, stored.hash);
        let source = MezzanineSource::open(&self.db, &self.store, claim.video_id).await?;
        self.make_posters(&self.urgent_media, publisher, &source, cancel).await
    }

    /// A film without a poster plays all the same, and its owner is told: only a lost lease, a stop, or a service that is
    /// away is an error here.
    pub(super) async fn take_poster(
        &self,
        publisher: Publisher,
        source: Arc<MezzanineSource>,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let claim = publisher.claim.clone();
        let video_id = claim.video_id;
        match self.make_posters(&self.media, publisher, &source, cancel.clone()).await {
            Err(JobError::Lost) => Err(JobError::Lost),
            Err(error) if cancel.is_cancelled() => Err(error),
            // A storage that is full or away for a while is no reason to go without: the job is handed back, and comes again.
            Err(error) if matches!(verdict(&error, &claim.work, claim.attempts), Verdict::HandBack(_)) => Err(error),
            Err(error) => {
                tracing::warn!(
                    video.id = %video_id,
                    error = &error as &dyn std::error::Error,
                    "the film has no poster"
                );
                plans::warn(&self.db, &claim, &[owner_warning(missing(Beside::Poster))]).await?;
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Makes those that are not there.
    async fn make_posters(
        &self,
        media: &MediaProcess,
        mut publisher: Publisher,
        source: &Arc<MezzanineSource>,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        if !publisher.plan.has_poster() {
            return Ok(());
        }
        if segments::sidecar(&self.db, publisher.plan_key(), POSTER).await?.is_none() {
            let plan = Arc::clone(&publisher.plan);
            self.make_poster(media, &publisher, &plan, source, cancel.clone()).await?;
        }
        let chosen = videos::chosen_poster(&self.db, publisher.claim.video_id).await?;
        let Some((at_ms, planned)) = chosen.zip(publisher.plan.poster.clone()) else {
            return self.remove_others(&publisher).await;
        };
        let name = SidecarName::ChosenPoster(at_ms);
        if segments::sidecar(&self.db, publisher.plan_key(), &name.file()).await?.is_none() {
            publisher.chosen_poster = Some(at_ms);
            let poster = Some(PosterPlan { candidates_ms: vec![at_ms], exact: true, ..planned });
            let plan = EncodePlan { poster, ..EncodePlan::clone(&publisher.plan) };
            self.make_poster(media, &publisher, &plan, source, cancel).await?;
        }
        self.remove_others(&publisher).await
    }

    /// One chosen poster is kept: owners may choose as often as they like.
    async fn remove_others(&self, publisher: &Publisher) -> Result<(), JobError> {
        let Publisher { claim, plan_id, plan_hash, .. } = publisher;
        for name in segments::forget_other_posters(&self.db, claim, *plan_id).await? {
            let key = StorageKey::Sidecar { video_id: claim.video_id, plan_hash: plan_hash.clone(), name };
            if let Err(error) = self.store.delete(&key).await {
                tracing::warn!(
                    video.id = %claim.video_id,
                    error = &error as &dyn std::error::Error,
                    "a poster that is not shown any more stays until its film goes"
                );
            }
        }
        Ok(())
    }

    async fn make_poster(
        &self,
        media: &MediaProcess,
        publisher: &Publisher,
        plan: &EncodePlan,
        source: &Arc<MezzanineSource>,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let (sink, outputs) = mpsc::channel(2);
        let limits = &self.settings.limits;
        let (made, published) =
            tokio::join!(media.poster(Arc::clone(source) as _, plan, limits, sink, cancel), publisher.run(outputs));
        published?;
        made.map_err(|error| match source.take_fault() {
            Some(fault) if error.kind() == MediaErrorKind::Retryable => JobError::Source(fault),
            _ => JobError::Media(error),
        })
    }
}

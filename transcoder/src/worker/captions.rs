//! Making a film's captions: a job of its own, as it may read the whole film once, which nobody who watches must wait for.

use mutoscope_core::{
    db::{DbError, jobs::Claim, plans, segments},
    id::PlanId,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Worker, error::JobError, lay::owner_warning, parse_plan, source::MezzanineSource};
use crate::error::MediaErrorKind;

impl Worker {
    pub(super) async fn make_captions(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let stored = plans::get(&self.db, plan_id.of(claim.video_id)).await?.ok_or(DbError::NotFound("the plan"))?;
        let publisher = self.publisher(claim, plan_id, parse_plan(&stored.body)?, stored.hash);
        let plan = publisher.plan.clone();
        let mut missing = 0;
        for caption in &plan.captions {
            let made = segments::sidecar(&self.db, publisher.plan_key(), caption.name.as_str()).await?;
            missing += usize::from(made.is_none());
        }
        if missing == 0 {
            return Ok(());
        }
        let source = MezzanineSource::open(&self.db, &self.store, claim.video_id).await?;
        let (sink, outputs) = mpsc::channel(2);
        let limits = &self.settings.limits;
        let (made, published) =
            tokio::join!(self.media.captions(source.clone(), &plan, limits, sink, cancel), publisher.run(outputs),);
        published?;
        let warnings = made.map_err(|error| match source.take_fault() {
            Some(fault) if error.kind() == MediaErrorKind::Retryable => JobError::Source(fault),
            _ => JobError::Media(error),
        })?;
        let warnings: Vec<_> = warnings.into_iter().map(owner_warning).collect();
        plans::warn(&self.db, claim, &warnings).await?;
        Ok(())
    }
}

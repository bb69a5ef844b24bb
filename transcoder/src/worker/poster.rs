//! A poster job: the poster of a plan is taken once more, since its object was lost.

use std::sync::Arc;

use mutoscope_core::{
    db::{DbError, jobs::Claim, plans},
    id::PlanId,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Worker, error::JobError, parse_plan, source::MezzanineSource};
use crate::{error::MediaErrorKind, publish::Publisher};

impl Worker {
    pub(super) async fn remake_poster(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let stored = plans::get(&self.db, plan_id).await?.ok_or(DbError::NotFound("the plan"))?;
        let plan = Arc::new(parse_plan(&stored.body)?);
        if plan.poster.is_none() {
            return Ok(());
        }
        let source = MezzanineSource::open(&self.db, &self.store, claim.video_id).await?;
        let publisher = Publisher {
            db: self.db.clone(),
            store: self.store.clone(),
            bells: Arc::clone(&self.bells),
            claim: claim.clone(),
            plan_id,
            plan: Arc::clone(&plan),
            plan_hash: stored.hash,
        };
        let (sink, outputs) = mpsc::channel(2);
        let (made, published) = tokio::join!(
            self.urgent_media.poster(source.clone(), &plan, &self.settings.limits, sink, cancel),
            publisher.run(outputs),
        );
        published?;
        made.map_err(|error| match source.take_fault() {
            Some(fault) if error.kind() == MediaErrorKind::Retryable => JobError::Source(fault),
            _ => JobError::Media(error),
        })
    }
}

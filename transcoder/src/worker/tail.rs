//! A film that stops decoding well before its end is planned once more, ending there, and its owner is told.

use std::sync::Arc;

use mutoscope_core::{
    db::{jobs::Claim, plans},
    id::VideoId,
};
use tokio_util::sync::CancellationToken;

use super::{Worker, error::JobError, parse_plan, source::MezzanineSource};
use crate::plan::EncodePlan;

impl Worker {
    /// Where the plan that the film plays by ends it. What was found out about a mezzanine stays true.
    pub(super) async fn known_end(&self, video_id: VideoId) -> Result<Option<u64>, JobError> {
        let Some(stored) = plans::current(&self.db, video_id).await? else { return Ok(None) };
        // A plan that another build wrote may have another form; then the end is found again.
        Ok(parse_plan(&stored.body).ok().and_then(|plan| plan.source.end_at_us))
    }

    /// Where the film stops decoding; `None` where it does not, or where its plan already ends there. A film whose end
    /// cannot be looked at plays all the same: only a stop is an error here.
    pub(super) async fn find_end(
        &self,
        claim: &Claim,
        plan: &EncodePlan,
        source: &Arc<MezzanineSource>,
        cancel: &CancellationToken,
    ) -> Result<Option<u64>, JobError> {
        if plan.source.end_at_us.is_some() {
            return Ok(None);
        }
        let found = self.media.find_end(source.clone(), plan, &self.settings.limits, cancel.clone()).await;
        match found {
            Err(error) if cancel.is_cancelled() => Err(error.into()),
            Err(error) => {
                tracing::warn!(
                    video.id = %claim.video_id,
                    error = &error as &dyn std::error::Error,
                    "the film's end was not looked at"
                );
                Ok(None)
            }
            Ok(end_us) => Ok(end_us),
        }
    }
}

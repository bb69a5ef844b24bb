//! A film of which a carried stream turned out not to be fit is planned again, with every rendition encoded.

use mutoscope_core::{db::jobs, id::VideoId};

use super::{Worker, error::JobError};
use crate::{error::MediaErrorCode, plan::CarryOver};

impl Worker {
    /// Whether this film's streams may still be carried over. What was found out about a mezzanine stays true.
    pub(super) async fn carry_over(&self, video_id: VideoId) -> Result<CarryOver, JobError> {
        let refused = jobs::has_ended_with(&self.db, video_id, MediaErrorCode::CarryRefused.as_str()).await?;
        Ok(if refused { CarryOver::GivenUp } else { self.settings.plan.carry_over })
    }
}

//! A sidecars job: the records of a complete plan become its storyboard, scene cuts and loudness.

use bytes::Bytes;
use mutoscope_core::{
    db::{
        DbError,
        jobs::Claim,
        plans,
        remake::{self, Lost},
        segments,
    },
    id::PlanId,
    media::RenditionName,
    store::{StorageKey, StoreError},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Worker, error::JobError, parse_plan};
use crate::{
    error::MediaErrorCode,
    package::check::Checked,
    publish::Publisher,
    record::merge::{Merge, Merged},
};

/// Sheets between the media process and the publisher.
const IN_FLIGHT: usize = 2;

impl Worker {
    pub(super) async fn make_sidecars(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let stored = plans::get(&self.db, plan_id.of(claim.video_id)).await?.ok_or(DbError::NotFound("the plan"))?;
        let publisher = self.publisher(claim, plan_id, parse_plan(&stored.body)?, stored.hash);
        if publisher.plan.record.is_none() {
            return Ok(());
        }
        let merged = tokio::select! {
            merged = self.merge_records(&publisher) => merged?,
            () = cancel.cancelled() => return Err(JobError::Media(MediaErrorCode::Cancelled.into())),
        };
        if !merged.thumbnails.is_empty() {
            let (sink, outputs) = mpsc::channel(IN_FLIGHT);
            let limits = &self.settings.limits;
            let (made, published) = tokio::join!(
                self.media.sheets(merged.thumbnails, &publisher.plan, limits, sink, cancel),
                publisher.run(outputs),
            );
            published?;
            made?;
        }
        if let Some(loudness) = merged.loudness {
            let (lufs, peak) = (loudness.integrated_lufs_hundredths, loudness.true_peak_dbfs_hundredths);
            plans::set_loudness(&self.db, claim, plan_id, lufs, peak).await?;
        }
        // What names the sheets comes after them.
        let files = merged.files.into_iter().map(|(name, bytes)| Checked::sidecar(name, bytes));
        publisher.store_and_record(files.collect()).await?;
        Ok(())
    }

    async fn merge_records(&self, publisher: &Publisher) -> Result<Merged, JobError> {
        let internal = |_| JobError::Media(MediaErrorCode::Internal.into());
        let mut merge = Merge::new(&publisher.plan);
        while let Some(index) = merge.wants() {
            let bytes = self.read_record(publisher, index).await?;
            merge.push(&bytes).map_err(internal)?;
        }
        merge.finish().map_err(internal)
    }

    /// A record as it was stored. One that was lost is made again, and this job is tried again after that.
    async fn read_record(&self, publisher: &Publisher, number: u32) -> Result<Bytes, JobError> {
        let (plan, video_id) = (publisher.plan_key(), publisher.claim.video_id);
        let rendition = RenditionName::record();
        let made = segments::segment(&self.db, plan, rendition.as_str(), number).await?;
        let made = made.ok_or(JobError::Source(StoreError::NotFound))?;
        let key = StorageKey::Record { video_id, plan_hash: publisher.plan_hash.clone(), number };
        match self.store.get_checked(&key, &made.sha256).await {
            Err(error @ (StoreError::NotFound | StoreError::Altered)) => {
                let lost = Lost::Segment { rendition: rendition.as_str(), number };
                remake::forget(&self.db, plan, lost, &made.sha256).await?;
                Err(JobError::Source(error))
            }
            other => other.map_err(JobError::Source),
        }
    }
}

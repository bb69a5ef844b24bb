//! From the media process into the store: each output is checked, its object is put, then its row is written under
//! the job's lease. Nobody sees a segment before all three are done.

use std::{collections::BTreeSet, sync::Arc};

use futures::future::try_join_all;
use mutoscope_core::{
    crash::{self, Point},
    db::{
        Db, DbError,
        jobs::Claim,
        segments::{self, Made, NewlyMade},
    },
    id::{PlanId, PlanKey},
    media::{RenditionName, SidecarName},
    store::{MediaStore, StorageKey, StoreError},
};
use tokio::sync::mpsc;

use crate::{
    demand::Bells,
    error::MediaWarning,
    package::check::{CheckError, Checked, Gate},
    plan::EncodePlan,
    span::MediaOutput,
};

/// How the poster is called among the sidecars.
pub(crate) const POSTER: &str = "poster";

/// Outputs that go through in one transaction.
const BATCH: usize = 16;

/// Why an output could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// It is not as planned; nothing of it was stored.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The store refused it.
    #[error("the object could not be stored")]
    Store(#[from] StoreError),
    /// The database refused it.
    #[error("the row could not be written")]
    Db(#[from] DbError),
}

/// Publishes what is made under one claim.
#[derive(Debug)]
pub struct Publisher {
    pub db: Db,
    pub store: MediaStore,
    pub bells: Arc<Bells>,
    pub claim: Claim,
    pub plan_id: PlanId,
    pub plan: Arc<EncodePlan>,
    pub plan_hash: String,
    /// Posters are of this instant, which the owner chose, and not the plan's own.
    pub chosen_poster: Option<u64>,
}

/// What went through.
#[derive(Debug, Default)]
pub struct Published {
    /// Media segments.
    pub segments: u64,
    /// What the media process had to say.
    pub warnings: Vec<MediaWarning>,
}

impl Publisher {
    /// What the rows of its plan are found by.
    pub(crate) const fn plan_key(&self) -> PlanKey {
        self.plan_id.of(self.claim.video_id)
    }

    /// Publishes everything that comes, until the sender is gone. On an error the receiver is dropped, which ends the
    /// media process.
    pub async fn run(&self, mut outputs: mpsc::Receiver<MediaOutput>) -> Result<Published, PublishError> {
        let mut published = Published::default();
        let mut gate = Gate::new(Arc::clone(&self.plan));
        let recorded = segments::inits(&self.db, self.plan_key()).await?;
        let mut batch = Vec::with_capacity(BATCH);
        while outputs.recv_many(&mut batch, BATCH).await > 0 {
            let mut checked = Vec::new();
            for output in batch.drain(..) {
                if let MediaOutput::Warning(warning) = output {
                    published.warnings.push(warning);
                    continue;
                }
                if let MediaOutput::Progress(progress) = &output
                    && (1..progress.frames_planned).contains(&progress.frames_done)
                {
                    crash::reached(Point::MidSegment);
                }
                let output = gate.check(output).await?.map(|output| self.named(output));
                checked.extend(output.filter(|output| !is_recorded(output, &recorded)));
            }
            published.segments += self.store_and_record(checked).await?;
        }
        Ok(published)
    }

    fn named(&self, output: Checked) -> Checked {
        match (output, self.chosen_poster) {
            (Checked::Poster { sha256, bytes }, Some(at_ms)) => {
                Checked::Sidecar { name: SidecarName::ChosenPoster(at_ms), sha256, bytes }
            }
            (output, _) => output,
        }
    }

    /// Objects first, then the rows that name them. Returns the number of media segments.
    pub(crate) async fn store_and_record(&self, checked: Vec<Checked>) -> Result<u64, PublishError> {
        if checked.is_empty() {
            return Ok(0);
        }
        for item in &checked {
            tracing::debug!(video.id = %self.claim.video_id, item = %item, "a part of a film came whole");
        }
        let puts = checked.iter().map(|item| async move {
            let key = self.key(item);
            self.store.put(&key, item.bytes().clone()).await
        });
        try_join_all(puts).await?;
        crash::reached(Point::SegmentPut);
        let rows: Vec<NewlyMade> = checked.into_iter().map(row).collect();
        let segments = rows.iter().filter(|row| matches!(row, NewlyMade::Segment { .. })).count();
        let recorded = segments::record(&self.db, &self.claim, self.plan_id, &rows).await?;
        if let Some(after) = recorded.playable_after {
            metrics::histogram!("mutoscope_time_to_playable_seconds").record(after);
        }
        for name in &recorded.differing {
            tracing::error!(
                video.id = %self.claim.video_id,
                plan.id = %self.plan_id,
                segment = %name,
                "a segment was made again with other bytes"
            );
        }
        self.bells.ring_made();
        Ok(segments as u64)
    }

    fn key(&self, item: &Checked) -> StorageKey {
        let video_id = self.claim.video_id;
        let plan_hash = self.plan_hash.clone();
        match item {
            Checked::Init { rendition, .. } => {
                StorageKey::Init { video_id, plan_hash, rendition: rendition.to_string() }
            }
            Checked::Segment { rendition, index, .. } => {
                StorageKey::Segment { video_id, plan_hash, rendition: rendition.to_string(), number: *index }
            }
            Checked::Record { index, .. } => StorageKey::Record { video_id, plan_hash, number: *index },
            Checked::Sidecar { name, .. } => StorageKey::Sidecar { video_id, plan_hash, name: *name },
            Checked::Poster { .. } => StorageKey::Poster { video_id, plan_hash },
            Checked::Captions { rendition, .. } => {
                StorageKey::Captions { video_id, plan_hash, rendition: rendition.to_string() }
            }
        }
    }
}

/// Every span brings every init segment; the first one counts.
fn is_recorded(output: &Checked, inits: &BTreeSet<String>) -> bool {
    matches!(output, Checked::Init { rendition, .. } if inits.contains(rendition.as_str()))
}

fn row(checked: Checked) -> NewlyMade {
    let size_bytes = i64::try_from(checked.bytes().len()).unwrap_or(i64::MAX);
    match checked {
        Checked::Init { rendition, sha256, .. } => {
            NewlyMade::Init { rendition: rendition.into(), made: Made { sha256, size_bytes } }
        }
        Checked::Segment { rendition, index, duration_us, sha256, .. } => NewlyMade::Segment {
            rendition: rendition.into(),
            number: index,
            duration_us: i64::try_from(duration_us).unwrap_or(i64::MAX),
            made: Made { sha256, size_bytes },
        },
        Checked::Record { index, duration_us, sha256, .. } => NewlyMade::Segment {
            rendition: RenditionName::record().into(),
            number: index,
            duration_us: i64::try_from(duration_us).unwrap_or(i64::MAX),
            made: Made { sha256, size_bytes },
        },
        Checked::Sidecar { name, sha256, .. } => {
            NewlyMade::Sidecar { name: name.file(), made: Made { sha256, size_bytes } }
        }
        Checked::Poster { sha256, .. } => {
            NewlyMade::Sidecar { name: POSTER.to_owned(), made: Made { sha256, size_bytes } }
        }
        Checked::Captions { rendition, sha256, .. } => {
            NewlyMade::Sidecar { name: rendition.into(), made: Made { sha256, size_bytes } }
        }
    }
}

//! A span job: have what is missing of it made, first what a viewer waits for, and publish each segment as it comes.

use std::{collections::BTreeSet, convert::Infallible, ops::Range, sync::Arc, time::Duration};

use mutoscope_core::{
    db::{
        DbError,
        jobs::{self, Claim, Demanded},
        plans, segments,
    },
    id::PlanId,
    media::RenditionName,
};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    Extent, Performed, Worker,
    error::JobError,
    lay::owner_warning,
    parse_plan,
    source::MezzanineSource,
    spans::{Missing, requests_for},
};
use crate::{
    error::MediaErrorKind, jail::MediaProcess, package, plan::EncodePlan, publish::Publisher, span::SpanRequest,
};

/// Outputs between the media process and the publisher; each is at most a few megabytes.
const IN_FLIGHT: usize = 8;

/// How often a job looks whether a viewer waits for a part of it.
const LOOK_EVERY: Duration = Duration::from_millis(700);

/// One span in the making.
struct Making<'a> {
    worker: &'a Worker,
    publisher: Publisher,
    source: Arc<MezzanineSource>,
    span: Range<u32>,
    cancel: CancellationToken,
}

impl Worker {
    pub(super) async fn make_span(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        span: Range<u32>,
        extent: Extent,
        cancel: CancellationToken,
    ) -> Result<Performed, JobError> {
        let stored = plans::get(&self.db, plan_id.of(claim.video_id)).await?.ok_or(DbError::NotFound("the plan"))?;
        let source = MezzanineSource::open(&self.db, &self.store, claim.video_id).await?;
        let publisher = self.publisher(claim, plan_id, parse_plan(&stored.body)?, stored.hash);
        let making = Making { worker: self, publisher, source, span, cancel };
        if let Some(demanded) = &claim.demanded {
            let urgent = demanded_of(making.missing().await?, demanded);
            making.make(&urgent, &self.urgent_media).await?;
        }
        let missing = making.missing().await?;
        if extent == Extent::Demanded && !missing.is_empty() {
            return Ok(Performed::InPart);
        }
        tokio::select! {
            made = making.make(&missing, &self.media) => made?,
            Err(error) = making.serve_viewers() => return Err(error),
        }
        match making.missing().await?.values().map(|segments| segments.len()).sum() {
            0 => Ok(Performed::Whole),
            count => Err(JobError::Incomplete(count)),
        }
    }
}

impl Making<'_> {
    async fn make(&self, missing: &Missing, media: &MediaProcess) -> Result<(), JobError> {
        for request in requests_for(missing) {
            self.make_one(request, media).await?;
        }
        Ok(())
    }

    /// While the span is made in order: what a viewer waits for far down in it is made beside that. Never ends well.
    async fn serve_viewers(&self) -> Result<Infallible, JobError> {
        let mut seen = None;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let demanded = jobs::demanded(&self.worker.db, &self.publisher.claim).await?;
            // Seen twice: what comes in a moment anyway is not made beside.
            if let Some(demanded) = demanded.as_ref().filter(|demanded| seen.as_ref() == Some(*demanded)) {
                let missing = self.missing().await?;
                let waits = missing.iter().any(|(name, segments)| {
                    name.as_str() == demanded.rendition && segments.contains(&demanded.segment)
                });
                if waits {
                    self.make(&demanded_of(missing, demanded), &self.worker.urgent_media).await?;
                }
            }
            seen = demanded;
        }
    }

    /// One run of a media process. A fault of the publisher ends it and is the one that counts.
    async fn make_one(&self, request: SpanRequest, media: &MediaProcess) -> Result<(), JobError> {
        let (sink, outputs) = mpsc::channel(IN_FLIGHT);
        let segments = request.segments.clone();
        let length_us = length_of_all(&self.publisher.plan, &request);
        let began = Instant::now();
        let limits = &self.worker.settings.limits;
        let plan = &self.publisher.plan;
        let (made, published) = tokio::join!(
            media.make(self.source.clone(), plan, limits, request, sink, self.cancel.clone()),
            self.publisher.run(outputs),
        );
        let published = published?;
        let record = made.map_err(|error| match self.source.take_fault() {
            Some(fault) if error.kind() == MediaErrorKind::Retryable => JobError::Source(fault),
            _ => JobError::Media(error),
        })?;
        if let Some(length_us) = length_us {
            let speed = Duration::from_micros(length_us).as_secs_f64() / began.elapsed().as_secs_f64().max(0.001);
            metrics::histogram!("mutoscope_encode_speed_ratio").record(speed);
        }
        tracing::debug!(
            video.id = %self.publisher.claim.video_id,
            first = segments.start,
            end = segments.end,
            made = published.segments,
            cpu_ms = record.cpu_ms,
            "segments made"
        );
        let warnings = published.warnings.into_iter().chain(record.warnings).map(owner_warning);
        let warnings: Vec<_> = warnings.collect();
        plans::warn(&self.worker.db, &self.publisher.claim, &warnings).await?;
        Ok(())
    }

    /// What of the span is planned and not there; nothing for renditions that lack nothing.
    async fn missing(&self) -> Result<Missing, DbError> {
        let made =
            segments::made_between(&self.worker.db, self.publisher.plan_key(), self.span.start, self.span.end).await?;
        let plan: &EncodePlan = &self.publisher.plan;
        let mut missing = Missing::new();
        for (name, planned) in package::work_planned(plan) {
            let lacks: BTreeSet<u32> = planned
                .into_iter()
                .filter(|index| self.span.contains(index))
                .filter(|index| !made.contains(&(name.to_string(), *index)))
                .collect();
            if !lacks.is_empty() {
                missing.insert(name, lacks);
            }
        }
        Ok(missing)
    }
}

/// The length of film that the request makes, in microseconds; `None` where it leaves renditions out, which would look like
/// greater speed.
fn length_of_all(plan: &EncodePlan, request: &SpanRequest) -> Option<u64> {
    let is_all = plan.renditions.iter().all(|rendition| request.renditions.includes(rendition.name()));
    let (start, end) = (plan.grid.start_us(request.segments.start)?, plan.grid.start_us(request.segments.end)?);
    is_all.then_some(end - start)
}

/// What a viewer waits for and is going to want next: this rendition from this segment on, and all sound with it but
/// for surround, which few listen to. Records are for later.
fn demanded_of(mut missing: Missing, demanded: &Demanded) -> Missing {
    missing.retain(|name, segments| {
        segments.retain(|index| *index >= demanded.segment);
        let goes_along = !name.is_video() && !name.is_surround() && *name != RenditionName::record();
        name.as_str() == demanded.rendition || goes_along
    });
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_gets_the_rendition_they_wait_for_and_the_sound_from_there_on() {
        let (tall, small, sound) =
            (RenditionName::video(720), RenditionName::video(240), RenditionName::audio(None, 1));
        let all = BTreeSet::from([4, 5, 6, 7]);
        let record = (RenditionName::record(), all.clone());
        let missing = Missing::from([(tall, all.clone()), (small.clone(), all.clone()), (sound.clone(), all), record]);
        let demanded = Demanded { segment: 6, rendition: "video-240".to_owned() };
        let rest = BTreeSet::from([6, 7]);
        assert_eq!(demanded_of(missing, &demanded), Missing::from([(small, rest.clone()), (sound, rest)]));
    }
}

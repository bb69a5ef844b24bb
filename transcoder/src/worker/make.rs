//! A span job: have its missing segments made, those that a viewer waits for first, and publish each as it comes.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use mutoscope_core::{
    db::{DbError, jobs::Claim, plans, segments},
    id::PlanId,
    media::RenditionName,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Worker, error::JobError, lay::owner_warning, parse_plan, source::MezzanineSource};
use crate::{
    error::MediaErrorKind,
    package,
    plan::EncodePlan,
    publish::Publisher,
    span::{RenditionChoice, SpanRequest},
};

/// Outputs between the media process and the publisher; each is at most a few megabytes.
const IN_FLIGHT: usize = 8;

impl Worker {
    pub(super) async fn make_span(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        span: Range<u32>,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        let stored = plans::get(&self.db, plan_id).await?.ok_or(DbError::NotFound("the plan"))?;
        let plan = Arc::new(parse_plan(&stored.body)?);
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
        for part in in_order(&span, claim.demanded) {
            let missing = self.missing(plan_id, &plan, &part).await?;
            if let Some(request) = request_for(&missing) {
                self.make(&publisher, &source, request, &cancel).await?;
            }
        }
        match self.missing(plan_id, &plan, &span).await?.len() {
            0 => Ok(()),
            count => Err(JobError::Incomplete(count)),
        }
    }

    /// One run of a media process. A fault of the publisher ends it and is the one that counts.
    async fn make(
        &self,
        publisher: &Publisher,
        source: &Arc<MezzanineSource>,
        request: SpanRequest,
        cancel: &CancellationToken,
    ) -> Result<(), JobError> {
        let (sink, outputs) = mpsc::channel(IN_FLIGHT);
        let segments = request.segments.clone();
        let (made, published) = tokio::join!(
            self.media.make(
                source.clone(),
                &publisher.plan,
                &self.settings.limits,
                request,
                sink,
                cancel.clone(),
            ),
            publisher.run(outputs),
        );
        let published = published?;
        let record = made.map_err(|error| match source.take_fault() {
            Some(fault) if error.kind() == MediaErrorKind::Retryable => JobError::Source(fault),
            _ => JobError::Media(error),
        })?;
        tracing::debug!(
            video.id = %publisher.claim.video_id,
            first = segments.start,
            end = segments.end,
            made = published.segments,
            cpu_ms = record.cpu_ms,
            "span made"
        );
        let warnings = published.warnings.into_iter().chain(record.warnings).map(owner_warning);
        let warnings: Vec<_> = warnings.collect();
        plans::warn(&self.db, &publisher.claim, &warnings).await?;
        Ok(())
    }

    /// What of these segments is planned and not there.
    async fn missing(
        &self,
        plan_id: PlanId,
        plan: &EncodePlan,
        span: &Range<u32>,
    ) -> Result<BTreeSet<(u32, RenditionName)>, DbError> {
        let made = segments::made_between(&self.db, plan_id, span.start, span.end).await?;
        let planned = plan.renditions.iter().flat_map(|rendition| {
            package::segments(plan, rendition).map(|(index, _)| (index, rendition.name().clone()))
        });
        let missing = planned
            .filter(|(index, _)| span.contains(index))
            .filter(|(index, name)| !made.contains(&(name.to_string(), *index)));
        Ok(missing.collect())
    }
}

/// What a viewer waits for comes first, then what they will want next, then the rest.
fn in_order(span: &Range<u32>, demanded: Option<u32>) -> Vec<Range<u32>> {
    match demanded {
        Some(first) if span.contains(&first) && first > span.start => vec![first..span.end, span.start..first],
        _ => vec![span.clone()],
    }
}

/// The smallest run that holds all of these.
fn request_for(missing: &BTreeSet<(u32, RenditionName)>) -> Option<SpanRequest> {
    let first = missing.first()?.0;
    let last = missing.last()?.0;
    let names = missing.iter().map(|(_, name)| name.clone()).collect();
    Some(SpanRequest { segments: first..last + 1, renditions: RenditionChoice::Only(names) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_segment_that_a_viewer_waits_for_is_made_first() {
        assert_eq!(in_order(&(4..8), Some(6)), [6..8, 4..6]);
        assert_eq!(in_order(&(4..8), Some(4)), [4..8]);
        assert_eq!(in_order(&(4..8), Some(9)), [4..8]);
        assert_eq!(in_order(&(4..8), None), [4..8]);
    }

    #[test]
    fn a_request_holds_what_is_missing_and_no_rendition_that_is_whole() {
        let name = RenditionName::video(240);
        let missing = [(3, name.clone()), (5, name.clone())].into_iter().collect();
        let request = request_for(&missing).expect("something is missing");
        assert_eq!(request.segments, 3..6);
        assert_eq!(request.renditions, RenditionChoice::Only([name].into_iter().collect()));
        assert_eq!(request_for(&BTreeSet::new()), None);
    }
}

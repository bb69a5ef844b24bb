//! A plan job: probe the mezzanine, lay the plan, take the poster.

use std::sync::Arc;

use mutoscope_core::{
    db::{
        jobs::Claim,
        plans::{self, NewPlan},
    },
    id::PlanId,
    video::Warning,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Worker, error::JobError, source::MezzanineSource, spans_of};
use crate::{
    error::{MediaError, MediaErrorCode, MediaWarning},
    package::segments_planned,
    plan::{EncodePlan, PlanSettings, plan_warnings},
    probe::ProbeReport,
    publish::Publisher,
};

impl Worker {
    pub(super) async fn lay_plan(&self, claim: &Claim, cancel: CancellationToken) -> Result<(), JobError> {
        let source = MezzanineSource::open(&self.db, &self.store, claim.video_id).await?;
        let limits = &self.settings.limits;
        let report = self.media.probe(source.clone(), limits, cancel.clone()).await;
        let report = report.map_err(|error| source.take_fault().map_or(JobError::Media(error), JobError::Source))?;
        let settings = PlanSettings {
            end_at_us: self.known_end(claim.video_id).await?,
            carry_over: self.carry_over(claim.video_id).await?,
            ..self.settings.plan.clone()
        };
        let (mut plan, mut stored) = self.store_plan(claim, &report, &settings).await?;
        if let Some(end_us) = self.find_end(claim, &plan, &source, &cancel).await? {
            tracing::info!(video.id = %claim.video_id, end_us, "the film stops decoding; it is planned again");
            let settings = PlanSettings { end_at_us: Some(end_us), ..settings };
            (plan, stored) = self.store_plan(claim, &report, &settings).await?;
        }
        self.take_poster(claim, stored.0, plan, stored.1, source, cancel).await
    }

    /// Plans the film and has the plan stand; its id and hash.
    async fn store_plan(
        &self,
        claim: &Claim,
        report: &ProbeReport,
        settings: &PlanSettings,
    ) -> Result<(EncodePlan, (PlanId, String)), JobError> {
        let plan = EncodePlan::new(report, settings, &self.settings.limits)?;
        let new = new_plan(report, &plan)?;
        let plan_id = plans::store(&self.db, claim, &new).await?;
        tracing::info!(
            video.id = %claim.video_id,
            plan.id = %plan_id,
            segments = new.segments_planned,
            "planned"
        );
        self.bells.ring_wanted();
        Ok((plan, (plan_id, new.hash)))
    }

    /// A film without a poster plays all the same: only a lost lease or a stop is an error here.
    async fn take_poster(
        &self,
        claim: &Claim,
        plan_id: PlanId,
        plan: EncodePlan,
        plan_hash: String,
        source: Arc<MezzanineSource>,
        cancel: CancellationToken,
    ) -> Result<(), JobError> {
        if plan.poster.is_none() {
            return Ok(());
        }
        let plan = Arc::new(plan);
        let publisher = Publisher {
            db: self.db.clone(),
            store: self.store.clone(),
            bells: Arc::clone(&self.bells),
            claim: claim.clone(),
            plan_id,
            plan: Arc::clone(&plan),
            plan_hash,
        };
        let (sink, outputs) = mpsc::channel(2);
        let (made, published) = tokio::join!(
            self.media.poster(source, &plan, &self.settings.limits, sink, cancel.clone()),
            publisher.run(outputs),
        );
        let result = published.map_err(JobError::from).and(made.map_err(JobError::from));
        match result {
            Err(JobError::Lost) => Err(JobError::Lost),
            Err(error) if cancel.is_cancelled() => Err(error),
            Err(error) => {
                tracing::warn!(
                    video.id = %claim.video_id,
                    error = &error as &dyn std::error::Error,
                    "the film has no poster"
                );
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

fn new_plan(report: &ProbeReport, plan: &EncodePlan) -> Result<NewPlan, JobError> {
    let internal = |_| JobError::Media(MediaError::from(MediaErrorCode::PlanUnusable));
    let body = plan.to_json().map_err(internal)?;
    let size = plan.video.as_ref().map(|video| video.display_size);
    Ok(NewPlan {
        hash: plan.hash().map_err(internal)?,
        fingerprint: plan.fingerprint.clone(),
        body: String::from_utf8(body).map_err(|_| JobError::Media(MediaErrorCode::PlanUnusable.into()))?,
        segments_planned: i64::try_from(segments_planned(plan)).unwrap_or(i64::MAX),
        spans: spans_of(plan),
        probe_report: serde_json::to_string(report).map_err(internal)?,
        duration_ms: i64::try_from(plan.grid.length_ms()).unwrap_or(i64::MAX),
        width: size.map_or(0, |size| i64::from(size.width)),
        height: size.map_or(0, |size| i64::from(size.height)),
        warnings: plan_warnings(report, plan).into_iter().map(owner_warning).collect(),
    })
}

/// A media process's warning as its owner gets it.
pub(super) fn owner_warning(warning: MediaWarning) -> Warning {
    Warning { code: warning.code, message: warning.message, at_ms: warning.at_ms.and_then(|at| i64::try_from(at).ok()) }
}

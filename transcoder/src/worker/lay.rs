//! A plan job: probe the mezzanine, lay the plan, take the poster.

use mutoscope_core::{
    db::{
        jobs::Claim,
        plans::{self, NewPlan},
    },
    video::Warning,
};
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
        let mut publisher = self.store_plan(claim, &report, &settings).await?;
        if let Some(end_us) = self.find_end(claim, &publisher.plan, &source, &cancel).await? {
            tracing::info!(video.id = %claim.video_id, end_us, "the film stops decoding; it is planned again");
            let settings = PlanSettings { end_at_us: Some(end_us), ..settings };
            publisher = self.store_plan(claim, &report, &settings).await?;
        }
        self.take_poster(publisher, source, cancel).await
    }

    /// Plans the film and has the plan stand; what is made by it goes where this says.
    async fn store_plan(
        &self,
        claim: &Claim,
        report: &ProbeReport,
        settings: &PlanSettings,
    ) -> Result<Publisher, JobError> {
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
        Ok(self.publisher(claim, plan_id, plan, new.hash))
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
        has_records: plan.record.is_some(),
        spans: spans_of(plan),
        has_captions: !plan.captions.is_empty(),
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

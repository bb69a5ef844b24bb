//! One run: probe, plan, look at what is there, make the rest, describe the whole.

use std::{ops::Range, sync::Arc, time::Instant};

use futures::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    FolderError, FolderEvent, FolderSettings, Playlists, Report,
    contents::{Contents, Inventory},
    film,
    report::{self, Cost},
};
use crate::{
    error::{MediaErrorCode, MediaWarning},
    jail::{FileSource, MediaProcess},
    limits::Limits,
    package::{self, check::Gate, dash, hls, layout},
    plan::{EncodePlan, plan_warnings},
    span::{MediaOutput, SpanRecord, SpanRequest},
    worker::{Missing, requests_for, spans_of},
};

/// Outputs between a media process and the disk.
const IN_FLIGHT: usize = 8;

/// Makes a film into a folder, telling `events` what happens. `cancel` ends it and leaves a folder that the next run
/// goes on with.
///
/// # Errors
/// See [`FolderError`]; what was verified by then stays.
pub async fn transcode(
    media: &MediaProcess,
    settings: &FolderSettings,
    events: mpsc::Sender<FolderEvent>,
    cancel: CancellationToken,
) -> Result<Report, FolderError> {
    let started = Instant::now();
    let source = Arc::new(FileSource::open(&settings.film).map_err(FolderError::Film)?);
    let probed = media.probe(source.clone(), &settings.limits, cancel.clone()).await?;
    let plan = Arc::new(EncodePlan::new(&probed, &settings.plan, &settings.limits)?);
    let mut warnings = plan_warnings(&probed, &plan);
    for warning in &warnings {
        tell(&events, FolderEvent::Warning(warning.clone())).await;
    }
    let (contents, mut inventory) = open_folder(settings, &plan).await?;
    let contents = Arc::new(contents);
    tell(&events, FolderEvent::Planned { plan: Arc::clone(&plan), kept: inventory.segments.len() as u64 }).await;
    for ((rendition, index), kept) in &inventory.segments {
        let (duration_us, bytes) = (kept.duration_us, kept.bytes);
        let event =
            FolderEvent::Segment { rendition: rendition.clone(), index: *index, duration_us, bytes, kept: true };
        tell(&events, event).await;
    }

    let unit = Unit { media, source, plan: &plan, limits: &settings.limits, contents, events: &events };
    let requests = requests(&plan, &inventory, settings.span);
    let stop_all = cancel.child_token();
    let mut units = stream::iter(requests)
        .map(|request| unit.make(request, stop_all.clone()))
        .buffer_unordered(settings.jobs.max(1));
    let mut cost = Cost::default();
    let mut failed = None;
    while let Some(made) = units.next().await {
        match made {
            Ok((made, record)) => {
                inventory.inits.extend(made.inits);
                inventory.segments.extend(made.segments);
                cost.cpu_ms += record.cpu_ms;
                cost.peak_rss_bytes = cost.peak_rss_bytes.max(record.peak_rss_bytes);
                warnings.extend(record.warnings);
            }
            // The first error wins; the other units are ended and come back cancelled.
            Err(error) => {
                stop_all.cancel();
                failed.get_or_insert(error);
            }
        }
    }
    drop(units);
    if let Some(error) = failed {
        return Err(error);
    }
    if cancel.is_cancelled() {
        return Err(FolderError::Media(MediaErrorCode::Cancelled.into()));
    }
    cost.wall_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    describe(&unit.contents, settings, &plan, &inventory, warnings, cost).await
}

/// What every work unit of a run shares.
struct Unit<'a> {
    media: &'a MediaProcess,
    source: Arc<FileSource>,
    plan: &'a Arc<EncodePlan>,
    limits: &'a Limits,
    contents: Arc<Contents>,
    events: &'a mpsc::Sender<FolderEvent>,
}

impl Unit<'_> {
    async fn make(
        &self,
        request: SpanRequest,
        cancel: CancellationToken,
    ) -> Result<(Inventory, SpanRecord), FolderError> {
        let (sink, outputs) = mpsc::channel(IN_FLIGHT);
        let first = request.segments.start;
        let (made, kept) = tokio::join!(
            self.media.make(self.source.clone(), self.plan, self.limits, request, sink, cancel),
            self.keep(first, outputs),
        );
        // A fault on our side closes the sink, which the media process takes for a cancel.
        let kept = kept?;
        Ok((kept, made?))
    }

    async fn keep(&self, first: u32, mut outputs: mpsc::Receiver<MediaOutput>) -> Result<Inventory, FolderError> {
        let mut gate = Gate::new(Arc::clone(self.plan));
        let mut inventory = Inventory::default();
        while let Some(output) = outputs.recv().await {
            match &output {
                MediaOutput::Progress(progress) => {
                    // Progress is for the eye: where nobody looks, the next one does.
                    let _full = self.events.try_send(FolderEvent::Progress { first, progress: *progress });
                }
                MediaOutput::Warning(warning) => tell(self.events, FolderEvent::Warning(warning.clone())).await,
                _ => {}
            }
            let Some(checked) = gate.check(output).await? else {
                continue;
            };
            inventory.add(&checked);
            let contents = Arc::clone(&self.contents);
            let checked =
                tokio::task::spawn_blocking(move || contents.put_checked(&checked).map(|()| checked)).await??;
            if let package::check::Checked::Segment { rendition, index, duration_us, bytes, .. } = checked {
                let bytes = bytes.len() as u64;
                tell(self.events, FolderEvent::Segment { rendition, index, duration_us, bytes, kept: false }).await;
            }
        }
        Ok(inventory)
    }
}

async fn open_folder(settings: &FolderSettings, plan: &Arc<EncodePlan>) -> Result<(Contents, Inventory), FolderError> {
    let (settings, plan) = (settings.clone(), Arc::clone(plan));
    tokio::task::spawn_blocking(move || {
        let identity = film::identity(&settings.film).map_err(FolderError::Film)?;
        let contents = Contents::take(&settings.out, &identity, &plan, settings.other)?;
        let inventory = contents.inventory(&plan);
        Ok((contents, inventory))
    })
    .await?
}

/// Work units for what is not there, in the order of the film. Renditions that lack the same segments share a unit.
fn requests(plan: &EncodePlan, inventory: &Inventory, span: Option<u32>) -> Vec<SpanRequest> {
    let spans = match span {
        None => spans_of(plan),
        Some(length) => even_spans(plan.grid.segment_count(), length.max(1)),
    };
    let each = spans.into_iter().flat_map(|span| {
        let mut missing = Missing::new();
        for rendition in &plan.renditions {
            let name = rendition.name();
            let has_init = inventory.inits.contains_key(name);
            let lacks = |index: &u32| !has_init || !inventory.segments.contains_key(&(name.clone(), *index));
            let indexes = package::segments(plan, rendition).map(|(index, _)| index);
            missing.insert(name.clone(), indexes.filter(|index| span.contains(index)).filter(lacks).collect());
        }
        requests_for(&missing)
    });
    each.collect()
}

fn even_spans(count: u32, length: u32) -> Vec<Range<u32>> {
    (0..count)
        .step_by(usize::try_from(length).unwrap_or(usize::MAX))
        .map(|first| first..(first + length).min(count))
        .collect()
}

/// Writes playlists and report once all is there.
async fn describe(
    contents: &Arc<Contents>,
    settings: &FolderSettings,
    plan: &Arc<EncodePlan>,
    inventory: &Inventory,
    warnings: Vec<MediaWarning>,
    cost: Cost,
) -> Result<Report, FolderError> {
    let planned = package::segments_planned(plan);
    let Some(report) = report::write(plan, inventory, warnings, cost)? else {
        return Err(FolderError::Incomplete(planned.saturating_sub(inventory.segments.len() as u64)));
    };
    let (contents, plan, playlists) = (Arc::clone(contents), Arc::clone(plan), settings.playlists);
    let task = tokio::task::spawn_blocking(move || {
        put_playlists(&contents, &plan, playlists)?;
        contents.put_report(&serde_json::to_vec_pretty(&report)?)?;
        Ok(report)
    });
    task.await?
}

fn put_playlists(contents: &Contents, plan: &EncodePlan, playlists: Playlists) -> Result<(), FolderError> {
    if playlists == Playlists::Dash {
        contents.remove(layout::MULTIVARIANT)?;
    } else {
        for rendition in &plan.renditions {
            let name = rendition.name();
            if let Some(text) = hls::media(plan, name) {
                contents.put(&format!("{name}/{}", layout::MEDIA_PLAYLIST), text.as_bytes())?;
            }
        }
        contents.put(layout::MULTIVARIANT, hls::multivariant(plan).as_bytes())?;
    }
    if playlists == Playlists::Hls {
        contents.remove(layout::PRESENTATION)
    } else {
        contents.put(layout::PRESENTATION, dash::presentation(plan).as_bytes())
    }
}

/// Nobody need listen.
async fn tell(events: &mpsc::Sender<FolderEvent>, event: FolderEvent) {
    let _nobody_listens = events.send(event).await;
}

//! One run: probe, plan, look at what is there, make the rest, describe the whole.

use std::{collections::BTreeSet, ops::Range, pin::pin, sync::Arc, time::Instant};

use futures::{StreamExt, stream};
use mutoscope_core::media::RenditionName;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    FolderError, FolderEvent, FolderSettings, OtherContents, Playlists, Report,
    contents::{Contents, Inventory},
    film,
    report::{self, Cost},
    sidecars, units,
};
use crate::{
    error::{MediaErrorCode, MediaWarning},
    jail::{self, FileSource, MediaProcess},
    limits::Limits,
    package::{self, check::Gate, dash, hls, layout},
    plan::{CarryOver, EncodePlan, PlanSettings, plan_warnings},
    probe::ProbeReport,
    record::loudness::Loudness,
    span::{MediaOutput, SpanRecord, SpanRequest},
    worker::{Missing, requests_for},
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
    let (probed, media) = media.probe_and_keep(source.clone(), &settings.limits, cancel.clone()).await?;
    let media = &media;
    let identity = identity_of(settings).await?;
    let known_end_us = Contents::known_end(&settings.out, &identity);
    let plan_settings = PlanSettings { end_at_us: settings.plan.end_at_us.or(known_end_us), ..settings.plan.clone() };
    let mut held = Contents::held_plan(&settings.out, &identity, &settings.plan, &probed.fingerprint);
    let run = Run { media, settings, source, identity, events: &events, cancel: &cancel };
    let mut cost = Cost::default();
    let mut told = Vec::new();
    let (mut plan_settings, mut other) = (plan_settings, settings.other);
    let (plan, contents, mut inventory, warnings) = loop {
        let plan = match held.take() {
            Some(plan) => plan,
            None => EncodePlan::new(&probed, &plan_settings, &settings.limits)?,
        };
        match run.make_plan(&probed, Arc::new(plan), other, &mut told, &mut cost).await? {
            Made::Whole { plan, contents, inventory, warnings } => break (plan, contents, inventory, warnings),
            Made::StopsAt(end_us) if plan_settings.end_at_us.is_none() => plan_settings.end_at_us = Some(end_us),
            Made::NotToBeCarried if plan_settings.carry_over != CarryOver::GivenUp => {
                plan_settings.carry_over = CarryOver::GivenUp;
            }
            Made::StopsAt(_) | Made::NotToBeCarried => {
                return Err(FolderError::Media(MediaErrorCode::Internal.into()));
            }
        }
        // What was made by the plan that was given up is ours to replace.
        other = OtherContents::Replace;
    };
    let loudness = sidecars::merge(&run, &plan, &contents, &mut inventory).await?;
    cost.wall_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    describe(&contents, settings, &plan, &inventory, loudness, warnings, cost).await
}

/// What a run makes of a plan.
enum Made {
    Whole {
        plan: Arc<EncodePlan>,
        contents: Arc<Contents>,
        inventory: Inventory,
        warnings: Vec<MediaWarning>,
    },
    /// Nothing of the film decodes after this instant, in microseconds: it is to be planned again.
    StopsAt(u64),
    /// A stream that was being carried over is not fit for it: the film is to be planned again.
    NotToBeCarried,
}

/// One run.
pub(super) struct Run<'a> {
    pub(super) media: &'a MediaProcess,
    pub(super) settings: &'a FolderSettings,
    source: Arc<FileSource>,
    identity: String,
    events: &'a mpsc::Sender<FolderEvent>,
    pub(super) cancel: &'a CancellationToken,
}

impl Run<'_> {
    /// Looks at what is there of a plan and makes the rest. `told` are warnings that the caller has heard.
    async fn make_plan(
        &self,
        probed: &ProbeReport,
        plan: Arc<EncodePlan>,
        other: OtherContents,
        told: &mut Vec<MediaWarning>,
        cost: &mut Cost,
    ) -> Result<Made, FolderError> {
        let (settings, events) = (self.settings, self.events);
        let mut warnings = plan_warnings(probed, &plan);
        for warning in &warnings {
            if !told.contains(warning) {
                tell(events, FolderEvent::Warning(warning.clone())).await;
                told.push(warning.clone());
            }
        }
        let (contents, mut inventory) = self.open_folder(&plan, other).await?;
        let contents = Arc::new(contents);
        tell(events, FolderEvent::Planned { plan: Arc::clone(&plan), kept: inventory.segments.len() as u64 }).await;
        for ((rendition, index), kept) in &inventory.segments {
            let (duration_us, bytes) = (kept.duration_us, kept.bytes);
            let event =
                FolderEvent::Segment { rendition: rendition.clone(), index: *index, duration_us, bytes, kept: true };
            tell(events, event).await;
        }

        let (media, limits, source) = (self.media, &settings.limits, Arc::clone(&self.source));
        let unit = Unit { media, source, plan: &plan, limits, contents: Arc::clone(&contents), events };
        let stop_all = self.cancel.child_token();
        let processes = units::processes(&plan, settings.jobs);
        let opening = units::opening(&plan).filter(|_| settings.span.is_none() && inventory.segments.is_empty());
        let spans = match settings.span {
            None => units::spans(&plan, processes),
            Some(length) => units::even_spans(plan.grid.segment_count(), length.max(1)),
        };
        let Requests { opening, rest } = requests(&plan, &inventory, spans, opening);
        let make = |request| unit.make(request, stop_all.clone());
        let spans = stream::iter(rest).map(make).buffer_unordered(processes);
        let others = stream::iter(beside(&plan, &inventory)).map(|other| unit.perform(other, stop_all.clone()));
        let opening = stream::iter(opening).map(make).buffered(1);
        // Until the opening is there, nothing else takes the processors from it.
        let mut units = pin!(opening.chain(stream::select(spans, others.buffered(1))));
        let mut stops_at = None;
        let mut failed = None;
        while let Some(performed) = units.next().await {
            match performed {
                Ok(Performed::Span(made, record)) => {
                    inventory.inits.extend(made.inits);
                    inventory.segments.extend(made.segments);
                    inventory.records.extend(made.records);
                    cost.cpu_ms += record.cpu_ms;
                    cost.peak_rss_bytes = cost.peak_rss_bytes.max(record.peak_rss_bytes);
                    warnings.extend(record.warnings);
                }
                Ok(Performed::Captions(made, told)) => {
                    inventory.captions.extend(made.captions);
                    warnings.extend(told);
                }
                Ok(Performed::Look(end_us)) => {
                    if end_us.is_some() {
                        stops_at = end_us;
                        stop_all.cancel();
                    }
                }
                // The first error wins; the other units are ended and come back cancelled.
                Err(error) => {
                    stop_all.cancel();
                    failed.get_or_insert(error);
                }
            }
        }
        // Else what the last ones cost would not be counted with this process.
        jail::all_gone().await;
        if self.cancel.is_cancelled() {
            return Err(FolderError::Media(MediaErrorCode::Cancelled.into()));
        }
        match (stops_at, failed) {
            (Some(end_us), _) => Ok(Made::StopsAt(end_us)),
            (None, Some(FolderError::Media(error))) if error.code == MediaErrorCode::CarryRefused => {
                Ok(Made::NotToBeCarried)
            }
            (None, Some(error)) => Err(error),
            (None, None) => Ok(Made::Whole { contents, inventory, warnings, plan: Arc::clone(&plan) }),
        }
    }

    async fn open_folder(
        &self,
        plan: &Arc<EncodePlan>,
        other: OtherContents,
    ) -> Result<(Contents, Inventory), FolderError> {
        let (out, asked) = (self.settings.out.clone(), self.settings.plan.clone());
        let (identity, plan) = (self.identity.clone(), Arc::clone(plan));
        tokio::task::spawn_blocking(move || {
            let contents = Contents::take(&out, &identity, &plan, &asked, other)?;
            let inventory = contents.inventory(&plan);
            Ok((contents, inventory))
        })
        .await?
    }
}

/// What is done beside the spans: one after the other, so that not much is made by a plan that goes on too long.
enum Beside {
    /// Look where the film stops decoding.
    Look,
    /// All tracks of captions.
    Captions,
}

/// What came of a piece of a run's work.
enum Performed {
    Span(Inventory, SpanRecord),
    Captions(Inventory, Vec<MediaWarning>),
    Look(Option<u64>),
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
    async fn perform(&self, beside: Beside, cancel: CancellationToken) -> Result<Performed, FolderError> {
        match beside {
            Beside::Look => self.look(cancel).await,
            Beside::Captions => self.captions(cancel).await,
        }
    }

    /// Where the film stops decoding. A film whose end cannot be looked at is made all the same.
    async fn look(&self, cancel: CancellationToken) -> Result<Performed, FolderError> {
        match self.media.find_end(self.source.clone(), self.plan, self.limits, cancel.clone()).await {
            Ok(end_us) => Ok(Performed::Look(end_us)),
            Err(error) if cancel.is_cancelled() => Err(error.into()),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the film's end was not looked at");
                Ok(Performed::Look(None))
            }
        }
    }

    async fn make(&self, request: SpanRequest, cancel: CancellationToken) -> Result<Performed, FolderError> {
        let (sink, outputs) = mpsc::channel(IN_FLIGHT);
        let first = request.segments.start;
        let (made, kept) = tokio::join!(
            self.media.make(self.source.clone(), self.plan, self.limits, request, sink, cancel),
            self.keep(Some(first), outputs),
        );
        // A fault on our side closes the sink, which the media process takes for a cancel.
        let kept = kept?;
        Ok(Performed::Span(kept, made?))
    }

    async fn captions(&self, cancel: CancellationToken) -> Result<Performed, FolderError> {
        let (sink, outputs) = mpsc::channel(IN_FLIGHT);
        let (made, kept) = tokio::join!(
            self.media.captions(self.source.clone(), self.plan, self.limits, sink, cancel),
            self.keep(None, outputs),
        );
        let kept = kept?;
        Ok(Performed::Captions(kept, made?))
    }

    /// Checks and puts everything that comes. How far it is is told of the work unit that begins at `first`.
    async fn keep(
        &self,
        first: Option<u32>,
        mut outputs: mpsc::Receiver<MediaOutput>,
    ) -> Result<Inventory, FolderError> {
        let mut gate = Gate::new(Arc::clone(self.plan));
        let mut inventory = Inventory::default();
        while let Some(output) = outputs.recv().await {
            match &output {
                MediaOutput::Progress(progress) => {
                    // Progress is for the eye: where nobody looks, the next one does.
                    if let Some(first) = first {
                        let _full = self.events.try_send(FolderEvent::Progress { first, progress: *progress });
                    }
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

async fn identity_of(settings: &FolderSettings) -> Result<String, FolderError> {
    let path = settings.film.clone();
    tokio::task::spawn_blocking(move || film::identity(&path).map_err(FolderError::Film)).await?
}

/// What is to be done beside the spans.
fn beside(plan: &EncodePlan, inventory: &Inventory) -> Vec<Beside> {
    let look = plan.source.end_at_us.is_none().then_some(Beside::Look);
    let lacks_captions = plan.captions.iter().any(|caption| !inventory.captions.contains_key(&caption.name));
    look.into_iter().chain(lacks_captions.then_some(Beside::Captions)).collect()
}

/// Work units.
struct Requests {
    /// What is made before all else.
    opening: Vec<SpanRequest>,
    rest: Vec<SpanRequest>,
}

/// Work units for what is not there, in the order of the film. Renditions that lack the same segments share a unit. Of those
/// that `opening` names the first segment comes before all else.
fn requests(
    plan: &EncodePlan,
    inventory: &Inventory,
    spans: Vec<Range<u32>>,
    opening: Option<BTreeSet<RenditionName>>,
) -> Requests {
    let planned: Vec<(RenditionName, Vec<u32>)> = package::work_planned(plan).collect();
    let missing = |span: &Range<u32>, is_due: &dyn Fn(&RenditionName) -> bool| {
        let mut missing = Missing::new();
        for (name, indexes) in planned.iter().filter(|(name, _)| is_due(name)) {
            let has_init = inventory.inits.contains_key(name);
            let lacks = |index: &u32| match *name == RenditionName::record() {
                true => !inventory.records.contains_key(index),
                false => !has_init || !inventory.segments.contains_key(&(name.clone(), *index)),
            };
            let asked = indexes.iter().copied().filter(|index| span.contains(index)).filter(lacks).collect();
            missing.insert(name.clone(), asked);
        }
        requests_for(&missing)
    };
    let Some(opening) = opening else {
        return Requests {
            opening: Vec::new(),
            rest: spans.iter().flat_map(|span| missing(span, &|_| true)).collect(),
        };
    };
    let rest = units::first_segment_alone(spans).into_iter().flat_map(|span| {
        let is_due = |name: &RenditionName| span.start > 0 || !opening.contains(name);
        missing(&span, &is_due)
    });
    let rest = rest.collect();
    Requests { opening: missing(&(0..1), &|name| opening.contains(name)), rest }
}

/// Writes playlists and report once all is there.
async fn describe(
    contents: &Arc<Contents>,
    settings: &FolderSettings,
    plan: &Arc<EncodePlan>,
    inventory: &Inventory,
    loudness: Option<Loudness>,
    warnings: Vec<MediaWarning>,
    cost: Cost,
) -> Result<Report, FolderError> {
    let planned = package::segments_planned(plan);
    let Some(report) = report::write(plan, inventory, loudness, warnings, cost)? else {
        let made = inventory.segments.len() + inventory.records.len();
        return Err(FolderError::Incomplete(planned.saturating_sub(made as u64)));
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
    if let Some(text) = package::chapters(plan) {
        contents.put(layout::CHAPTERS, text.as_bytes())?;
    }
    if playlists == Playlists::Dash {
        contents.remove(layout::MULTIVARIANT)?;
    } else {
        for rendition in &plan.renditions {
            let name = rendition.name();
            if let Some(text) = hls::media(plan, name) {
                contents.put(&format!("{name}/{}", layout::MEDIA_PLAYLIST), text.as_bytes())?;
            }
        }
        for caption in &plan.captions {
            if let Some(text) = hls::captions(plan, &caption.name) {
                contents.put(&format!("{}/{}", caption.name, layout::MEDIA_PLAYLIST), text.as_bytes())?;
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

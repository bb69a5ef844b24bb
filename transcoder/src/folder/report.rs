//! `report.json`: what was planned, what came out, what it cost. `schema/report.json` describes it.

use serde::{Deserialize, Serialize};

use super::contents::Inventory;
use crate::{
    error::MediaWarning,
    package::{self, layout, verify::sha256_hex},
    plan::{CarryDecision, EncodePlan, RecordPlan, RenditionPlan},
    record::loudness::Loudness,
};

/// The whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub plan: ReportPlan,
    pub renditions: Vec<ReportRendition>,
    pub captions: Vec<ReportCaptions>,
    /// Where the film has chapters.
    pub chapters: Option<ReportFile>,
    /// Files beside the renditions: the storyboard and the scene cuts.
    pub sidecars: Vec<ReportFile>,
    /// How loud the film is; `None` for one without sound.
    pub loudness: Option<Loudness>,
    pub warnings: Vec<MediaWarning>,
    /// CPU time of the media processes of this run.
    pub cpu_ms: u64,
    /// Time from start to end of this run.
    pub wall_ms: u64,
    /// The largest resident size of one media process of this run.
    pub peak_rss_bytes: u64,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportPlan {
    pub hash: String,
    pub fingerprint: String,
    pub segments: Vec<ReportCut>,
    /// Every encoder setting, a rendition each.
    pub renditions: Vec<RenditionPlan>,
    /// What is noted of every segment.
    pub record: Option<RecordPlan>,
    /// Why each stream of the film is carried over or not.
    pub carrying: Vec<ReportCarrying>,
}

/// Why a stream is carried over or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCarrying {
    /// Index of the stream in the film.
    pub stream: u32,
    pub carried_over: bool,
    /// Stable: `carried`, or why not.
    pub code: String,
    /// A sentence.
    pub message: String,
}

impl From<&CarryDecision> for ReportCarrying {
    fn from(decision: &CarryDecision) -> Self {
        Self {
            stream: decision.stream,
            carried_over: decision.not_carried.is_none(),
            code: decision.code().to_owned(),
            message: decision.sentence().to_owned(),
        }
    }
}

/// A segment of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCut {
    pub start_ms: u64,
    pub duration_ms: u64,
}

/// A rendition that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRendition {
    pub name: String,
    /// Whether the source's own packets were repackaged.
    pub carried_over: bool,
    pub init: ReportFile,
    pub segments: Vec<ReportSegment>,
}

/// A track of captions that exists: one file, WebVTT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCaptions {
    pub name: String,
    /// ISO 639 letters, where the film gives them.
    pub language: Option<String>,
    pub title: Option<String>,
    pub default: bool,
    /// Whether it holds only what everybody needs.
    pub forced: bool,
    /// Whether it tells of sounds, too.
    pub hearing_impaired: bool,
    #[serde(flatten)]
    pub file: ReportFile,
}

/// A file, named from the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFile {
    pub file: String,
    pub sha256: String,
    pub bytes: u64,
}

/// A media segment's file, named from the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSegment {
    pub file: String,
    pub sha256: String,
    pub bytes: u64,
    pub duration_us: u64,
}

/// What a run cost.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    pub cpu_ms: u64,
    pub wall_ms: u64,
    pub peak_rss_bytes: u64,
}

/// The report of a complete folder; `None` where something planned is not in the inventory.
pub(super) fn write(
    plan: &EncodePlan,
    inventory: &Inventory,
    loudness: Option<Loudness>,
    warnings: Vec<MediaWarning>,
    cost: Cost,
) -> Result<Option<Report>, serde_json::Error> {
    let mut renditions = Vec::new();
    for rendition in &plan.renditions {
        let name = rendition.name();
        let Some(init) = inventory.inits.get(name) else {
            return Ok(None);
        };
        let mut segments = Vec::new();
        for (index, _) in package::segments(plan, rendition) {
            let Some(kept) = inventory.segments.get(&(name.clone(), index)) else {
                return Ok(None);
            };
            segments.push(ReportSegment {
                file: format!("{name}/{}", layout::segment(index)),
                sha256: kept.sha256.clone(),
                bytes: kept.bytes,
                duration_us: kept.duration_us,
            });
        }
        renditions.push(ReportRendition {
            name: name.to_string(),
            carried_over: rendition.is_carried(),
            init: ReportFile {
                file: format!("{name}/{}", layout::INIT),
                sha256: init.sha256.clone(),
                bytes: init.bytes,
            },
            segments,
        });
    }
    let mut captions = Vec::new();
    for caption in &plan.captions {
        let Some(kept) = inventory.captions.get(&caption.name) else {
            return Ok(None);
        };
        captions.push(ReportCaptions {
            name: caption.name.to_string(),
            language: caption.language.clone(),
            title: caption.title.clone(),
            default: caption.default,
            forced: caption.forced,
            hearing_impaired: caption.hearing_impaired,
            file: ReportFile { file: layout::captions(&caption.name), sha256: kept.sha256.clone(), bytes: kept.bytes },
        });
    }
    let chapters = package::chapters(plan).map(|text| ReportFile {
        file: layout::CHAPTERS.to_owned(),
        sha256: sha256_hex(text.as_bytes()),
        bytes: text.len() as u64,
    });
    let sidecars = inventory.sidecars.iter().map(|(name, kept)| ReportFile {
        file: name.file(),
        sha256: kept.sha256.clone(),
        bytes: kept.bytes,
    });
    let sidecars = sidecars.collect();
    Ok(Some(Report {
        plan: ReportPlan {
            hash: plan.hash()?,
            fingerprint: plan.fingerprint.clone(),
            segments: cuts(plan),
            renditions: plan.renditions.clone(),
            record: plan.record.clone(),
            carrying: plan.carrying.iter().map(ReportCarrying::from).collect(),
        },
        renditions,
        captions,
        chapters,
        sidecars,
        loudness,
        warnings,
        cpu_ms: cost.cpu_ms,
        wall_ms: cost.wall_ms,
        peak_rss_bytes: cost.peak_rss_bytes,
    }))
}

fn cuts(plan: &EncodePlan) -> Vec<ReportCut> {
    let start_ms = |index| plan.grid.start_us(index).map(|us| (us + 500) / 1_000);
    let each = (0..plan.grid.segment_count()).filter_map(|index| {
        let (start, end) = (start_ms(index)?, start_ms(index + 1)?);
        Some(ReportCut { start_ms: start, duration_ms: end - start })
    });
    each.collect()
}

//! The part of a plan that is text: which tracks become captions, and the chapters.

use mutoscope_core::media::{Rational, RenditionName};
use serde::{Deserialize, Serialize};

use super::settings::PlanSettings;
use crate::{
    package::webvtt,
    probe::{Edit, ProbeReport},
};

/// Chapters that are kept. More are no help to find a place.
const MOST_CHAPTERS: usize = 500;
/// Characters of a chapter's title.
const LONGEST_TITLE: usize = 120;

/// One track of captions: all of it is one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionPlan {
    pub name: RenditionName,
    /// Index of the stream in the container, and its codec: a media process that finds another one stops.
    pub stream: u32,
    pub codec: String,
    pub time_base: Rational,
    pub language: Option<String>,
    /// What people call the track, where the container says so.
    pub title: Option<String>,
    /// Whether it is shown unless a viewer says otherwise; true for at most one.
    pub default: bool,
    /// Whether it holds only what everybody needs.
    pub forced: bool,
    /// Whether it tells of sounds, too.
    pub hearing_impaired: bool,
    /// As [`crate::probe::CaptionStream::edits`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
}

/// A chapter, in milliseconds of the film. The next one begins where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterPlan {
    pub start_ms: u64,
    pub end_ms: u64,
    pub title: String,
}

/// A track of captions for each stream of text, in the container's order, at most as many as the settings allow.
pub(super) fn plan_captions(report: &ProbeReport, settings: &PlanSettings) -> Vec<CaptionPlan> {
    let default = report.captions.iter().position(|stream| stream.default);
    let mut captions: Vec<CaptionPlan> = Vec::new();
    let most = usize::try_from(settings.caption_tracks).unwrap_or(usize::MAX);
    for (position, stream) in report.captions.iter().take(most).enumerate() {
        let language = stream.language.clone().filter(|language| language != "und");
        let names = || captions.iter().map(|caption| &caption.name);
        let name = (1..=64)
            .map(|ordinal| RenditionName::captions(language.as_deref(), ordinal))
            .find(|name| !names().any(|taken| taken == name));
        let Some(name) = name else { break };
        captions.push(CaptionPlan {
            name,
            stream: stream.index,
            codec: stream.codec.clone(),
            time_base: stream.time_base,
            language,
            title: stream.title.clone(),
            default: Some(position) == default,
            forced: stream.forced,
            hearing_impaired: stream.hearing_impaired,
            edits: stream.edits.clone(),
        });
    }
    captions
}

/// The chapters that begin inside the film, in order, each until the next one.
pub(super) fn plan_chapters(report: &ProbeReport, start_us: i64, length_ms: u64) -> Vec<ChapterPlan> {
    let at_ms = |us: i64| (u64::try_from(us.saturating_sub(start_us)).unwrap_or(0) + 500) / 1_000;
    let begins = report.chapters.iter().filter(|chapter| chapter.end_us > start_us);
    let mut begins: Vec<(u64, Option<&str>)> =
        begins.map(|chapter| (at_ms(chapter.start_us), chapter.title.as_deref())).collect();
    begins.retain(|(at, _)| *at < length_ms);
    begins.sort_by_key(|(at, _)| *at);
    begins.dedup_by_key(|(at, _)| *at);
    begins.truncate(MOST_CHAPTERS);
    let ends: Vec<u64> = begins.iter().skip(1).map(|(at, _)| *at).chain([length_ms]).collect();
    let each = begins.into_iter().zip(ends).enumerate();
    each.map(|(position, ((start_ms, title), end_ms))| {
        let title = title.map(webvtt::plain_line).filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| format!("Chapter {}", position + 1));
        ChapterPlan { start_ms, end_ms, title: title.chars().take(LONGEST_TITLE).collect() }
    })
    .collect()
}

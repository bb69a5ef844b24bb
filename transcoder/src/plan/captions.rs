//! The part of a plan that is text: which tracks become captions, and the chapters.

use mutoscope_core::media::{Rational, RenditionName};
use serde::{Deserialize, Serialize};

use super::settings::PlanSettings;
use crate::{
    package::{self, webvtt},
    probe::{CaptionStream, Edit, ProbeReport},
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
    let default = report.captions.iter().position(|stream| is_for_everybody(stream, report));
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

/// Whether a track is shown to who did not ask for it. Containers mark their first track whether it is needed or not (an
/// enabled track of an mp4, a Matroska track that says nothing), so that the mark counts only where there are no words
/// to be heard that the captions only repeat.
fn is_for_everybody(stream: &CaptionStream, report: &ProbeReport) -> bool {
    let heard = report.audio.iter().find(|track| track.default).or(report.audio.first());
    let Some(heard) = heard else { return stream.default };
    let known = |language: &Option<String>| language.as_deref().and_then(package::language_tag);
    let is_foreign = known(&stream.language).zip(known(&heard.language)).is_some_and(|(shown, heard)| shown != heard);
    stream.default && (stream.forced || is_foreign)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{AudioStream, SeekMode};

    fn report(heard: Option<&str>, shown: &str, forced: bool) -> ProbeReport {
        let time_base = Rational::ONE;
        let sound = AudioStream {
            index: 0,
            codec: "aac".to_owned(),
            time_base,
            sample_rate_hz: 48_000,
            channels: 2,
            language: heard.map(str::to_owned),
            title: None,
            default: true,
            start_us: 0,
            bit_rate_bps: None,
            carriage: Default::default(),
        };
        let captions = CaptionStream {
            index: 1,
            codec: "subrip".to_owned(),
            time_base,
            language: Some(shown.to_owned()),
            title: None,
            default: true,
            forced,
            hearing_impaired: false,
            edits: Vec::new(),
        };
        ProbeReport {
            container: "matroska,webm".to_owned(),
            size_bytes: 1,
            fingerprint: String::new(),
            encoders: Default::default(),
            start_us: 0,
            length_us: 1,
            claimed_length_us: None,
            seek: SeekMode::Timestamps,
            video: None,
            audio: vec![sound],
            captions: vec![captions],
            chapters: Vec::new(),
            cover: None,
            ignored_streams: 0,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn captions_are_shown_unasked_where_the_sound_says_something_else_or_everybody_needs_them() {
        let shown = |report: ProbeReport| plan_captions(&report, &PlanSettings::default())[0].default;
        assert!(!shown(report(Some("eng"), "eng", false)));
        assert!(!shown(report(Some("en"), "eng", false)));
        assert!(!shown(report(None, "eng", false)));
        assert!(shown(report(Some("jpn"), "eng", false)));
        assert!(shown(report(Some("eng"), "eng", true)));
        assert!(shown(ProbeReport { audio: Vec::new(), ..report(None, "eng", false) }));
    }
}

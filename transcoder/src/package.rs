//! What players read and what a store may hold: playlists from the plan alone, and the check of every segment.

pub mod check;
pub mod dash;
pub mod hls;
mod language;
pub mod verify;
pub mod webvtt;

pub use language::tag as language_tag;

use mutoscope_core::media::{PictureSize, Rational, RenditionName, VideoCodec};

use crate::{
    plan::{EncodePlan, RenditionPlan},
    span::SegmentFacts,
};

/// How addresses are laid out below the plan: the same in a folder, in the store and over HTTP.
pub mod layout {
    use mutoscope_core::media::RenditionName;

    /// The multivariant playlist.
    pub const MULTIVARIANT: &str = "index.m3u8";
    /// The DASH presentation description.
    pub const PRESENTATION: &str = "index.mpd";
    /// A rendition's media playlist, in its folder.
    pub const MEDIA_PLAYLIST: &str = "index.m3u8";
    /// A rendition's init segment, in its folder.
    pub const INIT: &str = "init.mp4";

    /// The chapters.
    pub const CHAPTERS: &str = "chapters.vtt";

    /// A track of captions, beside the renditions' folders.
    pub fn captions(rendition: &RenditionName) -> String {
        format!("{rendition}.vtt")
    }

    /// A record, in the records' folder.
    pub fn record(number: u32) -> String {
        format!("{number:05}.bin")
    }

    /// A media segment, in its rendition's folder.
    pub fn segment(number: u32) -> String {
        format!("{number:05}.m4s")
    }

    /// The number that [`segment`] was made from.
    pub fn segment_number(file_name: &str) -> Option<u32> {
        let digits = file_name.strip_suffix(".m4s")?;
        let number = digits.parse().ok()?;
        (segment(number) == file_name).then_some(number)
    }
}

/// The segments of a rendition with their place on its timeline. One without a sample is not made and not listed: a
/// stretch of sound that is shorter than half a frame.
pub fn segments<'a>(
    plan: &'a EncodePlan,
    rendition: &'a RenditionPlan,
) -> impl Iterator<Item = (u32, SegmentFacts)> + 'a {
    (0..plan.grid.segment_count())
        .filter_map(|index| Some((index, plan.timeline(rendition, index)?)))
        .filter(|(_, facts)| facts.samples > 0)
}

/// The chapters as WebVTT, from the plan alone; `None` for a film that has none.
pub fn chapters(plan: &EncodePlan) -> Option<String> {
    let each = plan.chapters.iter().map(|chapter| (chapter.start_ms, chapter.end_ms, chapter.title.as_str()));
    (!plan.chapters.is_empty()).then(|| webvtt::chapters(each))
}

/// What stands for captions that can't be made: a track without a cue, as players read it.
pub fn no_captions() -> String {
    webvtt::captions(Vec::new(), 0).0
}

/// All that spans make, by the name under which it is asked for: the segments of each rendition, and the records.
pub fn work_planned(plan: &EncodePlan) -> impl Iterator<Item = (RenditionName, Vec<u32>)> + '_ {
    let made = plan.renditions.iter().map(|rendition| {
        let indexes = segments(plan, rendition).map(|(index, _)| index).collect();
        (rendition.name().clone(), indexes)
    });
    let noted = plan.record.iter().map(|_| (RenditionName::record(), (0..plan.grid.segment_count()).collect()));
    made.chain(noted)
}

/// How many media segments the plan asks for, of all renditions together, and how many records.
pub fn segments_planned(plan: &EncodePlan) -> u64 {
    work_planned(plan).map(|(_, indexes)| indexes.len() as u64).sum()
}

/// A segment's length in whole microseconds, rounded to nearest.
pub fn duration_us(facts: &SegmentFacts) -> u64 {
    mutoscope_core::media::grid::rescale(facts.duration, 1_000_000, facts.timescale)
}

/// A rendition of pictures as playlists tell of it.
struct Pictures<'a> {
    rendition: &'a RenditionPlan,
    name: &'a RenditionName,
    codec: VideoCodec,
    size: PictureSize,
    frame_rate: Rational,
    /// The rates that no stretch about a segment long exceeds, and that the whole does not, in bits a second, with room
    /// for the container's own bytes.
    peak_bps: u64,
    mean_bps: u64,
}

/// A rendition of sound as playlists tell of it.
struct Sound<'a> {
    rendition: &'a RenditionPlan,
    name: &'a RenditionName,
    language: Option<&'a str>,
    title: Option<&'a str>,
    default: bool,
    sample_rate_hz: u32,
    channels: u32,
    peak_bps: u64,
    mean_bps: u64,
}

/// The pictures' renditions: codec by codec, what every player knows first, and in the plan's order of each.
fn pictures(plan: &EncodePlan) -> Vec<Pictures<'_>> {
    let each = plan.renditions.iter().filter_map(|rendition| match rendition {
        RenditionPlan::Video(video) => {
            let cap = u64::from(video.encoder.peak_bps);
            // The encoder's buffer is full at the start of each segment (ISO/IEC 14496-10 annex C).
            let longest_ms = plan.grid.longest_ms().clamp(1_000, 6_000);
            let burst = u64::from(video.encoder.buffer_bits) * 9 / 10 * 1_000 / longest_ms;
            Some(Pictures {
                rendition,
                name: &video.name,
                codec: video.codec,
                size: video.rung.size,
                frame_rate: video.frame_rate,
                peak_bps: with_container(cap + burst),
                mean_bps: with_container(cap),
            })
        }
        RenditionPlan::CarriedVideo(carried) => Some(Pictures {
            rendition,
            name: &carried.name,
            codec: carried.codec,
            size: carried.size,
            frame_rate: carried.frame_rate,
            peak_bps: with_container(carried.peak_bps),
            mean_bps: with_container(carried.mean_bps),
        }),
        RenditionPlan::Audio(_) | RenditionPlan::CarriedAudio(_) => None,
    });
    let mut all: Vec<_> = each.collect();
    all.sort_by_key(|pictures| pictures.codec);
    all
}

/// The sound's renditions, the one to play first at the front.
fn sounds(plan: &EncodePlan) -> Vec<Sound<'_>> {
    let each = plan.renditions.iter().filter_map(|rendition| match rendition {
        RenditionPlan::Audio(audio) => {
            // A frame may borrow from the ones before it.
            let bps = with_container(u64::from(audio.bitrate_bps) * 11 / 10);
            Some(Sound {
                rendition,
                name: &audio.name,
                language: audio.language.as_deref(),
                title: audio.title.as_deref(),
                default: audio.default,
                sample_rate_hz: audio.sample_rate_hz,
                channels: audio.channels,
                peak_bps: bps,
                mean_bps: bps,
            })
        }
        RenditionPlan::CarriedAudio(carried) => Some(Sound {
            rendition,
            name: &carried.name,
            language: carried.language.as_deref(),
            title: carried.title.as_deref(),
            default: carried.default,
            sample_rate_hz: carried.sample_rate_hz,
            channels: carried.channels,
            peak_bps: with_container(carried.peak_bps),
            mean_bps: with_container(carried.mean_bps),
        }),
        RenditionPlan::Video(_) | RenditionPlan::CarriedVideo(_) => None,
    });
    let mut all: Vec<_> = each.collect();
    all.sort_by_key(|sound| !sound.default);
    all
}

fn with_container(bps: u64) -> u64 {
    bps + bps / 50 + 10_000
}

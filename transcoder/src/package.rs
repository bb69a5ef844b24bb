//! What players read and what a store may hold: playlists from the plan alone, and the check of every segment.

pub mod check;
pub mod dash;
pub mod hls;
mod language;
pub mod verify;

use crate::{
    plan::{AudioRendition, EncodePlan, RenditionPlan, VideoRendition},
    span::SegmentFacts,
};

/// How addresses are laid out below the plan: the same in a folder, in the store and over HTTP.
pub mod layout {
    /// The multivariant playlist.
    pub const MULTIVARIANT: &str = "index.m3u8";
    /// The DASH presentation description.
    pub const PRESENTATION: &str = "index.mpd";
    /// A rendition's media playlist, in its folder.
    pub const MEDIA_PLAYLIST: &str = "index.m3u8";
    /// A rendition's init segment, in its folder.
    pub const INIT: &str = "init.mp4";

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

/// How many media segments the plan asks for, of all renditions together.
pub fn segments_planned(plan: &EncodePlan) -> u64 {
    let each = plan.renditions.iter().map(|rendition| segments(plan, rendition).count() as u64);
    each.sum()
}

/// A segment's length in whole microseconds, rounded to nearest.
pub fn duration_us(facts: &SegmentFacts) -> u64 {
    mutoscope_core::media::grid::rescale(facts.duration, 1_000_000, facts.timescale)
}

/// The pictures' renditions, tallest first.
fn video_renditions(plan: &EncodePlan) -> Vec<&VideoRendition> {
    let each = plan.renditions.iter().filter_map(|rendition| match rendition {
        RenditionPlan::Video(video) => Some(video),
        RenditionPlan::Audio(_) => None,
    });
    each.collect()
}

/// The sound's renditions, the one to play first at the front.
fn audio_renditions(plan: &EncodePlan) -> Vec<&AudioRendition> {
    let each = plan.renditions.iter().filter_map(|rendition| match rendition {
        RenditionPlan::Audio(audio) => Some(audio),
        RenditionPlan::Video(_) => None,
    });
    let mut all: Vec<_> = each.collect();
    all.sort_by_key(|audio| !audio.default);
    all
}

/// The rate that no stretch of a rung about a segment long exceeds, in bits a second: its cap, and the encoder's buffer,
/// which is full at the start of each segment (ISO/IEC 14496-10 annex C), with room for the container's own bytes.
fn peak_bandwidth_bps(plan: &EncodePlan, video: &VideoRendition) -> u64 {
    let longest_ms = plan.grid.longest_ms().clamp(1_000, 6_000);
    let burst = u64::from(video.encoder.buffer_bits) * 9 / 10 * 1_000 / longest_ms;
    with_container(u64::from(video.encoder.peak_bps) + burst)
}

/// The mean rate of a rung that its cap allows, in bits a second.
fn mean_bandwidth_bps(video: &VideoRendition) -> u64 {
    with_container(u64::from(video.encoder.peak_bps))
}

fn audio_bandwidth_bps(audio: &AudioRendition) -> u64 {
    // A frame may borrow from the ones before it.
    with_container(u64::from(audio.bitrate_bps) * 11 / 10)
}

fn with_container(bps: u64) -> u64 {
    bps + bps / 50 + 10_000
}

//! How a run's work is cut: media processes at a time, and the spans that each makes.

use std::{collections::BTreeSet, ops::Range};

use mutoscope_core::media::{RenditionName, VideoCodec};

use crate::plan::{EncodePlan, RenditionPlan};

/// Longest span. What comes before a span's first picture and its sound is decoded for nothing, and a process that ends
/// takes a span's unfinished segments with it.
const LONGEST_MS: u64 = 120_000;
/// Shortest span but the last.
const SHORTEST_MS: u64 = 16_000;
/// Decoding a picture costs this share of encoding one of its size.
const DECODE_SHARE: u64 = 5;
/// A process that keeps this share of a core more than its own busy needs no other beside it.
const SLACK_PERCENT: u64 = 15;

/// Films of this length are begun with one rung's first segment: somebody may be watching while they are made, and what a
/// media process more costs does not count. So is the rung: the smallest of this height at least.
const LONG_MS: u64 = 600_000;
const OPENING_HEIGHT: u32 = 360;

/// Media processes at a time that keep `jobs` cores busy. One decodes for all rungs and encodes each by a thread of its
/// own, so that it keeps as many cores busy as its work is a multiple of its largest rung's. No more are started than
/// that takes: each holds a set of encoders in memory.
pub fn processes(plan: &EncodePlan, jobs: usize) -> usize {
    let jobs = u64::try_from(jobs.max(1)).unwrap_or(u64::MAX);
    let decoded = plan.video.as_ref().map_or(0, |video| video.coded_size.pixels()) / DECODE_SHARE;
    let kept_busy_percent = |codec: VideoCodec| {
        let rungs = plan.renditions.iter().filter_map(|rendition| match rendition {
            RenditionPlan::Video(rung) if rung.codec == codec => Some(rung.rung.size.pixels()),
            _ => None,
        });
        let (all, largest) = rungs.fold((0_u64, 0_u64), |(all, largest), pixels| (all + pixels, largest.max(pixels)));
        (largest > 0).then(|| (all + decoded).saturating_mul(100) / largest.max(decoded) + SLACK_PERCENT)
    };
    // Each codec has processes of its own.
    let Some(kept_busy_percent) = VideoCodec::ALL.into_iter().filter_map(kept_busy_percent).min() else {
        return usize::try_from(jobs).unwrap_or(usize::MAX);
    };
    usize::try_from(jobs.saturating_mul(100).div_ceil(kept_busy_percent).max(1)).unwrap_or(usize::MAX)
}

/// Spans for so many processes: long ones, and shorter ones towards the end, so that all are done at about the same
/// time.
pub fn spans(plan: &EncodePlan, processes: usize) -> Vec<Range<u32>> {
    let count = plan.grid.segment_count();
    let at_ms = |segment: u32| plan.grid.start_us(segment).map_or(u64::MAX, |us| us / 1_000);
    let processes = u64::try_from(processes.max(1)).unwrap_or(u64::MAX);
    let end_ms = plan.grid.length_ms();
    let mut spans = Vec::new();
    let mut start = 0;
    while start < count {
        let left_ms = end_ms.saturating_sub(at_ms(start));
        let share_ms = if processes == 1 { left_ms } else { left_ms / processes.saturating_mul(2) };
        let until_ms = at_ms(start).saturating_add(share_ms.clamp(SHORTEST_MS, LONGEST_MS));
        let mut end = start + 1;
        while end < count && at_ms(end) < until_ms {
            end += 1;
        }
        spans.push(start..end);
        start = end;
    }
    spans
}

/// What of a long film's first segment is made before all else: one rung of H.264, and the sound that goes with it.
pub fn opening(plan: &EncodePlan) -> Option<BTreeSet<RenditionName>> {
    if plan.grid.length_ms() < LONG_MS {
        return None;
    }
    let rungs = plan.renditions.iter().filter_map(|rendition| match rendition {
        RenditionPlan::Video(rung) if rung.codec == VideoCodec::H264 => Some(rung),
        _ => None,
    });
    let mut tall_enough = rungs.clone().filter(|rung| rung.rung.height >= OPENING_HEIGHT);
    let rung = tall_enough.next_back().or_else(|| rungs.into_iter().next())?;
    let names = plan.renditions.iter().map(RenditionPlan::name);
    let sound = names.filter(|name| !name.is_video() && !name.is_surround());
    Some(sound.chain([&rung.name]).cloned().collect())
}

/// The same spans with the first segment as one of its own, so that a part of it can be made before the rest.
pub fn first_segment_alone(spans: Vec<Range<u32>>) -> Vec<Range<u32>> {
    let cut = |span: Range<u32>| match span.start {
        0 if span.end > 1 => vec![0..1, 1..span.end],
        _ => vec![span],
    };
    spans.into_iter().flat_map(cut).collect()
}

/// Spans of so many segments each.
pub fn even_spans(count: u32, length: u32) -> Vec<Range<u32>> {
    (0..count)
        .step_by(usize::try_from(length).unwrap_or(usize::MAX))
        .map(|first| first..(first + length).min(count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_segment_is_cut_off_once_and_nothing_is_lost() {
        assert_eq!(first_segment_alone(vec![0..4, 4..7]), [0..1, 1..4, 4..7]);
        assert_eq!(first_segment_alone(vec![0..1, 1..2]), [0..1, 1..2]);
        assert_eq!(first_segment_alone(Vec::new()), []);
    }
}

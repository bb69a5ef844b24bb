//! How a plan's segments are grouped into jobs, and what is missing into requests. The grouping never changes a byte.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use mutoscope_core::media::{RenditionName, VideoCodec};

use crate::{
    plan::EncodePlan,
    span::{RenditionChoice, SpanRequest},
};

/// Segments by rendition.
pub(crate) type Missing = BTreeMap<RenditionName, BTreeSet<u32>>;

/// Long enough that opening, seeking and warming up cost little; short enough that a viewer who jumps waits little and
/// that two films take turns often.
const SPAN_MS: u64 = 16_000;

/// The first spans are short, so that the first picture is there soon: the first segment alone, then the next two.
const FIRST_SPANS: [u32; 2] = [1, 2];

/// A rung of HEVC or AV1 above this height has a media process of its own.
const TALLEST_IN_COMPANY: u32 = 1080;

/// The spans of a plan, in the order of the film.
pub fn spans_of(plan: &EncodePlan) -> Vec<Range<u32>> {
    let count = plan.grid.segment_count();
    let mut spans = Vec::new();
    let mut start = 0;
    for length in FIRST_SPANS {
        if start < count {
            let end = (start + length).min(count);
            spans.push(start..end);
            start = end;
        }
    }
    while start < count {
        let mut end = start + 1;
        while end < count && length_ms(plan, start, end + 1) <= SPAN_MS {
            end += 1;
        }
        spans.push(start..end);
        start = end;
    }
    spans
}

/// Requests for all that is missing: renditions that lack the same run share one, so that it is decoded once. Each codec
/// has requests of its own, H.264 first: what every player knows is there soonest, and one media process holds the encoders
/// of one codec only. Those of HEVC and AV1 take up to a gigabyte each for a tall rung, which is alone therefore.
pub(crate) fn requests_for(missing: &Missing) -> Vec<SpanRequest> {
    let lacking = || missing.iter().filter(|(_, segments)| !segments.is_empty());
    // Sound goes with the first of them.
    let first = lacking().filter_map(|(name, _)| company(name)).min();
    let mut runs: BTreeMap<(Option<Company>, u32, u32), BTreeSet<RenditionName>> = BTreeMap::new();
    for (name, segments) in missing {
        if let (Some(start), Some(last)) = (segments.first(), segments.last()) {
            let company = company(name).or(first);
            runs.entry((company, *start, last + 1)).or_default().insert(name.clone());
        }
    }
    let requests = runs
        .into_iter()
        .map(|((_, first, end), names)| SpanRequest { segments: first..end, renditions: RenditionChoice::Only(names) });
    requests.collect()
}

/// Renditions of pictures that share this share a media process: a codec, and a height where the rung is alone.
type Company = (VideoCodec, u32);

fn company(name: &RenditionName) -> Option<Company> {
    let codec = name.video_codec()?;
    let alone = name.rung_height().filter(|height| codec != VideoCodec::H264 && *height > TALLEST_IN_COMPANY);
    Some((codec, alone.unwrap_or(0)))
}

fn length_ms(plan: &EncodePlan, start: u32, end: u32) -> u64 {
    match (plan.grid.start_us(start), plan.grid.start_us(end)) {
        (Some(start), Some(end)) => (end - start) / 1_000,
        _ => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renditions_that_lack_the_same_run_share_a_request_and_whole_ones_are_in_none() {
        let (video, audio, other) =
            (RenditionName::video(240), RenditionName::audio(None, 1), RenditionName::video(360));
        let missing = Missing::from([
            (video.clone(), BTreeSet::from([3, 5])),
            (audio.clone(), BTreeSet::from([3, 4, 5])),
            (other.clone(), BTreeSet::from([4])),
            (RenditionName::video(720), BTreeSet::new()),
        ]);
        let requests = requests_for(&missing);
        let only = |names: &[&RenditionName]| RenditionChoice::Only(names.iter().map(|name| (*name).clone()).collect());
        assert_eq!(
            requests,
            [
                SpanRequest { segments: 3..6, renditions: only(&[&audio, &video]) },
                SpanRequest { segments: 4..5, renditions: only(&[&other]) },
            ]
        );
        assert!(requests_for(&Missing::new()).is_empty());
    }

    #[test]
    fn each_codec_has_requests_of_its_own_h264_first_and_sound_goes_with_the_first_of_them() {
        let name = |name: &str| name.parse::<RenditionName>().unwrap();
        let all = BTreeSet::from([0, 1]);
        let names = ["audio", "video-720", "video-720-av1", "video-720-hevc", "video-source"];
        let missing: Missing = names.iter().map(|text| (name(text), all.clone())).collect();
        let of = |missing: &Missing| -> Vec<Vec<String>> {
            let requests = requests_for(missing).into_iter();
            let named = |request: SpanRequest| match request.renditions {
                RenditionChoice::Only(names) => names.iter().map(ToString::to_string).collect(),
                RenditionChoice::All => Vec::new(),
            };
            requests.map(named).collect()
        };
        assert_eq!(
            of(&missing),
            [vec!["audio", "video-720", "video-source"], vec!["video-720-hevc"], vec!["video-720-av1"]]
        );
        let tall: Missing = ["video-1080-av1", "video-1440-av1", "video-2160", "video-2160-av1", "video-720-av1"]
            .iter()
            .map(|text| (name(text), all.clone()))
            .collect();
        let alone = [
            vec!["video-2160"],
            vec!["video-1080-av1", "video-720-av1"],
            vec!["video-1440-av1"],
            vec!["video-2160-av1"],
        ];
        assert_eq!(of(&tall), alone);
        let viewer: Missing = ["audio", "video-720-av1"].iter().map(|text| (name(text), all.clone())).collect();
        assert_eq!(of(&viewer), [["audio", "video-720-av1"]]);
    }
}

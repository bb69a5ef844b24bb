//! How a plan's segments are grouped into jobs, and what is missing into requests. The grouping never changes a byte.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use mutoscope_core::media::RenditionName;

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

/// Requests for all that is missing: renditions that lack the same run share one, so that it is decoded once.
pub(crate) fn requests_for(missing: &Missing) -> Vec<SpanRequest> {
    let mut runs: BTreeMap<(u32, u32), BTreeSet<RenditionName>> = BTreeMap::new();
    for (name, segments) in missing {
        if let (Some(first), Some(last)) = (segments.first(), segments.last()) {
            runs.entry((*first, last + 1)).or_default().insert(name.clone());
        }
    }
    let requests = runs
        .into_iter()
        .map(|((first, end), names)| SpanRequest { segments: first..end, renditions: RenditionChoice::Only(names) });
    requests.collect()
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
}

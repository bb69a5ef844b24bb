//! How a plan's segments are grouped into jobs. The grouping never changes a byte.

use std::ops::Range;

use crate::plan::EncodePlan;

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

fn length_ms(plan: &EncodePlan, start: u32, end: u32) -> u64 {
    match (plan.grid.start_us(start), plan.grid.start_us(end)) {
        (Some(start), Some(end)) => (end - start) / 1_000,
        _ => u64::MAX,
    }
}

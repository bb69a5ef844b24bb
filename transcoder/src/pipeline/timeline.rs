//! Source pictures onto the planned timeline: picture `n` is the last source picture that is not later than half a
//! picture after `n / rate`. Gaps repeat a picture, excess pictures drop out, and the plan alone bounds how many
//! there are, whatever timestamps claim.

use std::{ops::Range, sync::Arc};

use crate::plan::EncodePlan;
use mutoscope_core::media::Rational;

/// A planned picture: its number and its pixels.
#[derive(Clone)]
pub struct Planned<P> {
    pub number: u64,
    pub picture: Arc<P>,
}

/// Puts source pictures on the planned timeline of one span.
pub struct Timeline<P> {
    rate: Rational,
    start_us: i64,
    /// The next planned picture, and the end of the span.
    cursor: u64,
    end: u64,
    black_frames: u64,
    /// What is shown at the cursor until something later comes.
    current: Option<Arc<P>>,
    black: Option<Arc<P>>,
    last_us: Option<i64>,
}

impl<P> Timeline<P> {
    /// The planned pictures `frames`. `black` is shown where the plan says so and where nothing decodes at all.
    pub fn new(plan: &EncodePlan, rate: Rational, black_frames: u64, frames: Range<u64>, black: Arc<P>) -> Self {
        Self {
            rate,
            start_us: plan.source.start_us,
            cursor: frames.start,
            end: frames.end,
            black_frames,
            current: None,
            black: Some(black),
            last_us: None,
        }
    }

    /// The next planned picture.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Whether a source picture has come.
    pub fn has_begun(&self) -> bool {
        self.last_us.is_some()
    }

    /// The instant of the last source picture, in microseconds of the container.
    pub fn last_us(&self) -> Option<i64> {
        self.last_us
    }

    /// The first planned picture that is not black by plan.
    pub fn first_shown(&self) -> u64 {
        self.cursor.max(self.black_frames)
    }

    /// The film's first picture is shown from the film's start on, but for what is planned black.
    pub fn show_early(&mut self, picture: &Arc<P>) {
        self.current.get_or_insert_with(|| Arc::clone(picture));
    }

    /// The source picture of this instant is what is shown from now on. What comes before it must have been given.
    pub fn show(&mut self, picture: Arc<P>, at_us: i64) {
        self.last_us = Some(self.last_us.map_or(at_us, |last| last.max(at_us)));
        self.current = Some(picture);
    }

    /// Gives the planned pictures before `number`: they show what is shown now.
    ///
    /// # Errors
    /// Those of `give`.
    pub fn give_until<E>(&mut self, number: u64, mut give: impl FnMut(Planned<P>) -> Result<(), E>) -> Result<(), E> {
        while self.cursor < number.min(self.end) {
            let shown = if self.cursor < self.black_frames { &self.black } else { &self.current };
            if let Some(picture) = shown.as_ref().or(self.black.as_ref()) {
                give(Planned { number: self.cursor, picture: Arc::clone(picture) })?;
            }
            self.cursor += 1;
        }
        Ok(())
    }

    /// The first planned picture that shows a source picture of this instant.
    pub fn first_number(&self, at_us: i64) -> u64 {
        first_number(self.start_us, self.rate, at_us)
    }
}

/// The first planned picture that shows a source picture of this instant: `ceil((at - start) * rate - 1/2)`.
pub fn first_number(start_us: i64, rate: Rational, at_us: i64) -> u64 {
    let den = i128::from(rate.den()) * 1_000_000;
    let num = (i128::from(at_us) - i128::from(start_us)) * i128::from(rate.num());
    let ceiling = -(-(2 * num - den)).div_euclid(2 * den);
    u64::try_from(ceiling.max(0)).unwrap_or(u64::MAX)
}

/// The instant of a planned picture on the container's timeline, in microseconds, and half a picture after it.
pub fn latest_for(plan: &EncodePlan, rate: Rational, number: u64) -> i64 {
    let num = (2 * i128::from(number) + 1) * i128::from(rate.den()) * 1_000_000;
    let us = num / (2 * i128::from(rate.num().max(1)));
    plan.source.start_us.saturating_add(i64::try_from(us).unwrap_or(i64::MAX / 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of the source pictures that 10 planned pictures at 10 a second show; black is 99.
    fn shown(black_frames: u64, frames: Range<u64>, source_ms: &[i64]) -> Vec<usize> {
        let mut timeline = Timeline {
            rate: Rational::new(10, 1).unwrap(),
            start_us: 5_000_000,
            cursor: frames.start,
            end: frames.end,
            black_frames,
            current: None,
            black: Some(Arc::new(99)),
            last_us: None,
        };
        let mut shown = Vec::new();
        let mut give = |planned: Planned<usize>| {
            assert_eq!(planned.number, frames.start + u64::try_from(shown.len()).unwrap());
            shown.push(*planned.picture);
            Ok::<(), ()>(())
        };
        for (number, at_ms) in source_ms.iter().enumerate() {
            let (at_us, picture) = (5_000_000 + at_ms * 1_000, Arc::new(number));
            timeline.show_early(&picture);
            timeline.give_until(timeline.first_number(at_us), &mut give).unwrap();
            timeline.show(picture, at_us);
        }
        timeline.give_until(frames.end, &mut give).unwrap();
        shown
    }

    #[test]
    fn a_steady_source_is_shown_as_it_is_and_jitter_does_not_matter() {
        assert_eq!(shown(0, 0..5, &[0, 100, 200, 300, 400]), [0, 1, 2, 3, 4]);
        assert_eq!(shown(0, 0..5, &[3, 97, 204, 296, 402]), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn gaps_repeat_excess_drops_and_absurd_instants_end_at_the_plan() {
        assert_eq!(shown(0, 0..6, &[0, 100, 400]), [0, 1, 1, 1, 2, 2]);
        assert_eq!(shown(0, 0..3, &[0, 30, 60, 90, 120, 160, 210]), [1, 4, 6]);
        assert_eq!(shown(0, 0..3, &[0, i64::MAX / 8_000_000]), [0, 0, 0]);
        assert_eq!(shown(0, 0..3, &[]), [99, 99, 99]);
        assert_eq!(shown(2, 0..4, &[210, 300]), [99, 99, 0, 1]);
    }

    #[test]
    fn a_span_begins_with_the_last_picture_before_it() {
        assert_eq!(shown(0, 3..6, &[0, 100, 460]), [1, 1, 2]);
    }
}

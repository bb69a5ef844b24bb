//! The record's part of a plan: what is noted of every segment beside its renditions, to be merged into storyboard,
//! scene cuts and loudness once all of the film is there.

use std::ops::Range;

use mutoscope_core::media::{AudioCodec, PictureSize, RenditionName, SegmentGrid};
use serde::{Deserialize, Serialize};

use super::{
    RenditionPlan,
    audio::{AudioPlan, AudioRendition},
    video::VideoPlan,
};
use crate::span::SegmentFacts;

/// The longer side of a thumbnail in pixels; never more than the film's.
const THUMBNAIL_SIDE: u32 = 160;
/// How far thumbnails may be apart: the first of these by which a film has at most [`MOST_THUMBNAILS`].
const STEPS_S: [u64; 11] = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300];
const MOST_THUMBNAILS: u64 = 200;
/// Frames of sound before a segment that warm filters and decoders up, and after it. As in renditions, so that one
/// decoding serves both.
const PRE_ROLL_FRAMES: u32 = 48;
const POST_ROLL_FRAMES: u32 = 2;

/// What is noted of every segment. A record is a pure function of film, plan and index, as a segment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordPlan {
    pub pictures: Option<PictureRecordPlan>,
    /// The track whose loudness is measured, the one to play first, and how it is read. Nothing of it is encoded.
    pub sound: Option<AudioRendition>,
}

/// What is noted of pictures: thumbnails, and how much each differs from the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRecordPlan {
    /// Even sides. Every picture is scaled to it, from the last rung of the cascade, or from the source where no rung is
    /// made.
    pub thumbnail: PictureSize,
    /// One thumbnail stands for so long, and shows its middle.
    pub every_ms: u64,
}

impl RecordPlan {
    pub(super) fn new(
        grid: &SegmentGrid,
        video: Option<&VideoPlan>,
        tracks: &[AudioPlan],
        renditions: &[RenditionPlan],
    ) -> Option<Self> {
        let pictures = video.map(|video| PictureRecordPlan {
            thumbnail: thumbnail_size(video.display_size),
            every_ms: every_ms(grid.length_ms()),
        });
        let heard = renditions.iter().find_map(|rendition| match rendition {
            RenditionPlan::Audio(audio) if audio.default => Some((audio.stream, audio.sample_rate_hz)),
            RenditionPlan::CarriedAudio(audio) if audio.default => {
                Some((audio.stream, if audio.sample_rate_hz == 44_100 { 44_100 } else { 48_000 }))
            }
            _ => None,
        });
        let sound = heard.filter(|(stream, _)| tracks.iter().any(|track| track.stream == *stream)).map(
            |(stream, sample_rate_hz)| AudioRendition {
                name: RenditionName::record(),
                stream,
                codec: AudioCodec::AacLc,
                sample_rate_hz,
                channels: 2,
                bitrate_bps: 0,
                language: None,
                title: None,
                default: true,
                pre_roll_frames: PRE_ROLL_FRAMES,
                post_roll_frames: POST_ROLL_FRAMES,
            },
        );
        (pictures.is_some() || sound.is_some()).then_some(Self { pictures, sound })
    }

    /// A record's place on the film's timeline; `None` past its end.
    pub fn facts(&self, grid: &SegmentGrid, index: u32) -> Option<SegmentFacts> {
        let ticks = grid.segment(index)?;
        let duration = ticks.end - ticks.start;
        Some(SegmentFacts { timescale: grid.timescale(), start: ticks.start, duration, samples: 1 })
    }

    /// Whether the decoding of this rendition is what the record's sound needs.
    pub fn shares_sound_of(&self, rendition: &AudioRendition) -> bool {
        let read = |one: &AudioRendition| {
            (one.stream, one.sample_rate_hz, one.channels, one.pre_roll_frames, one.post_roll_frames)
        };
        self.sound.as_ref().is_some_and(|sound| read(sound) == read(rendition))
    }
}

impl PictureRecordPlan {
    /// How many thumbnails the film has; at least one.
    pub fn thumbnail_count(&self, grid: &SegmentGrid) -> u64 {
        grid.length_ms().div_ceil(self.every_ms.max(1)).max(1)
    }

    /// What a thumbnail stands for, in milliseconds of the film.
    pub fn thumbnail_ms(&self, grid: &SegmentGrid, number: u64) -> Range<u64> {
        let (every, length) = (self.every_ms.max(1), grid.length_ms().max(1));
        number.saturating_mul(every).min(length)..(number + 1).saturating_mul(every).min(length)
    }

    /// The planned picture that a thumbnail shows: the one in the middle of its time.
    pub fn thumbnail_picture(&self, grid: &SegmentGrid, video: &VideoPlan, number: u64) -> u64 {
        let shown = self.thumbnail_ms(grid, number);
        let (rate_num, rate_den) = (u128::from(video.frame_rate.num()), u128::from(video.frame_rate.den()));
        let picture = u128::from(shown.start + shown.end) * rate_num / (rate_den * 2_000);
        u64::try_from(picture).unwrap_or(u64::MAX).min(video.frame_count.saturating_sub(1))
    }

    /// The thumbnails that show one of these planned pictures, with the picture of each.
    pub fn thumbnails_of(&self, grid: &SegmentGrid, video: &VideoPlan, pictures: &Range<u64>) -> Vec<(u64, u64)> {
        let all = 0..self.thumbnail_count(grid);
        all.map(|number| (number, self.thumbnail_picture(grid, video, number)))
            .filter(|(_, picture)| pictures.contains(picture))
            .collect()
    }
}

fn every_ms(length_ms: u64) -> u64 {
    let fits = |step: &u64| length_ms.div_ceil(step * 1_000) <= MOST_THUMBNAILS;
    let step = STEPS_S.into_iter().find(fits).unwrap_or_else(|| length_ms.div_ceil(MOST_THUMBNAILS * 1_000));
    step * 1_000
}

/// The film's shape, its longer side [`THUMBNAIL_SIDE`] at most, its sides even.
fn thumbnail_size(film: PictureSize) -> PictureSize {
    let longer = film.width.max(film.height).max(1);
    let side = |own: u32| {
        let scaled = u64::from(own) * u64::from(THUMBNAIL_SIDE.min(longer)) / u64::from(longer);
        (u32::try_from(scaled).unwrap_or(THUMBNAIL_SIDE).saturating_add(1) & !1).max(2)
    };
    PictureSize { width: side(film.width), height: side(film.height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_of_any_length_has_at_most_two_hundred_thumbnails() {
        for (length_ms, every) in [(1, 1_000), (200_000, 1_000), (200_001, 2_000), (600_000, 3_000)] {
            assert_eq!(every_ms(length_ms), every, "{length_ms}");
        }
        for hours in 1..400_u64 {
            assert!((hours * 3_600_000).div_ceil(every_ms(hours * 3_600_000)) <= MOST_THUMBNAILS);
        }
    }

    #[test]
    fn thumbnails_have_the_films_shape_and_are_never_larger_than_it() {
        let size = |width, height| {
            let size = thumbnail_size(PictureSize { width, height });
            (size.width, size.height)
        };
        assert_eq!(size(1920, 1080), (160, 90));
        assert_eq!(size(1080, 1920), (90, 160));
        assert_eq!(size(641, 361), (160, 90));
        assert_eq!(size(2, 2), (2, 2));
        assert_eq!(size(8192, 2), (160, 2));
    }
}

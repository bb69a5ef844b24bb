//! One step of the cascade: source pictures become a rung's, or a rung's become the next one's.

use std::sync::Arc;

use super::{timeline::Planned, tone_map::ToneMap};
use crate::{
    av::{
        AvError, Pixel, VideoFrame,
        scaler::{Scaler, ScalerColour, matrix_number},
        turn::turn,
    },
    plan::VideoPlan,
    probe::Orientation,
};
use mutoscope_core::media::PictureSize;

/// A step of the cascade. A picture that is shown again is not scaled again.
pub struct Step {
    scaler: Scaler,
    /// From the scaler's 10-bit HDR to SDR.
    tone_map: Option<ToneMap>,
    orientation: Orientation,
    target: PictureSize,
    /// Whether pictures of the target's size and format may pass as they are.
    passes: bool,
    last: Option<(Arc<VideoFrame>, Arc<VideoFrame>)>,
}

impl Step {
    /// From the source to a rung's size: square pixels, upright, 8-bit 4:2:0, limited range.
    pub fn from_source(video: &VideoPlan, size: PictureSize) -> Self {
        let before_turn =
            if video.orientation.swaps_sides() { PictureSize { width: size.height, height: size.width } } else { size };
        let tone_map = video.colour.tone_map.as_ref().map(ToneMap::new);
        let (format, matrix) = match &tone_map {
            Some(_) => (Pixel::YUV420P10LE, "bt2020nc"),
            None => (Pixel::YUV420P, video.colour.matrix.as_str()),
        };
        let colour = ScalerColour {
            source_matrix: matrix_number(&video.colour.source_matrix),
            source_full_range: video.colour.source_full_range,
            target_matrix: matrix_number(matrix),
            target_full_range: false,
        };
        Self {
            scaler: Scaler::new(before_turn, format, colour),
            orientation: video.orientation,
            target: before_turn,
            passes: tone_map.is_none()
                && !video.colour.source_full_range
                && colour.source_matrix == colour.target_matrix,
            tone_map,
            last: None,
        }
    }

    /// From a taller rung to this size.
    pub fn from_rung(size: PictureSize) -> Self {
        Self {
            scaler: Scaler::new(size, Pixel::YUV420P, ScalerColour::SAME),
            orientation: Orientation::default(),
            target: size,
            passes: true,
            tone_map: None,
            last: None,
        }
    }

    /// The picture at the target's size.
    ///
    /// # Errors
    /// Where scaling fails.
    pub fn scale(&mut self, planned: &Planned<VideoFrame>) -> Result<Planned<VideoFrame>, AvError> {
        let scaled = match &self.last {
            Some((source, scaled)) if Arc::ptr_eq(source, &planned.picture) => Arc::clone(scaled),
            _ => {
                let scaled = self.make(&planned.picture)?;
                self.last = Some((Arc::clone(&planned.picture), Arc::clone(&scaled)));
                scaled
            }
        };
        Ok(Planned { number: planned.number, picture: scaled })
    }

    fn make(&mut self, picture: &Arc<VideoFrame>) -> Result<Arc<VideoFrame>, AvError> {
        let fits = picture.format() == Pixel::YUV420P
            && picture.width() == self.target.width
            && picture.height() == self.target.height;
        let scaled = if fits && self.passes { Arc::clone(picture) } else { Arc::new(self.scaler.scale(picture)?) };
        let scaled = match &mut self.tone_map {
            Some(tone_map) => Arc::new(tone_map.map(&scaled)?),
            None => scaled,
        };
        if self.orientation.is_identity() { Ok(scaled) } else { turn(&scaled, self.orientation).map(Arc::new) }
    }
}

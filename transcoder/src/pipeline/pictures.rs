//! Decoding pictures and putting them on the planned timeline.

use std::{ops::Range, sync::Arc};

use mutoscope_core::media::PictureSize;

use super::{
    report::Reporter,
    stop::Stop,
    timeline::{Planned, Timeline},
};
use crate::{
    av::{AvError, Packet, Step, VideoFrame, decoder::Decoder, frame},
    error::MediaWarning,
    plan::{EncodePlan, VideoPlan},
    probe::to_us,
};

/// Decodes a span's pictures.
pub struct Pictures<'a> {
    plan: &'a VideoPlan,
    film_start_us: i64,
    decoder: Decoder,
    timeline: Timeline<VideoFrame>,
    reporter: &'a Reporter<'a>,
    damaged: u64,
    last_us: Option<i64>,
}

impl<'a> Pictures<'a> {
    /// For the planned pictures `frames`.
    ///
    /// # Errors
    /// Where there is no memory for a black picture.
    pub fn new(
        plan: &'a EncodePlan,
        video: &'a VideoPlan,
        decoder: Decoder,
        frames: Range<u64>,
        reporter: &'a Reporter<'a>,
    ) -> Result<Self, AvError> {
        let PictureSize { width, height } = video.coded_size;
        let black = frame::black(PictureSize { width: (width + 1) & !1, height: (height + 1) & !1 })?;
        Ok(Self {
            plan: video,
            film_start_us: plan.source.start_us,
            decoder,
            timeline: Timeline::new(plan, video.frame_rate, video.black_frames, frames, Arc::new(black)),
            reporter,
            damaged: 0,
            last_us: None,
        })
    }

    /// Whether every planned picture has been given.
    pub fn is_full(&self) -> bool {
        self.timeline.is_full()
    }

    /// The instant of the last source picture, on the container's timeline.
    pub fn last_us(&self) -> Option<i64> {
        self.timeline.last_us()
    }

    /// Decodes a packet; planned pictures that are settled by it go to `give`.
    ///
    /// # Errors
    /// Where a stage stopped.
    pub fn push(
        &mut self,
        mut packet: Packet,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        loop {
            match self.decoder.send(Some(&mut packet)) {
                Ok(true) => break,
                // Full: it takes the packet once its pictures are out.
                Ok(false) if self.receive_all(give)? > 0 => {}
                Ok(false) => break,
                Err(error) => {
                    self.damage(error)?;
                    break;
                }
            }
        }
        self.receive_all(give).map(drop)
    }

    /// The source has ended: what the decoder still holds, and then the last picture to the end of the span.
    ///
    /// # Errors
    /// Where a stage stopped.
    pub fn finish(&mut self, give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>) -> Result<(), Stop> {
        if !self.is_full() {
            if let Err(error) = self.decoder.send(None) {
                self.damage(error)?;
            }
            self.receive_all(give)?;
        }
        self.timeline.finish(give)
    }

    fn receive_all(&mut self, give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>) -> Result<u32, Stop> {
        let mut received = 0;
        let mut failures = 0;
        loop {
            match self.decoder.receive_picture() {
                Ok(Step::Output(picture)) => {
                    received += 1;
                    self.reporter.decoded_one()?;
                    self.place(picture, give)?;
                    if self.is_full() {
                        return Ok(received);
                    }
                }
                Ok(Step::NeedInput | Step::Drained) => return Ok(received),
                Err(error) => {
                    self.damage(error)?;
                    failures += 1;
                    // A decoder that only fails is asked again with the next packet.
                    if failures > 16 {
                        return Ok(received);
                    }
                }
            }
        }
    }

    fn place(
        &mut self,
        picture: VideoFrame,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let at_us = match frame::best_timestamp(&picture) {
            Some(ticks) => to_us(ticks, self.plan.time_base),
            // Without an instant: one picture after the last.
            None => self.last_us.map_or(self.film_start_us, |last| {
                let rate = self.plan.frame_rate;
                last + i64::from(rate.den()) * 1_000_000 / i64::from(rate.num().max(1))
            }),
        };
        self.last_us = Some(at_us);
        if frame::is_damaged(&picture) {
            self.warn_of_damage()?;
        }
        self.timeline.push(Arc::new(picture), at_us, give)
    }

    fn damage(&mut self, error: AvError) -> Result<(), Stop> {
        if error.is_out_of_memory() {
            return Err(self.reporter.failure.note(error));
        }
        self.warn_of_damage()
    }

    fn warn_of_damage(&mut self) -> Result<(), Stop> {
        self.damaged += 1;
        if self.damaged > 1 {
            return Ok(());
        }
        let at_us = self.last_us.unwrap_or(self.film_start_us).saturating_sub(self.film_start_us);
        let at_ms = u64::try_from(at_us / 1_000).unwrap_or(0);
        let text = "Some pictures around here are damaged in the file and may look broken.";
        self.reporter.warn(MediaWarning::at("picture_damaged", text, at_ms))
    }
}

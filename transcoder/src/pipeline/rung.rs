//! One rung's thread: encodes, and packs each segment as soon as it is whole.

use std::{ops::Range, sync::mpsc::Receiver};

use super::{report::Reporter, stop::Stop, timeline::Planned};
use crate::{
    av::{
        Packet, VideoFrame, frame,
        muxer::{self, Place},
        parameters::TrackParameters,
        rung_encoder::RungEncoder,
        segment_check,
    },
    error::{MediaError, MediaErrorCode},
    plan::{OutputColour, VideoRendition},
    span::Verification,
};

/// What one rung's thread works on.
pub struct RungStage<'a> {
    pub rung: &'a VideoRendition,
    pub colour: &'a OutputColour,
    /// The segments and their planned pictures.
    pub segments: Vec<(u32, Range<u64>)>,
    pub pictures: Receiver<Planned<VideoFrame>>,
    pub verification: Verification,
    pub reporter: &'a Reporter<'a>,
}

impl RungStage<'_> {
    /// Works until the pictures end.
    ///
    /// # Errors
    /// Where this or another stage stopped.
    pub fn run(mut self) -> Result<(), Stop> {
        let mut segments = std::mem::take(&mut self.segments).into_iter();
        let mut open: Option<OpenSegment> = None;
        while let Ok(planned) = self.pictures.recv() {
            let segment = match open.take() {
                Some(segment) => Some(segment),
                None => match segments.next() {
                    Some((index, frames)) => Some(self.begin(index, frames)?),
                    None => None,
                },
            };
            let Some(mut segment) = segment else { continue };
            self.encode(&mut segment, &planned)?;
            if planned.number + 1 == segment.frames.end {
                self.end(segment)?;
            } else {
                open = Some(segment);
            }
        }
        // Pictures ended inside a segment, or before one: somebody stopped.
        if open.is_some() || segments.next().is_some() { Err(Stop) } else { Ok(()) }
    }

    fn begin(&self, index: u32, frames: Range<u64>) -> Result<OpenSegment, Stop> {
        let encoder = RungEncoder::open(self.rung, self.colour).map_err(|error| self.reporter.failure.note(error))?;
        Ok(OpenSegment { index, expected: frames.start, frames, encoder, packets: Vec::new() })
    }

    fn encode(&self, segment: &mut OpenSegment, planned: &Planned<VideoFrame>) -> Result<(), Stop> {
        if planned.number != segment.expected {
            return Err(self.reporter.failure.note(MediaErrorCode::Internal));
        }
        segment.expected += 1;
        let pts = i64::try_from(planned.number).unwrap_or(i64::MAX);
        frame::reference(&planned.picture, pts)
            .and_then(|picture| segment.encoder.push(&picture, &mut segment.packets))
            .map_err(|error| self.reporter.failure.note(error))?;
        self.reporter.sign_of_work()
    }

    fn end(&self, mut segment: OpenSegment) -> Result<(), Stop> {
        let facts = self.rung.facts(segment.frames.clone());
        let place = Place {
            index: segment.index,
            timescale: facts.timescale,
            start: facts.start,
            packet_ticks: self.rung.frame_ticks,
            reorder: segment.encoder.reorder(),
        };
        let failure = self.reporter.failure;
        while let Some(packet) = segment.encoder.finish_one().map_err(|error| failure.note(error))? {
            segment.packets.push(packet);
            self.reporter.sign_of_work()?;
        }
        let OpenSegment { index, frames, encoder, mut packets, .. } = segment;
        let track = encoder.close().map_err(|error| failure.note(error))?;
        segment_check::harm(&mut packets);
        self.verify(&track, &packets, &frames).map_err(|error| failure.note(error))?;
        let muxed = muxer::pack(&track, packets, place);
        let muxed = muxed.map_err(|error| failure.note(error))?;
        self.reporter.deliver(&self.rung.name, index, &muxed, facts)
    }

    fn verify(&self, track: &TrackParameters, packets: &[Packet], frames: &Range<u64>) -> Result<(), MediaError> {
        match self.verification {
            Verification::Keyframes => segment_check::check_key_picture(track, packets.first()),
            Verification::Full => {
                let count = frames.end - frames.start;
                segment_check::check_pictures(track, packets, count, || self.reporter.sign_of_work().is_ok())
            }
        }
    }
}

struct OpenSegment {
    index: u32,
    frames: Range<u64>,
    expected: u64,
    encoder: RungEncoder,
    packets: Vec<Packet>,
}

//! Reads the film's packets and gives them to the stages: pictures decoded, sound and what is carried over as it is.

use std::sync::mpsc::SyncSender;

use super::{
    carry::CarryStage,
    demux::{Demuxer, Entry, Film, Next},
    pictures::{Course, Pictures},
    report::Reporter,
    stop::Stop,
    timeline::Planned,
    work::Work,
};
use crate::{
    av::{Packet, VideoFrame, decoder::DecoderTemplate},
    error::MediaError,
    probe::to_us,
};

/// Without sound that far behind the span's last picture, a track is taken to have ended.
const TRACK_LAG_US: i64 = 30_000_000;

/// Where a track's packets go until it has enough.
pub struct TrackFeed {
    pub stream: u32,
    pub time_base: mutoscope_core::media::Rational,
    /// The end of the last packet that it needs.
    pub end_us: i64,
    pub packets: Option<SyncSender<Packet>>,
}

/// Reads packets and gives them to the stages.
pub struct Feeder<'a> {
    pub work: &'a Work<'a>,
    pub film: &'a Film<'a>,
    pub rungs: Option<SyncSender<Planned<VideoFrame>>>,
    pub tracks: Vec<TrackFeed>,
    pub carry: Option<CarryStage<'a>>,
    pub reporter: &'a Reporter<'a>,
}

impl Feeder<'_> {
    /// Works until every stage has what the span needs of the film.
    ///
    /// # Errors
    /// Where this or another stage stopped.
    pub fn run(mut self, demuxer: &mut Demuxer, decoder: Option<DecoderTemplate>) -> Result<(), Stop> {
        let failure = self.reporter.failure;
        let (rungs, mut carry) = (self.rungs.take(), self.carry.take());
        let mut give = |planned: Planned<VideoFrame>| {
            self.reporter.passed_one();
            match &rungs {
                Some(rungs) => rungs.send(planned).map_err(|_| Stop),
                None => Ok(()),
            }
        };
        let mut pictures = match (self.work.video, decoder) {
            (Some(video), Some(decoder)) => {
                let segments = self.work.segments.clone();
                let segments = segments.filter_map(|index| video.frames_of(&self.film.plan.grid, index)).collect();
                let pictures = Pictures::new(self.film.plan, video, decoder, segments, self.reporter);
                Some((video, pictures.map_err(|error| failure.note(error))?))
            }
            _ => None,
        };
        let own_demuxer = demuxer.is_unsure() || counts_pictures(&self.film.plan.source.container);
        if let Some((video, pictures)) = pictures.as_mut().filter(|_| own_demuxer) {
            pictures.distrust();
            pictures.run(|by_us| self.open_pictures(video.stream, by_us), &mut give)?;
        }
        loop {
            let pictures_wait = pictures.as_ref().is_some_and(|(_, pictures)| !pictures.is_full());
            let carry_waits = carry.as_ref().is_some_and(|carry| !carry.is_full());
            if !pictures_wait && !carry_waits && self.tracks.iter().all(|track| track.packets.is_none()) {
                break;
            }
            let next = demuxer.next().map_err(|error| failure.note(error))?;
            let video = self.work.video.map(|video| video.stream as usize);
            if let (Next::Packet(packet), Some(carry)) = (&next, &mut carry)
                && Some(packet.stream()) == video
            {
                carry.push(packet)?;
            }
            let course = match (next, &mut pictures) {
                (Next::End, _) => break,
                (Next::Damaged, Some((_, pictures))) if pictures_wait => pictures.saw_damage()?,
                (Next::Damaged, _) => Course::GoOn,
                (Next::Packet(packet), Some((video, pictures))) if packet.stream() == video.stream as usize => {
                    if pictures_wait {
                        pictures.push(packet, &mut give)?
                    } else {
                        if let Some(ticks) = packet.dts() {
                            self.end_late_tracks(to_us(ticks, video.time_base));
                        }
                        Course::GoOn
                    }
                }
                (Next::Packet(packet), _) => {
                    if Some(packet.stream()) != video {
                        self.give_to_track(packet)?;
                    } else if let (Some(video), Some(ticks)) = (self.work.video, packet.dts()) {
                        self.end_late_tracks(to_us(ticks, video.time_base));
                    }
                    Course::GoOn
                }
            };
            if let Some(carry) = &mut carry {
                carry.settle()?;
            }
            if let (Course::EnterAt(_), Some((video, pictures))) = (course, &mut pictures) {
                pictures.run(|by_us| self.open_pictures(video.stream, by_us), &mut give)?;
            }
        }
        if let Some((video, pictures)) = &mut pictures {
            pictures.finish(&mut give)?;
            pictures.run(|by_us| self.open_pictures(video.stream, by_us), &mut give)?;
        }
        if let Some(carry) = &mut carry {
            carry.end()?;
        }
        Ok(())
    }

    /// The pictures alone, from an entry point of their own.
    fn open_pictures(&self, stream: u32, by_us: i64) -> Result<Demuxer, MediaError> {
        Demuxer::open(self.film, &Entry { video: Some((stream, by_us)), audio: Default::default() })
    }

    /// A packet of sound goes to its track; one past the span's end tells that the track has all it needs.
    fn give_to_track(&mut self, packet: Packet) -> Result<(), Stop> {
        let ticks = packet.pts().or(packet.dts());
        // A track that is made into several renditions has several feeds.
        let stream = packet.stream();
        for track in self.tracks.iter_mut().filter(|track| track.stream as usize == stream) {
            let Some(sender) = &track.packets else { continue };
            if ticks.is_some_and(|ticks| to_us(ticks, track.time_base) >= track.end_us) {
                track.packets = None;
            } else {
                sender.send(packet.clone()).map_err(|_| Stop)?;
            }
        }
        Ok(())
    }

    fn end_late_tracks(&mut self, video_us: i64) {
        for track in &mut self.tracks {
            if video_us > track.end_us.saturating_add(TRACK_LAG_US) {
                track.packets = None;
            }
        }
    }
}

/// Whether pictures have no instants of their own in this container, but those that counting them from the place of
/// entry gives: damage makes them differ by where the sound was looked for.
fn counts_pictures(container: &str) -> bool {
    container.split(',').any(|name| name == "avi")
}

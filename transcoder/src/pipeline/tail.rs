//! Where a film stops decoding: its last stretch is decoded, and where nothing comes out of it, the last place that
//! gives something is found by going back and by halving.

use std::collections::BTreeMap;

use super::{demux::Film, report::Reporter};
use crate::{
    av::{
        Packet, Step,
        decoder::{Decoder, DecoderTemplate},
        frame,
        input::{DAMAGED_IN_A_ROW, Input, Read},
        streams,
    },
    error::{MediaError, MediaErrorCode},
    plan::EncodePlan,
    probe::{to_ticks, to_us},
};

/// How long the film's last picture may stay, in silence, before its rest counts as missing.
const TAIL_US: i64 = 1_500_000;
/// How much of the film's end is decoded first, and how near the halving comes to the last place.
const STRETCH_US: i64 = 4_000_000;
/// Pictures come this much later than their packets at most.
const REORDER_US: i64 = 5_000_000;

/// The instant after which nothing of the film decodes, in microseconds of the film, where that is well before the end
/// that the plan gives it. Silence that a container's zeroed bytes happen to spell is nothing, if pictures are missing
/// beside it.
///
/// # Errors
/// Where the film cannot be read.
pub fn find(film: &Film<'_>, reporter: &Reporter<'_>) -> Result<Option<u64>, MediaError> {
    let plan = film.plan;
    let search = Search { film, reporter };
    let start_us = plan.source.start_us;
    let length_us = i64::try_from(plan.grid.length_us()).unwrap_or(i64::MAX / 4);
    let end_us = start_us.saturating_add(length_us);
    // Sound to the end is all that is asked, and costs next to nothing to find.
    let close_us = end_us.saturating_sub(TAIL_US).max(start_us);
    if search.look(close_us, i64::MAX, Wanted::Heard)?.is_some() {
        return Ok(None);
    }
    // Nothing decodes from `nothing_us` on; something does from `place_us` on.
    let (mut nothing_us, mut back_us) = (i64::MAX, STRETCH_US);
    let mut place_us = loop {
        let place_us = end_us.saturating_sub(back_us).max(start_us);
        let wanted = if nothing_us == i64::MAX { Wanted::Last } else { Wanted::Any };
        let last_us = search.look(place_us, nothing_us, wanted)?;
        match (last_us, wanted) {
            (Some(last_us), Wanted::Last) => return Ok(ending(last_us, start_us, end_us)),
            (Some(_), Wanted::Any | Wanted::Heard) => break place_us,
            (None, _) if place_us <= start_us => return Ok(None),
            (None, _) => (nothing_us, back_us) = (place_us, back_us.saturating_mul(2)),
        }
    };
    while nothing_us - place_us > STRETCH_US {
        let middle_us = place_us + (nothing_us - place_us) / 2;
        match search.look(middle_us, nothing_us, Wanted::Any)? {
            Some(_) => place_us = middle_us,
            None => nothing_us = middle_us,
        }
    }
    let last_us = search.look(place_us, nothing_us, Wanted::Last)?;
    Ok(last_us.and_then(|last_us| ending(last_us, start_us, end_us)))
}

fn ending(last_us: i64, start_us: i64, end_us: i64) -> Option<u64> {
    if end_us - last_us > TAIL_US { u64::try_from(last_us - start_us).ok() } else { None }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Whether there is sound that is more than zeros: no picture is decoded.
    Heard,
    /// Whether anything decodes: the first that does will do.
    Any,
    /// The end of the last that decodes.
    Last,
}

struct Search<'a> {
    film: &'a Film<'a>,
    reporter: &'a Reporter<'a>,
}

impl Search<'_> {
    /// The end of what decodes from an instant on, on the container's timeline. After `nothing_us` nothing does.
    fn look(&self, place_us: i64, nothing_us: i64, wanted: Wanted) -> Result<Option<i64>, MediaError> {
        let (plan, limits) = (self.film.plan, self.film.limits);
        let mut input = self.film.open()?;
        let video = plan.video.as_ref();
        let used = video.map(|video| video.stream).into_iter().chain(plan.audio.iter().map(|track| track.stream));
        input.keep_only(&used.collect::<Vec<_>>());
        let leading = video.map(|video| (video.stream, video.time_base));
        let leading = leading.or(plan.audio.first().map(|track| (track.stream, track.time_base)));
        let (stream, time_base) = leading.ok_or(MediaErrorCode::PlanUnusable)?;
        if place_us > plan.source.start_us && input.seek(stream, to_ticks(place_us, time_base)).is_err() {
            // As good as a place further back: reading begins at the start.
            input = self.film.open()?;
        }
        let mut looking = Looking { plan, place_us, found: Found::default(), pictures: None, tracks: BTreeMap::new() };
        if let Some(video) = video.filter(|_| wanted != Wanted::Heard) {
            looking.pictures = Some(Decoder::open(&input, video.stream, limits, 1)?);
        }
        for track in &plan.audio {
            let decoder = DecoderTemplate::new(&input, track.stream, limits)?.open(1)?;
            looking.tracks.insert(track.stream, decoder);
        }
        let read_until_us = nothing_us.saturating_add(REORDER_US);
        while let Some(packet) = next(&mut input)? {
            let at_us = looking.take(packet)?;
            if self.reporter.sign_of_work().is_err() {
                return Err(MediaErrorCode::Cancelled.into());
            }
            let enough = wanted != Wanted::Last && looking.found.surely().is_some();
            if enough || at_us.is_some_and(|at_us| at_us > read_until_us) {
                break;
            }
        }
        looking.drain()?;
        Ok(if wanted == Wanted::Heard { looking.found.heard_us } else { looking.found.last() })
    }
}

/// What one look has found so far.
#[derive(Debug, Default)]
struct Found {
    picture_us: Option<i64>,
    sound_us: Option<i64>,
    /// Sound that is more than zeros.
    heard_us: Option<i64>,
    /// Whether there are packets of pictures, and whether some do not decode.
    pictures_due: bool,
    pictures_fail: bool,
}

impl Found {
    fn surely(&self) -> Option<i64> {
        self.picture_us.max(self.heard_us)
    }

    fn last(&self) -> Option<i64> {
        let pictures_fail = self.pictures_fail || self.pictures_due && self.picture_us.is_none();
        if pictures_fail { self.surely() } else { self.picture_us.max(self.sound_us) }
    }
}

/// The decoders of one look.
struct Looking<'a> {
    plan: &'a EncodePlan,
    place_us: i64,
    found: Found,
    pictures: Option<Decoder>,
    tracks: BTreeMap<u32, Decoder>,
}

impl Looking<'_> {
    /// Decodes a packet; its instant.
    fn take(&mut self, mut packet: Packet) -> Result<Option<i64>, MediaError> {
        let Ok(stream) = u32::try_from(packet.stream()) else { return Ok(None) };
        let ticks = packet.dts().or(packet.pts());
        if let Some(video) = self.plan.video.as_ref().filter(|video| video.stream == stream) {
            let at_us = ticks.map(|ticks| to_us(ticks, video.time_base));
            self.found.pictures_due |= at_us.is_some_and(|at_us| at_us >= self.place_us);
            self.decode_picture(Some(&mut packet))?;
            return Ok(at_us);
        }
        let Some(track) = self.plan.audio.iter().find(|track| track.stream == stream) else { return Ok(None) };
        let at_us = ticks.map(|ticks| to_us(ticks, track.time_base));
        if at_us.is_some_and(|at_us| at_us >= self.place_us) {
            self.decode_sound(stream, Some(&mut packet))?;
        }
        Ok(at_us)
    }

    fn drain(&mut self) -> Result<(), MediaError> {
        self.decode_picture(None)?;
        let tracks: Vec<u32> = self.tracks.keys().copied().collect();
        tracks.into_iter().try_for_each(|track| self.decode_sound(track, None))
    }

    fn decode_picture(&mut self, packet: Option<&mut Packet>) -> Result<(), MediaError> {
        let (Some(decoder), Some(video)) = (&mut self.pictures, &self.plan.video) else { return Ok(()) };
        if let Err(error) = decoder.send(packet) {
            self.found.pictures_fail = true;
            return if error.is_out_of_memory() { Err(error.into()) } else { Ok(()) };
        }
        loop {
            match decoder.receive_picture() {
                Ok(Step::Output(picture)) if frame::is_damaged(&picture) => self.found.pictures_fail = true,
                Ok(Step::Output(picture)) => {
                    let at_us = frame::best_timestamp(&picture).map(|ticks| to_us(ticks, video.time_base));
                    if let Some(at_us) = at_us.filter(|at_us| *at_us >= self.place_us) {
                        let rate = video.frame_rate;
                        let shown_us = i64::from(rate.den()) * 1_000_000 / i64::from(rate.num().max(1));
                        self.found.picture_us = self.found.picture_us.max(Some(at_us.saturating_add(shown_us)));
                    }
                }
                Ok(Step::NeedInput | Step::Drained) => return Ok(()),
                Err(error) if error.is_out_of_memory() => return Err(error.into()),
                Err(_) => {
                    self.found.pictures_fail = true;
                    return Ok(());
                }
            }
        }
    }

    fn decode_sound(&mut self, stream: u32, packet: Option<&mut Packet>) -> Result<(), MediaError> {
        let track = self.plan.audio.iter().find(|track| track.stream == stream);
        let (Some(decoder), Some(track)) = (self.tracks.get_mut(&stream), track) else { return Ok(()) };
        if let Err(error) = decoder.send(packet) {
            return if error.is_out_of_memory() { Err(error.into()) } else { Ok(()) };
        }
        loop {
            match decoder.receive_sound() {
                Ok(Step::Output(sound)) => {
                    let Some(ticks) = sound.pts() else { continue };
                    let (rate_hz, _) = streams::sound_facts(&sound);
                    let length_us = i64::try_from(sound.samples()).unwrap_or(0) * 1_000_000 / i64::from(rate_hz.max(1));
                    let end_us = Some(to_us(ticks, track.time_base).saturating_add(length_us));
                    self.found.sound_us = self.found.sound_us.max(end_us);
                    if !frame::is_silent(&sound) {
                        self.found.heard_us = self.found.heard_us.max(end_us);
                    }
                }
                Ok(Step::NeedInput | Step::Drained) => return Ok(()),
                Err(error) if error.is_out_of_memory() => return Err(error.into()),
                Err(_) => return Ok(()),
            }
        }
    }
}

fn next(input: &mut Input) -> Result<Option<Packet>, MediaError> {
    for _ in 0..DAMAGED_IN_A_ROW {
        match input.read()? {
            Read::Packet(packet) => return Ok(Some(packet)),
            Read::End => return Ok(None),
            Read::Damaged => {}
        }
    }
    Ok(None)
}

//! Looks whether streams could be carried over, inside the media process: by the sample index without reading any
//! picture, or by a quick pass over all packets.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use mutoscope_core::media::Rational;

use super::{
    AudioStream, Interlacing, VideoStream,
    carriage::{AacTrack, Carriage, H264Track, Unfit},
    movie_box,
    packets::{MOST_PACKETS, PacketFacts, summarise_pictures, summarise_sound},
};
use crate::{
    av::{
        index::IndexEntry,
        input::{FirstPacket, Input, Read},
        is_discarded,
    },
    bitstream::{
        aac,
        h264::{self, Framing, Misfit, ParameterSets},
        sps,
    },
    error::MediaError,
    jail::Channel,
    limits::Limits,
};

/// How long a pass over the packets may take.
const PASS: Duration = Duration::from_millis(300);
/// Packets between two looks at the clock.
const CLOCK_EVERY: usize = 32;
/// Key frames whose first bytes are looked at where only the index was read.
const LOOKED_AT: usize = 5;
/// So many of them.
const FIRST_BYTES: u64 = 64 << 10;
/// The highest level that browsers play (ISO/IEC 14496-10, A.3).
const HIGHEST_LEVEL: u8 = 52;

/// What is known before the look.
pub struct Known<'a> {
    pub video: Option<&'a VideoStream>,
    pub audio: &'a [AudioStream],
    pub first: &'a BTreeMap<u32, FirstPacket>,
    /// Whether the container is mp4 or mov.
    pub has_sample_index: bool,
}

/// What the look told.
#[derive(Debug, Default)]
pub struct Looked {
    pub video: Carriage<H264Track>,
    pub audio: BTreeMap<u32, Carriage<AacTrack>>,
}

/// Looks at every stream that may be fit.
///
/// # Errors
/// Where the film's bytes cannot be had.
pub fn look(
    channel: &Arc<Channel>,
    input: &Input,
    source_bytes: u64,
    limits: &Limits,
    known: &Known<'_>,
) -> Result<Looked, MediaError> {
    let mut looked = Looked::default();
    let pictures = known.video.map(|video| (video, Pictures::of(video, input)));
    let pictures = match pictures {
        Some((video, Ok(pictures))) => Some((video, pictures)),
        Some((_, Err(unfit))) => {
            looked.video = Carriage::Unfit(unfit);
            None
        }
        None => None,
    };
    let mut tracks = Vec::new();
    for track in known.audio {
        match plain_sound(track, input) {
            Ok(()) => tracks.push(track),
            Err(unfit) => drop(looked.audio.insert(track.index, Carriage::Unfit(unfit))),
        }
    }
    if pictures.is_none() && tracks.is_empty() {
        return Ok(looked);
    }
    let mut by_stream = match Indexed::read(channel, input, source_bytes, known) {
        Some(indexed) => {
            let streams = pictures.iter().map(|(video, _)| video.index).chain(tracks.iter().map(|track| track.index));
            streams.map(|stream| (stream, indexed.packets(stream))).collect()
        }
        None => {
            let pictures = pictures.as_ref().map(|(video, pictures)| (video.index, pictures));
            pass(channel, source_bytes, limits, pictures, &tracks)?
        }
    };
    if let Some((video, pictures)) = &pictures {
        let packets = by_stream.remove(&video.index).unwrap_or(Err(Unfit::NotIndexed));
        let track = packets
            .and_then(|packets| Ok((summarise_pictures(&packets.facts, pictures.profile, video.time_base)?, packets)))
            .and_then(|(track, packets)| pictures.look_at_some(channel, &packets.entries).map(|()| track));
        looked.video = track.map_or_else(Carriage::Unfit, Carriage::Fit);
    }
    for track in tracks {
        let packets = by_stream.remove(&track.index).unwrap_or(Err(Unfit::NotIndexed));
        let fit = packets.and_then(|packets| summarise_sound(&packets.facts, track.time_base, track.sample_rate_hz));
        looked.audio.insert(track.index, fit.map_or_else(Carriage::Unfit, Carriage::Fit));
    }
    Ok(looked)
}

/// A stream's packets, and its index where they come from one.
#[derive(Default)]
struct Packets {
    facts: Vec<PacketFacts>,
    entries: Vec<IndexEntry>,
}

/// H.264 that every browser plays as it is.
struct Pictures {
    profile: [u8; 3],
    sets: ParameterSets,
    framing: Framing,
}

impl Pictures {
    fn of(video: &VideoStream, input: &Input) -> Result<Self, Unfit> {
        if video.codec != "h264" {
            return Err(Unfit::OtherCodec);
        }
        if !video.orientation.is_identity() {
            return Err(Unfit::Turned);
        }
        if video.colour.is_hdr() {
            return Err(Unfit::Hdr);
        }
        if !matches!(video.pixel_format.as_str(), "yuv420p" | "yuvj420p") {
            return Err(Unfit::PixelFormat);
        }
        if video.sample_aspect != Rational::ONE || video.display_size != video.coded_size {
            return Err(Unfit::PixelShape);
        }
        if video.interlacing != Interlacing::Progressive {
            return Err(Unfit::Interlaced);
        }
        let (sets, framing) =
            h264::read_configuration(&input.configuration(video.index)).ok_or(Unfit::ParametersChange)?;
        let [only] = sets.sequence.as_slice() else { return Err(Unfit::ParametersChange) };
        let read = sps::read(only).ok_or(Unfit::Profile)?;
        if !read.progressive {
            return Err(Unfit::Interlaced);
        }
        if (read.chroma_format, read.luma_bits, read.chroma_bits) != (1, 8, 8) {
            return Err(Unfit::PixelFormat);
        }
        // Baseline only where it is also Main (constraint set 1): the rest of it no browser decodes.
        if !matches!((read.profile, read.constraints & 0x40), (66, 0x40) | (77 | 100, _)) {
            return Err(Unfit::Profile);
        }
        if read.level > HIGHEST_LEVEL {
            return Err(Unfit::Level);
        }
        if (read.width, read.height) != (video.coded_size.width, video.coded_size.height) || sets.record().is_none() {
            return Err(Unfit::ParametersChange);
        }
        Ok(Self { profile: [read.profile, read.constraints, read.level], sets, framing })
    }

    /// A few key frames must begin as IDR pictures of these parameters. All are checked when they are carried over.
    fn look_at_some(&self, channel: &Channel, entries: &[IndexEntry]) -> Result<(), Unfit> {
        let keys: Vec<&IndexEntry> = entries.iter().filter(|entry| entry.key).collect();
        let step = (keys.len() / LOOKED_AT).max(1);
        for key in keys.into_iter().step_by(step).take(LOOKED_AT) {
            let length = u64::from(key.bytes).min(FIRST_BYTES);
            let start = movie_box::bytes_at(channel, key.position, length).ok_or(Unfit::Damaged)?;
            self.judge(h264::begins_idr(&start, self.framing, &self.sets))?;
        }
        Ok(())
    }

    fn judge(&self, begins: Result<bool, Misfit>) -> Result<(), Unfit> {
        match begins {
            Ok(true) => Ok(()),
            Ok(false) => Err(Unfit::OpenGop),
            Err(Misfit::ParametersChange) => Err(Unfit::ParametersChange),
            Err(Misfit::Framing | Misfit::NoPicture) => Err(Unfit::Damaged),
        }
    }
}

fn plain_sound(track: &AudioStream, input: &Input) -> Result<(), Unfit> {
    if track.codec != "aac" {
        return Err(Unfit::OtherCodec);
    }
    if !(1..=2).contains(&track.channels) {
        return Err(Unfit::Channels);
    }
    if !matches!(track.sample_rate_hz, 32_000 | 44_100 | 48_000) {
        return Err(Unfit::SampleRate);
    }
    let configuration = input.configuration(track.index);
    let told = (track.sample_rate_hz, track.channels);
    // Without a configuration each frame has its own header, which is checked when the packets are read.
    if !configuration.is_empty() && aac::read_plain_configuration(&configuration) != Some(told) {
        return Err(Unfit::Profile);
    }
    Ok(())
}

/// An mp4's tables: complete, so that no packet need be read.
struct Indexed<'a> {
    movie: Vec<u8>,
    input: &'a Input,
    known: &'a Known<'a>,
}

impl<'a> Indexed<'a> {
    /// `None` where the container has no such index.
    fn read(channel: &Channel, input: &'a Input, source_bytes: u64, known: &'a Known<'a>) -> Option<Self> {
        if !known.has_sample_index {
            return None;
        }
        let movie = movie_box::fetch(channel, source_bytes)?;
        if movie_box::goes_on_in_fragments(&movie) {
            return None;
        }
        Some(Self { movie, input, known })
    }

    fn packets(&self, stream: u32) -> Result<Packets, Unfit> {
        let tables = self.input.track_id(stream).and_then(|id| movie_box::read_tables(&self.movie, id));
        let tables = tables.ok_or(Unfit::NotIndexed)?;
        if tables.descriptions != 1 {
            return Err(Unfit::ParametersChange);
        }
        let is_sound = self.known.video.is_none_or(|video| video.index != stream);
        if self.input.index_length(stream) > MOST_PACKETS {
            return Err(Unfit::TooManyKeyFrames);
        }
        let entries = self.input.index(stream);
        let first = entries.first().ok_or(Unfit::NotIndexed)?;
        let given = self.known.first.get(&stream).ok_or(Unfit::Timestamps)?;
        // Sound may be cut anywhere; pictures that an edit list leaves out are missed by others.
        if !is_sound && entries.len() != tables.samples as usize {
            return Err(Unfit::EditList);
        }
        if given.dts != Some(first.ticks) {
            return Err(Unfit::EditList);
        }
        let first_offset = tables.each_offset().next().map_or(0, i64::from);
        let shift = given.pts.ok_or(Unfit::Timestamps)? - first.ticks - if is_sound { 0 } else { first_offset };
        let offsets = tables.each_offset().map(|offset| if is_sound { 0 } else { i64::from(offset) });
        let facts = entries.iter().zip(offsets).map(|(entry, offset)| PacketFacts {
            pts: entry.ticks.checked_add(offset).and_then(|pts| pts.checked_add(shift)),
            bytes: entry.bytes,
            key: entry.key,
            discarded: entry.discarded && !is_sound,
        });
        let facts = facts.collect();
        Ok(Packets { facts, entries: if is_sound { Vec::new() } else { entries } })
    }
}

type ByStream = BTreeMap<u32, Result<Packets, Unfit>>;

/// Reads all packets, if that is quick; all are unfit where it is not.
fn pass(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    pictures: Option<(u32, &Pictures)>,
    tracks: &[&AudioStream],
) -> Result<ByStream, MediaError> {
    let mut input = Input::open(channel, source_bytes, limits)?;
    let streams = pictures.iter().map(|(stream, _)| *stream).chain(tracks.iter().map(|track| track.index));
    let streams: Vec<u32> = streams.collect();
    input.keep_only(&streams);
    let told = |stream: u32| {
        let track = tracks.iter().find(|track| track.index == stream)?;
        let has_configuration = !input.configuration(stream).is_empty();
        Some((has_configuration, (track.sample_rate_hz, track.channels)))
    };
    let told: BTreeMap<u32, _> = streams.iter().filter_map(|stream| Some((*stream, told(*stream)?))).collect();
    let all_are = |unfit: Unfit| Ok(streams.iter().map(|stream| (*stream, Err(unfit))).collect());
    let mut by_stream: ByStream = streams.iter().map(|stream| (*stream, Ok(Packets::default()))).collect();
    let begun = Instant::now();
    for count in 0_usize.. {
        if count % CLOCK_EVERY == 0 && begun.elapsed() > PASS {
            return all_are(Unfit::NotIndexed);
        }
        let packet = match input.read()? {
            Read::Packet(packet) => packet,
            Read::Damaged => return all_are(Unfit::Damaged),
            Read::End => break,
        };
        let Ok(stream) = u32::try_from(packet.stream()) else { continue };
        let Some(slot) = by_stream.get_mut(&stream) else { continue };
        let Ok(packets) = slot else { continue };
        let data = packet.data().unwrap_or_default();
        let is_picture = pictures.filter(|(pictures, _)| *pictures == stream);
        let fault = match is_picture {
            Some((_, pictures)) if packet.is_key() => {
                pictures.judge(h264::repackage(data, pictures.framing, &pictures.sets).map(|unit| unit.idr)).err()
            }
            Some(_) => None,
            // Several frames behind one header, or none of low complexity.
            None => {
                let bare = aac::without_header(data).is_some_and(|frame| frame.len() == data.len());
                let fits = told.get(&stream).is_some_and(|(has_configuration, told)| {
                    if bare { *has_configuration } else { aac::header_configuration(data) == Some(*told) }
                });
                (!fits || aac::without_header(data).is_none()).then_some(Unfit::Profile)
            }
        };
        if let Some(fault) = fault.filter(|fault| *fault != Unfit::OpenGop) {
            *slot = Err(fault);
            continue;
        }
        if packets.facts.len() >= MOST_PACKETS {
            *slot = Err(Unfit::TooManyKeyFrames);
            continue;
        }
        packets.facts.push(PacketFacts {
            pts: packet.pts(),
            bytes: u32::try_from(data.len()).unwrap_or(u32::MAX),
            key: packet.is_key() && fault.is_none(),
            discarded: is_picture.is_some() && is_discarded(&packet),
        });
    }
    Ok(by_stream)
}

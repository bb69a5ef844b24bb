//! Reads the probe report, inside the media process.

use std::{collections::BTreeMap, sync::Arc};

use mutoscope_core::media::{PictureSize, Rational};

use super::{
    AudioStream, Carriage, ProbeReport, SeekMode, VideoStream, captions, end,
    look::{self, Known},
    opened::Opened,
    sniff,
};
use crate::{
    av::{
        self, Packet, Step,
        decoder::Decoder,
        frame,
        input::{FirstPacket, Input, Read},
        is_discarded, is_encrypted, skipped_us,
        streams::{self, PictureFacts, StreamFacts, StreamKind},
        talk,
    },
    error::{MediaError, MediaErrorCode, MediaWarning},
    jail::Channel,
    limits::Limits,
};

/// Packets that are read in search of a first picture and the start of every track.
const SEARCH_PACKETS: u32 = 3_000;

/// Reads what a film is. The container comes along where one that is sought in finds its way back to the start.
///
/// # Errors
/// Where it is refused; see [`MediaErrorCode`].
pub fn inspect(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    fingerprint: &str,
) -> Result<(ProbeReport, Option<Opened>), MediaError> {
    let start = channel.ask(0, sniff::SNIFF_BYTES).map_err(|_| MediaErrorCode::SourceUnreadable)?;
    if let Some(code) = sniff::refuse_by_content(&start) {
        return Err(code.into());
    }
    inspect_film(channel, source_bytes, limits, fingerprint).map_err(|error| {
        use MediaErrorCode::{Damaged, NoStreams, UnsupportedCodec};
        let head = |at| channel.ask(at, 16).ok()?.try_into().ok();
        // What is missing says how to read the rest.
        let is_cut_off = matches!(error.code, Damaged | NoStreams | UnsupportedCodec)
            && sniff::is_mp4_cut_off(&start, source_bytes, head);
        if is_cut_off { MediaErrorCode::Truncated.into() } else { error }
    })
}

fn inspect_film(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    fingerprint: &str,
) -> Result<(ProbeReport, Option<Opened>), MediaError> {
    let mut input = Input::open(channel, source_bytes, limits)?;
    let all = input.streams();
    if all.len() > usize::try_from(limits.streams).unwrap_or(usize::MAX) {
        return Err(MediaErrorCode::TooManyStreams.into());
    }
    if all.is_empty() && input.awaits_streams() {
        return Err(MediaErrorCode::Truncated.into());
    }
    let chosen = choose_streams(&all, limits)?;
    let container = input.container();
    input.keep_only(&chosen.indexes());
    let found = find_starts(&mut input, &chosen, limits)?;
    let (mut captions, captions_left_out) = captions::choose(&all);
    let mut warnings = chosen.warnings.clone();
    warnings.extend(captions_left_out);

    let mut video = match (&chosen.video, &found.picture) {
        (Some(stream), Some((picture, at))) => Some(video_stream(stream, picture, *at)),
        (Some(_), None) => return Err(nothing_decodes(&input, source_bytes, &found)),
        (None, _) => None,
    };
    let mut audio: Vec<AudioStream> =
        chosen.audio.iter().filter_map(|stream| Some(audio_stream(stream, *found.sound.get(&stream.index)?))).collect();
    let starts = video.iter().map(|video| video.start_us).chain(audio.iter().map(|track| track.start_us));
    let start_us = starts.min().ok_or_else(|| nothing_decodes(&input, source_bytes, &found))?;
    let ends = end::find_end(&mut input, channel, source_bytes, limits, &chosen.followed(&audio), start_us)?;
    let shortest_us = video.as_ref().map_or(1, |video| picture_length_us(video.frame_rate));
    let length_us = u64::try_from(ends.saturating_sub(start_us)).unwrap_or(0).max(shortest_us);
    let claimed_length_us = input.claimed_length_us();
    if let Some(claimed) = claimed_length_us.filter(|claimed| *claimed > length_us + (length_us / 100).max(500_000)) {
        let (claimed, held) = (claimed / 1_000_000, length_us / 1_000_000);
        let text = format!("The file claims {claimed} s but holds {held} s. The film ends where its data ends.");
        warnings.push(MediaWarning::at("shorter_than_claimed", text, length_us / 1_000));
    }
    let is_cover = |stream: &&StreamFacts| stream.kind == StreamKind::CoverArt && stream.readable;
    let cover = all.iter().find(is_cover).map(|stream| stream.index).filter(|_| video.is_none());
    let seek = seek_mode(&container);
    let known = Known {
        video: video.as_ref(),
        audio: &audio,
        first: &found.first,
        has_sample_index: seek == SeekMode::SampleIndex,
    };
    if seek == SeekMode::SampleIndex {
        captions::find_edits(channel, &input, source_bytes, &mut captions);
    }
    let mut looked = look::look(channel, &input, source_bytes, limits, &known)?;
    if let Some(video) = &mut video {
        video.carriage = looked.video;
    }
    for track in &mut audio {
        track.carriage = looked.audio.remove(&track.index).unwrap_or_default();
    }
    let report = ProbeReport {
        seek,
        container,
        size_bytes: source_bytes,
        fingerprint: fingerprint.to_owned(),
        encoders: av::encoders(),
        start_us,
        length_us,
        claimed_length_us,
        ignored_streams: count(all.len() - captions.len() - usize::from(cover.is_some()))
            .saturating_sub(chosen.count()),
        cover,
        captions,
        chapters: input.chapters(),
        video,
        audio,
        warnings,
    };
    let all_began = chosen.indexes().iter().all(|stream| found.first.contains_key(stream));
    let finds_back = seek == SeekMode::SampleIndex && all_began;
    Ok((report, finds_back.then(|| Opened::new(input, found.first, source_bytes, limits))))
}

/// The streams that a film is made of.
#[derive(Debug, Default)]
struct Chosen {
    video: Option<StreamFacts>,
    audio: Vec<StreamFacts>,
    warnings: Vec<MediaWarning>,
}

impl Chosen {
    fn indexes(&self) -> Vec<u32> {
        self.video.iter().chain(&self.audio).map(|stream| stream.index).collect()
    }

    fn count(&self) -> u32 {
        count(self.audio.len() + usize::from(self.video.is_some()))
    }

    /// The streams whose ends make the film's end.
    fn followed(&self, audio: &[AudioStream]) -> Vec<StreamFacts> {
        let used = |stream: &&StreamFacts| audio.iter().any(|track| track.index == stream.index);
        self.video.iter().chain(self.audio.iter().filter(used)).cloned().collect()
    }
}

fn count(streams: usize) -> u32 {
    u32::try_from(streams).unwrap_or(u32::MAX)
}

fn choose_streams(all: &[StreamFacts], limits: &Limits) -> Result<Chosen, MediaError> {
    let of_kind = |kind| all.iter().filter(move |stream| stream.kind == kind);
    let media = || of_kind(StreamKind::Video).chain(of_kind(StreamKind::Audio));
    if media().next().is_none() {
        let only_cover = of_kind(StreamKind::CoverArt).next().is_some();
        return Err(if only_cover { MediaErrorCode::ImageRefused } else { MediaErrorCode::NoStreams }.into());
    }
    if media().any(|stream| stream.encrypted) {
        return Err(MediaErrorCode::Encrypted.into());
    }
    if all.iter().all(|stream| stream.codec == "gif" && stream.frame_count == Some(1)) {
        return Err(MediaErrorCode::ImageRefused.into());
    }
    let mut warnings = Vec::new();
    let videos = || of_kind(StreamKind::Video).filter(|stream| stream.readable);
    // The one that is marked, else the largest; the first of equals.
    let video = videos().rev_max_by_key(|stream| (stream.default, stream.coded_size.pixels()));
    if video.is_none() && of_kind(StreamKind::Video).next().is_some() {
        return Err(MediaErrorCode::UnsupportedCodec.into());
    }
    if let Some(video) = video {
        let size = video.coded_size;
        if !limits.allows_picture(size.width, size.height) {
            return Err(MediaErrorCode::PictureTooLarge.into());
        }
    }
    let audio: Vec<StreamFacts> = of_kind(StreamKind::Audio).filter(|stream| stream.readable).cloned().collect();
    if video.is_none() && audio.is_empty() {
        return Err(MediaErrorCode::UnsupportedCodec.into());
    }
    if audio.len() < of_kind(StreamKind::Audio).count() {
        let text = "A sound track is in a format that this platform does not read; it is left out.";
        warnings.push(MediaWarning::new("audio_not_read", text));
    }
    Ok(Chosen { video: video.cloned(), audio, warnings })
}

trait FirstMax: Iterator + Sized {
    /// The first of the largest.
    fn rev_max_by_key<K: Ord>(self, key: impl Fn(&Self::Item) -> K) -> Option<Self::Item> {
        let mut best: Option<(K, Self::Item)> = None;
        for item in self {
            let value = key(&item);
            if best.as_ref().is_none_or(|(most, _)| value > *most) {
                best = Some((value, item));
            }
        }
        best.map(|(_, item)| item)
    }
}

impl<I: Iterator> FirstMax for I {}

/// What decoding the film's first packets tells.
#[derive(Debug, Default)]
struct Found {
    /// The first picture, and its instant in microseconds.
    picture: Option<(PictureFacts, i64)>,
    /// Each track's first instant in microseconds.
    sound: BTreeMap<u32, i64>,
    /// Each stream's first packet.
    first: BTreeMap<u32, FirstPacket>,
    /// Packets that were read, and whether they are all.
    packets: u32,
    ended: bool,
}

fn find_starts(input: &mut Input, chosen: &Chosen, limits: &Limits) -> Result<Found, MediaError> {
    let mut found = Found::default();
    let mut decoder = match &chosen.video {
        Some(stream) => Some(Decoder::open(input, stream.index, limits, 1)?),
        None => None,
    };
    for _ in 0..SEARCH_PACKETS {
        let has_picture = chosen.video.is_none() || found.picture.is_some();
        if has_picture && found.sound.len() == chosen.audio.len() {
            break;
        }
        let mut packet = match input.read()? {
            Read::Packet(packet) => packet,
            Read::Damaged => continue,
            Read::End => {
                found.ended = true;
                break;
            }
        };
        if is_encrypted(&packet) {
            return Err(MediaErrorCode::Encrypted.into());
        }
        found.packets += 1;
        if let Ok(stream) = u32::try_from(packet.stream()) {
            found.first.entry(stream).or_insert_with(|| FirstPacket::of(&packet));
        }
        if let Some(stream) = chosen.audio.iter().find(|stream| stream.index as usize == packet.stream()) {
            if let Some(ticks) = packet.pts().or(packet.dts()).filter(|_| !is_discarded(&packet)) {
                let skipped_us = skipped_us(&packet, stream.sample_rate_hz);
                found.sound.entry(stream.index).or_insert_with(|| end::to_us(ticks, stream.time_base) + skipped_us);
            }
        } else if let (Some(decoder), Some(stream)) = (&mut decoder, &chosen.video)
            && found.picture.is_none()
        {
            found.picture = first_picture(decoder, Some(&mut packet), stream);
        }
    }
    if let (Some(decoder), Some(stream), None) = (&mut decoder, &chosen.video, &found.picture) {
        found.picture = first_picture(decoder, None, stream);
    }
    Ok(found)
}

/// Gives the decoder a packet, or the end; the picture that comes out, if one does. Damage is passed over here: what
/// counts is whether anything decodes.
fn first_picture(
    decoder: &mut Decoder,
    packet: Option<&mut Packet>,
    stream: &StreamFacts,
) -> Option<(PictureFacts, i64)> {
    decoder.send(packet).ok()?;
    match decoder.receive_picture().ok()? {
        Step::Output(picture) => {
            let ticks = frame::best_timestamp(&picture).or(stream.start_ticks).unwrap_or(0);
            Some((streams::picture_facts(&picture), end::to_us(ticks, stream.time_base)))
        }
        Step::NeedInput | Step::Drained => None,
    }
}

fn video_stream(stream: &StreamFacts, picture: &PictureFacts, start_us: i64) -> VideoStream {
    let sample_aspect = picture.sample_aspect.unwrap_or(stream.sample_aspect);
    VideoStream {
        index: stream.index,
        codec: stream.codec.clone(),
        time_base: stream.time_base,
        coded_size: picture.size,
        sample_aspect,
        orientation: stream.orientation,
        display_size: display_size(picture.size, sample_aspect, stream.orientation.swaps_sides()),
        frame_rate: stream.frame_rate.unwrap_or_else(|| Rational::new(25, 1).unwrap_or(Rational::ONE)),
        start_us,
        pixel_format: picture.pixel_format.clone(),
        bit_depth: picture.bit_depth,
        colour: picture.colour.clone(),
        interlacing: picture.interlacing,
        bit_rate_bps: stream.bit_rate_bps,
        carriage: Carriage::default(),
    }
}

fn audio_stream(stream: &StreamFacts, start_us: i64) -> AudioStream {
    AudioStream {
        index: stream.index,
        codec: stream.codec.clone(),
        time_base: stream.time_base,
        sample_rate_hz: stream.sample_rate_hz,
        channels: stream.channels,
        language: stream.language.clone(),
        title: stream.title.clone(),
        default: stream.default,
        start_us,
        bit_rate_bps: stream.bit_rate_bps,
        carriage: Carriage::default(),
    }
}

/// Square pixels, upright: the side that grows is stretched, so that no line is lost.
fn display_size(coded: PictureSize, aspect: Rational, swaps: bool) -> PictureSize {
    let stretch = |side: u32, by: Rational| {
        let stretched = by.scale(i64::from(side));
        // A claim of absurdly oblong pixels is not followed.
        u32::try_from(stretched).ok().filter(|side| (1..=16_384).contains(side)).unwrap_or(side)
    };
    let upright = if aspect.is_above(Rational::ONE) {
        PictureSize { width: stretch(coded.width, aspect), height: coded.height }
    } else {
        let inverse = aspect.inverse().unwrap_or(Rational::ONE);
        PictureSize { width: coded.width, height: stretch(coded.height, inverse) }
    };
    if swaps { PictureSize { width: upright.height, height: upright.width } } else { upright }
}

fn picture_length_us(rate: Rational) -> u64 {
    u64::from(rate.den()) * 1_000_000 / u64::from(rate.num().max(1))
}

/// No picture and no sound comes out: too large, cut off before it, or damaged.
fn nothing_decodes(input: &Input, source_bytes: u64, found: &Found) -> MediaError {
    if talk::take_picture_refused() {
        return MediaErrorCode::PictureTooLarge.into();
    }
    let small = input.claimed_length_us().is_some_and(|claimed| claimed / 1_000_000 * 2_000 > source_bytes);
    let cut_off = found.ended && (small || found.packets == 0);
    if cut_off { MediaErrorCode::Truncated.into() } else { MediaErrorCode::Damaged.into() }
}

fn seek_mode(container: &str) -> SeekMode {
    match container.split(',').next().unwrap_or_default() {
        "mov" => SeekMode::SampleIndex,
        // Streams without a container, or one that is nothing but a line in front of each picture.
        "mp3" | "aac" | "ac3" | "eac3" | "dts" | "amr" | "flac" | "wv" | "tta" => SeekMode::FromStart,
        "gif" | "mpegvideo" | "h264" | "hevc" | "obu" | "yuv4mpegpipe" => SeekMode::FromStart,
        _ => SeekMode::Timestamps,
    }
}

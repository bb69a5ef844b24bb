//! Facts about a container and its streams, as plain types.

use std::{ffi::CStr, ops::RangeInclusive};

use ffmpeg_next::{ffi, format::stream::Disposition, media::Type, packet::side_data::Type as SideDataType};
use mutoscope_core::media::{PictureSize, Rational};

use super::{AudioFrame, VideoFrame, input::Input, lists};
use crate::probe::{Chapter, Colour, Interlacing, Orientation, to_us};

/// Samples a second that sound may have, and how many channels.
const SAMPLE_RATES_HZ: RangeInclusive<i32> = 1_000..=768_000;
const MOST_CHANNELS: i32 = 64;

/// Chapters that are read, and characters of a title.
const MOST_CHAPTERS: usize = 1_000;
const LONGEST_TITLE: usize = 200;

/// One stream as its container describes it.
#[derive(Debug, Clone)]
pub struct StreamFacts {
    pub index: u32,
    pub kind: StreamKind,
    pub codec: String,
    pub time_base: Rational,
    /// In ticks of its time base.
    pub start_ticks: Option<i64>,
    pub bit_rate_bps: Option<u64>,
    pub coded_size: PictureSize,
    pub sample_rate_hz: u32,
    pub channels: u32,
    pub frame_rate: Option<Rational>,
    pub sample_aspect: Rational,
    pub orientation: Orientation,
    pub language: Option<String>,
    pub title: Option<String>,
    pub default: bool,
    pub forced: bool,
    pub hearing_impaired: bool,
    /// How many pictures or pieces of sound the container says it holds, where it does.
    pub frame_count: Option<u64>,
    pub encrypted: bool,
    /// Whether its decoder is there and on the list, and its parameters are a film's.
    pub readable: bool,
}

/// What a stream is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    Video,
    Audio,
    /// Cover art: a still picture attached to sound.
    CoverArt,
    /// Subtitles as text.
    Text,
    /// Subtitles as pictures.
    DrawnText,
    Other,
}

impl Input {
    /// The demuxer's names.
    pub fn container(&self) -> String {
        self.context().format().name().to_owned()
    }

    /// The length that the container claims, in microseconds.
    pub fn claimed_length_us(&self) -> Option<u64> {
        u64::try_from(self.context().duration()).ok().filter(|length| *length > 0)
    }

    /// The chapters, as many as anybody would look through.
    pub fn chapters(&self) -> Vec<Chapter> {
        let each = self.context().chapters().take(MOST_CHAPTERS).filter_map(|chapter| {
            let base = fraction(chapter.time_base().into()).filter(|base| !base.is_zero())?;
            let title = entry(&chapter.metadata(), c"title", LONGEST_TITLE);
            let (start_us, end_us) = (to_us(chapter.start(), base), to_us(chapter.end(), base));
            Some(Chapter { start_us, end_us, title })
        });
        each.collect()
    }

    /// Every stream.
    pub fn streams(&self) -> Vec<StreamFacts> {
        self.context().streams().filter_map(|stream| facts(self, &stream)).collect()
    }
}

fn facts(input: &Input, stream: &ffmpeg_next::Stream<'_>) -> Option<StreamFacts> {
    let parameters = stream.parameters();
    let decoder = ffmpeg_next::decoder::find(parameters.id());
    // SAFETY: the stream and its parameters belong to the open container, which `input` keeps; plain fields, and a
    // static name.
    let (raw, codec, tag, size, rate, channels, bit_rate) = unsafe {
        let raw = stream.as_ptr();
        let parameters = (*raw).codecpar;
        (
            raw,
            text(ffi::avcodec_get_name((*parameters).codec_id)),
            (*parameters).codec_tag.to_le_bytes(),
            ((*parameters).width, (*parameters).height),
            (*parameters).sample_rate,
            (*parameters).ch_layout.nb_channels,
            (*parameters).bit_rate,
        )
    };
    // SAFETY: as above; both calls only read.
    let (frame_rate, aspect) = unsafe {
        let context = input.context().as_ptr().cast_mut();
        let stream = raw.cast_mut();
        (
            ffi::av_guess_frame_rate(context, stream, std::ptr::null_mut()),
            ffi::av_guess_sample_aspect_ratio(context, stream, std::ptr::null_mut()),
        )
    };
    // SAFETY: a static description of the codec, or null.
    let is_text = unsafe {
        ffi::avcodec_descriptor_get((*(*raw).codecpar).codec_id)
            .as_ref()
            .is_some_and(|codec| codec.props & ffi::AV_CODEC_PROP_TEXT_SUB != 0)
    };
    let disposition = stream.disposition();
    let kind = match parameters.medium() {
        Type::Video if disposition.contains(Disposition::ATTACHED_PIC) => StreamKind::CoverArt,
        Type::Video => StreamKind::Video,
        Type::Audio => StreamKind::Audio,
        Type::Subtitle if is_text => StreamKind::Text,
        Type::Subtitle => StreamKind::DrawnText,
        _ => StreamKind::Other,
    };
    let known = |ticks: i64| Some(ticks).filter(|ticks| *ticks != ffi::AV_NOPTS_VALUE);
    let metadata = stream.metadata();
    let unsigned = |value: i32| u32::try_from(value).unwrap_or(0);
    Some(StreamFacts {
        index: u32::try_from(stream.index()).ok()?,
        kind,
        codec,
        time_base: fraction(stream.time_base().into()).filter(|base| !base.is_zero())?,
        start_ticks: known(stream.start_time()),
        bit_rate_bps: u64::try_from(bit_rate).ok().filter(|rate| *rate > 0),
        coded_size: PictureSize { width: unsigned(size.0), height: unsigned(size.1) },
        sample_rate_hz: unsigned(rate),
        channels: unsigned(channels),
        frame_rate: frame_rate_of(stream, frame_rate),
        sample_aspect: fraction(aspect).filter(|aspect| !aspect.is_zero()).unwrap_or(Rational::ONE),
        orientation: orientation(stream),
        language: entry(&metadata, c"language", 8),
        title: entry(&metadata, c"title", LONGEST_TITLE),
        default: disposition.contains(Disposition::DEFAULT),
        forced: disposition.contains(Disposition::FORCED),
        hearing_impaired: disposition.contains(Disposition::HEARING_IMPAIRED),
        frame_count: u64::try_from(stream.frames()).ok().filter(|count| *count > 0),
        encrypted: is_encrypted(input, stream, tag),
        readable: decoder.is_some_and(|decoder| match kind {
            StreamKind::CoverArt => lists::allows_cover_decoder(decoder.name()),
            _ => lists::allows_decoder(decoder.name()),
        }) && (kind != StreamKind::Audio || is_sound(rate, channels)),
    })
}

/// Pictures a second: libav's guess, unless it is nothing but the clock of the timestamps and the pictures that were
/// seen say otherwise, or are too few to say anything.
fn frame_rate_of(stream: &ffmpeg_next::Stream<'_>, guess: ffi::AVRational) -> Option<Rational> {
    let known = |rate: ffi::AVRational| fraction(rate).filter(|rate| !rate.is_zero());
    let clock = known(stream.time_base().into()).and_then(Rational::inverse);
    match (known(guess), known(stream.avg_frame_rate().into())) {
        (guess, mean) if guess.is_some() && guess == clock => mean,
        (guess, _) => guess,
    }
}

/// Whether this can be sound at all. A resampler to or from an absurd rate takes gigabytes for its filters. Nothing
/// known yet (0) is left to the decoder.
fn is_sound(rate_hz: i32, channels: i32) -> bool {
    (rate_hz == 0 || SAMPLE_RATES_HZ.contains(&rate_hz)) && (0..=MOST_CHANNELS).contains(&channels)
}

/// Whether the container marks the stream as readable only with a key, in any of the ways that containers have.
fn is_encrypted(input: &Input, stream: &ffmpeg_next::Stream<'_>, tag: [u8; 4]) -> bool {
    // ISO/IEC 14496-12 sample entries of protected tracks, and those of two shops.
    if matches!(&tag, b"encv" | b"enca" | b"encs" | b"drmi" | b"drms" | b"p608" | b"aavd") {
        return true;
    }
    // Stream types of encrypted samples in transport streams (HLS SAMPLE-AES).
    if input.container() == "mpegts" && matches!(tag, [0xdb | 0xcf | 0xc1 | 0xc2, 0, 0, 0]) {
        return true;
    }
    // What libav makes of Matroska's ContentEncryption and of ASF's protection objects.
    let of_film = input.context().metadata();
    stream.metadata().get("enc_key_id").is_some()
        || ["encryption", "ASF_Protection_Type", "ASF_Key_ID"].iter().any(|key| of_film.get(key).is_some())
        || stream.side_data().any(|data| data.kind() == SideDataType::EncryptionInitInfo)
}

/// Facts that only a decoded picture tells.
#[derive(Debug, Clone)]
pub struct PictureFacts {
    pub size: PictureSize,
    pub pixel_format: String,
    pub bit_depth: u8,
    pub colour: Colour,
    pub interlacing: Interlacing,
    pub sample_aspect: Option<Rational>,
}

/// Reads them.
pub fn picture_facts(picture: &VideoFrame) -> PictureFacts {
    // SAFETY: plain fields of a valid frame; names are static; a format's description is static or null.
    unsafe {
        let raw = picture.as_ptr();
        let description = ffi::av_pix_fmt_desc_get(picture.format().into());
        let (pixel_format, bit_depth) = if description.is_null() {
            (String::new(), 8)
        } else {
            (text((*description).name), u8::try_from((*description).comp[0].depth).unwrap_or(8))
        };
        let named_full = pixel_format.starts_with("yuvj");
        let is_rgb = !description.is_null() && (*description).flags & u64::from(ffi::AV_PIX_FMT_FLAG_RGB as u32) != 0;
        let matrix = if is_rgb { "gbr".to_owned() } else { text(ffi::av_color_space_name((*raw).colorspace)) };
        PictureFacts {
            size: PictureSize { width: picture.width(), height: picture.height() },
            pixel_format,
            bit_depth,
            colour: Colour {
                primaries: text(ffi::av_color_primaries_name((*raw).color_primaries)),
                transfer: text(ffi::av_color_transfer_name((*raw).color_trc)),
                matrix,
                full_range: named_full || (*raw).color_range == ffi::AVColorRange::AVCOL_RANGE_JPEG,
            },
            interlacing: match (picture.is_interlaced(), picture.is_top_first()) {
                (false, _) => Interlacing::Progressive,
                (true, true) => Interlacing::TopFieldFirst,
                (true, false) => Interlacing::BottomFieldFirst,
            },
            sample_aspect: fraction((*raw).sample_aspect_ratio).filter(|aspect| !aspect.is_zero()),
        }
    }
}

/// Samples a second and channels of a decoded piece of sound.
pub fn sound_facts(sound: &AudioFrame) -> (u32, u32) {
    // SAFETY: plain fields of a valid frame.
    let channels = unsafe { (*sound.as_ptr()).ch_layout.nb_channels };
    (sound.rate(), u32::try_from(channels).unwrap_or(0))
}

/// The display matrix (ISO/IEC 14496-12, track header) as a turn and a mirror.
fn orientation(stream: &ffmpeg_next::Stream<'_>) -> Orientation {
    let matrix = stream.side_data().find(|data| data.kind() == SideDataType::DisplayMatrix);
    let Some(matrix) = matrix else { return Orientation::default() };
    let entry = |index: usize| {
        let bytes: Option<[u8; 4]> =
            matrix.data().get(index * 4..index * 4 + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, |bytes| i64::from(i32::from_ne_bytes(bytes)))
    };
    orientation_of([entry(0), entry(1), entry(3), entry(4)])
}

/// `x' = a x + c y`, `y' = b x + d y`, y down. Angles between quarter turns go to the nearest.
fn orientation_of([a, b, c, d]: [i64; 4]) -> Orientation {
    let mirrored = a * d - b * c < 0;
    let (a, b) = if mirrored { (-a, -b) } else { (a, b) };
    let rotation_degrees = match (a.abs() >= b.abs(), a >= 0, b >= 0) {
        (true, true, _) => 0,
        (true, false, _) => 180,
        (false, _, true) => 90,
        (false, _, false) => 270,
    };
    if a == 0 && b == 0 { Orientation::default() } else { Orientation { rotation_degrees, mirrored } }
}

fn fraction(value: ffi::AVRational) -> Option<Rational> {
    Rational::new(u32::try_from(value.num).ok()?, u32::try_from(value.den).ok()?)
}

/// What a film says under this key, at most so many characters. A film may hold any bytes: those that are no UTF-8 are
/// replaced, which the wrapper would not do.
fn entry(metadata: &ffmpeg_next::DictionaryRef<'_>, key: &CStr, most: usize) -> Option<String> {
    // SAFETY: the dictionary lives as long as the container that the wrapper borrows; the key ends in zero. An entry's
    // value is a text that ends in zero, copied before anything else is asked.
    let value = unsafe {
        let entry = ffi::av_dict_get(metadata.as_ptr(), key.as_ptr(), std::ptr::null(), 0);
        CStr::from_ptr(entry.as_ref()?.value).to_string_lossy()
    };
    Some(value.chars().take(most).collect())
}

/// # Safety
/// `name` is null or a static text that ends in zero.
unsafe fn text(name: *const libc::c_char) -> String {
    if name.is_null() {
        return "unknown".to_owned();
    }
    // SAFETY: by the caller's word.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_matrices_read_as_turns_and_mirrors() {
        let turn = |rotation_degrees, mirrored| Orientation { rotation_degrees, mirrored };
        assert_eq!(orientation_of([1, 0, 0, 1]), turn(0, false));
        assert_eq!(orientation_of([0, 1, -1, 0]), turn(90, false));
        assert_eq!(orientation_of([-1, 0, 0, -1]), turn(180, false));
        assert_eq!(orientation_of([0, -1, 1, 0]), turn(270, false));
        assert_eq!(orientation_of([-1, 0, 0, 1]), turn(0, true));
        assert_eq!(orientation_of([0, 0, 0, 0]), turn(0, false));
    }
}

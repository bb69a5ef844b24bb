//! What a segment's bytes depend on beside film and plan: our build, libav, the encoders, architecture, CPU class.

use std::sync::atomic::{AtomicBool, Ordering};

use ffmpeg_next::ffi;
use mutoscope_core::media::{PictureSize, Rational, RenditionName, Rung, VideoCodec, VideoLevel};

use super::{
    AvError,
    aac::Aac,
    codec::CodecContext,
    frame,
    input::Options,
    rung_encoder::{RungEncoder, has_encoder},
    x264,
};
use crate::plan::{AudioRendition, EncoderSettings, OutputColour, Preset, VideoRendition};

/// Counts the changes to our own code that change bytes.
const ENGINE: u32 = 8;

/// The flags of x86-64-v3, which nearly every machine of the last ten years has: all that libav uses is either in
/// them or left out.
#[cfg(target_arch = "x86_64")]
const CPU_CLASS: (&str, i32) = ("x86-64-v3", {
    use ffmpeg_next::ffi::*;
    AV_CPU_FLAG_MMX
        | AV_CPU_FLAG_MMXEXT
        | AV_CPU_FLAG_SSE
        | AV_CPU_FLAG_SSE2
        | AV_CPU_FLAG_SSE3
        | AV_CPU_FLAG_SSSE3
        | AV_CPU_FLAG_SSE4
        | AV_CPU_FLAG_SSE42
        | AV_CPU_FLAG_AVX
        | AV_CPU_FLAG_AVX2
        | AV_CPU_FLAG_FMA3
        | AV_CPU_FLAG_BMI1
        | AV_CPU_FLAG_BMI2
        | AV_CPU_FLAG_CMOV
});

/// Whether this process does without the CPU's better instructions.
static PLAIN: AtomicBool = AtomicBool::new(false);

/// Has libav and x264 do without any instruction that not every CPU of the architecture has: for tests of what depends
/// on the CPU. Before [`fix_cpu_class`].
pub fn use_plain_cpu() {
    PLAIN.store(true, Ordering::Relaxed);
    // SAFETY: a process-wide setter, called before any other thread or codec exists.
    unsafe { ffi::av_force_cpu_flags(0) };
}

/// Whether [`use_plain_cpu`] was called.
pub fn is_plain_cpu() -> bool {
    PLAIN.load(Ordering::Relaxed)
}

/// Has libav use the instructions of one class of CPUs only, so that machines of the class make the same bytes. A
/// machine below the class keeps what it has, and says so in its fingerprint.
pub fn fix_cpu_class() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: process-wide setters, called before any other thread or codec exists. The flags forced are a part of
    // those the CPU has.
    unsafe {
        let (_, class) = CPU_CLASS;
        if ffi::av_get_cpu_flags() & class == class {
            ffi::av_force_cpu_flags(class);
        }
    }
}

/// The fingerprint as one line of text.
///
/// # Errors
/// Where an encoder is missing or does not work.
pub fn compute() -> Result<String, AvError> {
    Aac::open(&sample_audio())?;
    let x264 = x264_version()?;
    // SAFETY: plain getters.
    let (lavc, lavf, sws, swr) =
        unsafe { (ffi::avcodec_version(), ffi::avformat_version(), ffi::swscale_version(), ffi::swresample_version()) };
    let version = env!("CARGO_PKG_VERSION");
    let (arch, cpu) = (std::env::consts::ARCH, cpu_class());
    let libav = [lavc, lavf, sws, swr].map(dotted).join(" ");
    let others: String = [VideoCodec::Hevc, VideoCodec::Av1]
        .into_iter()
        .filter(|codec| has_encoder(*codec))
        .filter_map(version_of)
        .map(|version| format!("; {version}"))
        .collect();
    Ok(format!("mutoscope {version}.{ENGINE}; libav {libav}; {x264}{others}; {arch} {cpu}"))
}

/// The encoder's own word for the instructions of the CPU class, which x265 and SVT-AV1 choose for themselves: `0` for none,
/// `None` on machines without a class, which the fingerprint tells apart.
pub(super) fn cpu_word() -> Option<&'static str> {
    if is_plain_cpu() {
        return Some("0");
    }
    #[cfg(target_arch = "x86_64")]
    if has_class() {
        return Some("avx2");
    }
    None
}

/// What an encoder calls itself: asked of its library, which libav has loaded, as opening one would cost every media
/// process more than its start.
fn version_of(codec: VideoCodec) -> Option<String> {
    let (symbol, is_function) = match codec {
        VideoCodec::H264 => return None,
        VideoCodec::Hevc => (c"x265_version_str", false),
        VideoCodec::Av1 => (c"svt_av1_get_version", true),
    };
    // SAFETY: looks a symbol up among the libraries that are loaded. The first is a variable that points to a static text
    // (x265.h), the second a function without arguments that returns one (EbSvtAv1Enc.h).
    let text = unsafe {
        let found = libc::dlsym(libc::RTLD_DEFAULT, symbol.as_ptr());
        if found.is_null() {
            return Some(format!("{codec} of unknown version"));
        }
        let text: *const libc::c_char = if is_function {
            let version: extern "C" fn() -> *const libc::c_char = std::mem::transmute(found);
            version()
        } else {
            *found.cast::<*const libc::c_char>()
        };
        if text.is_null() {
            return None;
        }
        std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
    };
    let name = if is_function { "svt-av1" } else { "x265" };
    Some(format!("{name} {}", text.chars().filter(|sign| *sign != ';').take(60).collect::<String>()))
}

fn cpu_class() -> String {
    // SAFETY: a plain getter; what was forced is what it returns.
    let flags = unsafe { ffi::av_get_cpu_flags() };
    #[cfg(target_arch = "x86_64")]
    if has_class() {
        return CPU_CLASS.0.to_owned();
    }
    format!("{flags:x}")
}

/// Whether [`fix_cpu_class`] found a CPU of the class.
#[cfg(target_arch = "x86_64")]
pub(super) fn has_class() -> bool {
    // SAFETY: a plain getter; what was forced is what it returns.
    unsafe { ffi::av_get_cpu_flags() == CPU_CLASS.1 }
}

fn dotted(version: u32) -> String {
    format!("{}.{}.{}", version >> 16, version >> 8 & 0xff, version & 0xff)
}

/// x264 tells its version only in a stream it has made: one tiny picture.
fn x264_version() -> Result<String, AvError> {
    let unknown = AvError { during: "asking x264 for its version", code: ffi::AVERROR_BUG };
    let rung = sample_rung().ok_or(unknown)?;
    // The encoder as the plans use it must open; one with its note in every stream tells the version.
    let colour = OutputColour {
        source_matrix: "bt709".into(),
        source_full_range: false,
        tone_map: None,
        primaries: "bt709".into(),
        transfer: "bt709".into(),
        matrix: "bt709".into(),
    };
    RungEncoder::open(&rung, &colour)?;
    let mut context = CodecContext::for_encoder("libx264")?;
    let mut options = Options::new();
    options.set("preset", "ultrafast")?;
    // SAFETY: the context is ours and not open yet; plain fields.
    unsafe {
        let context = context.as_mut_ptr();
        ((*context).width, (*context).height) = (16, 16);
        (*context).pix_fmt = ffi::AVPixelFormat::AV_PIX_FMT_YUV420P;
        (*context).time_base = ffi::AVRational { num: 1, den: 25 };
        (*context).thread_count = 1;
    }
    context.open(std::ptr::null(), &mut options)?;
    let picture = frame::reference(&frame::black(rung.rung.size)?, 0)?;
    let mut packets = Vec::new();
    super::encoder::push(&mut context, Some(&picture), &mut packets)?;
    super::encoder::push(&mut context, None, &mut packets)?;
    packets.iter().filter_map(|packet| x264::note_of(packet.data()?)).next().ok_or(unknown)
}

fn sample_rung() -> Option<VideoRendition> {
    let size = PictureSize { width: 16, height: 16 };
    Some(VideoRendition {
        name: RenditionName::video(16),
        rung: Rung { height: 16, size },
        codec: VideoCodec::H264,
        level: VideoLevel(10),
        colour_codes: None,
        frame_rate: Rational::new(25, 1)?,
        timescale: 12_800,
        frame_ticks: 512,
        scaled_from: None,
        encoder: EncoderSettings {
            preset: Preset::Ultrafast,
            crf_hundredths: 2_300,
            peak_bps: 64_000,
            buffer_bits: 64_000,
            references: 1,
        },
    })
}

fn sample_audio() -> AudioRendition {
    AudioRendition {
        name: RenditionName::audio(None, 1),
        stream: 0,
        codec: mutoscope_core::media::AudioCodec::AacLc,
        sample_rate_hz: 48_000,
        channels: 2,
        bitrate_bps: 128_000,
        language: None,
        title: None,
        default: true,
        pre_roll_frames: 0,
        post_roll_frames: 0,
    }
}

//! H.264 by x264: one thread, the same bytes on every CPU, no note of the encoder about itself.

use mutoscope_core::media::VideoLevel;

use super::{AvError, Packet, fingerprint, input::Options, rung_encoder::hundredths};
use crate::plan::{Preset, VideoRendition};

/// Settings that are the same for every plan. A fresh encoder a segment makes its only key frame the first.
///
/// The zone of one picture: x264 gives each key frame a quantizer `ipratio` (1.4) times finer, as what follows is made
/// from it, but not an encoder's very first, and here every key frame is one. Without it a rung takes 1 to 3 % more bits
/// for the same SSIM than one continuous encode (`make bench-quality`).
const FIXED: &str = "cpu-independent=1:scenecut=0:open-gop=0:keyint=infinite:sliced-threads=0:sync-lookahead=0:\
                     zones=0,0,b=1.4";

/// Where a preset's own choice costs time and buys nothing. Measured with x264 164 over Big Buck Bunny and over each fourth
/// picture of it, as BD-rate over SSIM: the small diamond of motion vectors costs 0.0 to 0.3 % of bits instead of the hexagon,
/// which takes 3 (veryfast) to 5 % (medium) of all instructions; without a search for the weights of predicted pictures,
/// which takes 4 % of them, the preset medium costs 0.1 % of bits.
fn trimmed(preset: Preset) -> &'static str {
    match preset {
        Preset::Veryfast | Preset::Faster | Preset::Fast => ":me=dia",
        Preset::Medium => ":me=dia:weightp=1",
        Preset::Ultrafast | Preset::Superfast | Preset::Slow | Preset::Slower | Preset::Veryslow => "",
    }
}

/// The encoder's options for this rung.
///
/// # Errors
/// Where there is no memory for them.
pub(super) fn options(rung: &VideoRendition) -> Result<Options, AvError> {
    let settings = &rung.encoder;
    let mut options = Options::new();
    options.set("preset", settings.preset.as_str())?;
    options.set("profile", "high")?;
    options.set("level", &level_text(rung.level))?;
    options.set("crf", &hundredths(settings.crf_hundredths))?;
    options.set("maxrate", &settings.peak_bps.to_string())?;
    options.set("bufsize", &settings.buffer_bits.to_string())?;
    // What `cpu-independent` promises is tested: without assembly the bytes are the same.
    let assembly = if fingerprint::is_plain_cpu() { ":asm=0" } else { "" };
    options.set("x264-params", &format!("{FIXED}{}{assembly}", trimmed(settings.preset)))?;
    options.set("a53cc", "0")?;
    Ok(options)
}

/// x264's own note about itself is user data too, and would make bytes depend on what does not matter.
pub(super) fn without_user_data(packet: &Packet) -> Packet {
    let Some(data) = packet.data() else { return packet.clone() };
    let mut clean = Packet::copy(&strip_user_data(data));
    clean.set_pts(packet.pts());
    clean.set_dts(packet.dts());
    clean.set_duration(packet.duration());
    clean.set_flags(packet.flags());
    clean
}

/// The byte stream (ISO/IEC 14496-10 annex B) without SEI of unregistered user data (nal type 6, payload type 5).
fn strip_user_data(stream: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(stream.len());
    for unit in units(stream) {
        let header = unit.iter().position(|byte| *byte == 1).map_or(0, |one| one + 1);
        let is_user_data = unit.get(header).is_some_and(|byte| byte & 0x1f == 6) && unit.get(header + 1) == Some(&5);
        if !is_user_data {
            kept.extend_from_slice(unit);
        }
    }
    kept
}

/// The stream cut before each start code.
fn units(stream: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at + 3 <= stream.len() {
        if stream[at..at + 3] == [0, 0, 1] {
            let long = at > 0 && stream[at - 1] == 0 && starts.last().is_none_or(|last| *last < at - 1);
            starts.push(if long { at - 1 } else { at });
            at += 3;
        } else {
            at += 1;
        }
    }
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([stream.len()]);
    starts.iter().zip(ends).map(|(start, end)| &stream[*start..end]).collect()
}

/// What x264 calls itself in its note: `x264 - core 164 r3095 baee400`.
pub(super) fn note_of(stream: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stream);
    let note = &text[text.find("x264 - core")?..];
    Some(note.split(" - H.264").next().unwrap_or(note).chars().take(80).collect())
}

fn level_text(level: VideoLevel) -> String {
    format!("{}.{}", level.0 / 10, level.0 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_data_goes_and_everything_else_stays() {
        let stream = [0, 0, 0, 1, 6, 5, 9, 9, 0x80, 0, 0, 1, 0x65, 7, 7, 0, 0, 0, 1, 6, 1, 2];
        assert_eq!(strip_user_data(&stream), [0, 0, 1, 0x65, 7, 7, 0, 0, 0, 1, 6, 1, 2]);
        assert_eq!(strip_user_data(&[1, 2, 3]), [1, 2, 3]);
        assert_eq!(strip_user_data(&[]), Vec::<u8>::new());
    }
}

//! AV1 by SVT-AV1: one logical processor, a key frame at the start and no other, the instructions of one class of CPUs.

use super::{AvError, fingerprint, input::Options};
use crate::plan::{Preset, VideoRendition};

/// Settings that are the same for every plan.
const FIXED: &str = "lp=1:keyint=-1:irefresh-type=2:scd=0:enable-overlays=0:film-grain=0:fast-decode=0:tile-rows=0:\
    tile-columns=0";

/// The encoder's options for this rung.
///
/// # Errors
/// Where there is no memory for them.
pub(super) fn options(rung: &VideoRendition) -> Result<Options, AvError> {
    let settings = &rung.encoder;
    let mut options = Options::new();
    options.set("preset", &speed(settings.preset).to_string())?;
    options.set("crf", &((settings.crf_hundredths + 50) / 100).to_string())?;
    // `seq_level_idx` counts four levels a number from 2.0 on; SVT-AV1 takes ten times the level's number.
    let level = (rung.level.0 / 4 + 2) * 10 + rung.level.0 % 4;
    // libav would set the buffer by a rate that capped quality does not have; the cap is given past it.
    let cap_kbps = settings.peak_bps / 1_000;
    let assembly = match fingerprint::cpu_word() {
        Some("0") => ":asm=c".to_owned(),
        Some(word) => format!(":asm={word}"),
        None => String::new(),
    };
    options.set("svtav1-params", &format!("{FIXED}:level={level}:mbr={cap_kbps}{assembly}"))?;
    Ok(options)
}

/// SVT-AV1's number for a preset: about as far from its fastest as x264's is.
fn speed(preset: Preset) -> u32 {
    match preset {
        Preset::Ultrafast => 12,
        Preset::Superfast => 11,
        Preset::Veryfast => 10,
        Preset::Faster => 9,
        Preset::Fast => 8,
        Preset::Medium => 7,
        Preset::Slow => 6,
        Preset::Slower => 5,
        Preset::Veryslow => 4,
    }
}

//! HEVC by x265: one thread, no note of the encoder about itself, the instructions of one class of CPUs.

use super::{AvError, fingerprint, input::Options, rung_encoder::hundredths};
use crate::plan::VideoRendition;

/// Settings that are the same for every plan: no pool of threads and one picture at a time, so that nothing depends on
/// what is ready when; a key frame at the start and no other; headers in the init segment only.
const FIXED: &str = "pools=none:frame-threads=1:wpp=0:pmode=0:pme=0:slices=1:keyint=-1:open-gop=0:scenecut=0:b-pyramid=1:\
    repeat-headers=0:aud=0:hrd=0:info=0:hash=0:high-tier=0:log-level=none";

/// How many pictures are decoded ahead of the one that is shown: two with a pyramid of more than one B picture, which
/// every preset has (`sps_max_num_reorder_pics`). libav does not tell.
pub(super) const REORDER: u32 = 2;

/// The encoder's options for this rung.
///
/// # Errors
/// Where there is no memory for them.
pub(super) fn options(rung: &VideoRendition) -> Result<Options, AvError> {
    let settings = &rung.encoder;
    let mut options = Options::new();
    options.set("preset", settings.preset.as_str())?;
    options.set("profile", "main")?;
    options.set("crf", &hundredths(settings.crf_hundredths))?;
    options.set("maxrate", &settings.peak_bps.to_string())?;
    options.set("bufsize", &settings.buffer_bits.to_string())?;
    // `general_level_idc` is thirty times the level's number, x265 takes ten times it.
    let level = rung.level.0 / 3;
    let assembly = match fingerprint::cpu_word() {
        Some(word) => format!(":asm={word}"),
        None => String::new(),
    };
    options.set("x265-params", &format!("{FIXED}:level-idc={level}{assembly}"))?;
    Ok(options)
}

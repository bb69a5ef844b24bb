//! The sequence parameter set of H.264 (ISO/IEC 14496-10, 7.3.2.1), as far as fitness for carrying over depends on it.

use super::bits::Bits;

/// What a sequence parameter set says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SequenceParameters {
    pub profile: u8,
    /// The byte of constraint flags, set 0 at the top.
    pub constraints: u8,
    /// Ten times the level's number; 9 is level 1b.
    pub level: u8,
    /// 1 is 4:2:0.
    pub chroma_format: u32,
    pub luma_bits: u32,
    pub chroma_bits: u32,
    /// Frames only: no picture is coded as fields.
    pub progressive: bool,
    pub width: u32,
    pub height: u32,
}

/// Profiles whose set has the chroma format in it.
const WITH_CHROMA: [u8; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/// Reads a unit of type 7, header included. `None` where it is not one or ends early.
pub fn read(unit: &[u8]) -> Option<SequenceParameters> {
    if unit.first()? & 0x1f != 7 {
        return None;
    }
    let payload = without_emulation(unit.get(1..)?);
    let [profile, constraints, level] = payload.get(..3)?.try_into().ok()?;
    let mut bits = Bits::new(payload.get(3..)?);
    bits.golomb()?;
    let (mut chroma_format, mut luma_bits, mut chroma_bits, mut separate) = (1, 8, 8, false);
    if WITH_CHROMA.contains(&profile) {
        chroma_format = bits.golomb()?;
        if chroma_format == 3 {
            separate = bits.flag()?;
        }
        luma_bits = bits.golomb()?.checked_add(8)?;
        chroma_bits = bits.golomb()?.checked_add(8)?;
        bits.flag()?;
        if bits.flag()? {
            skip_scaling_lists(&mut bits, if chroma_format == 3 { 12 } else { 8 })?;
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => drop(bits.golomb()?),
        1 => {
            bits.flag()?;
            bits.signed_golomb()?;
            bits.signed_golomb()?;
            for _ in 0..bits.golomb()?.min(255) {
                bits.signed_golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.flag()?;
    let columns = bits.golomb()?.checked_add(1)?;
    let rows = bits.golomb()?.checked_add(1)?;
    let progressive = bits.flag()?;
    let field_factor = if progressive { 1 } else { 2 };
    if !progressive {
        bits.flag()?;
    }
    bits.flag()?;
    let mut crop = [0_u32; 4];
    if bits.flag()? {
        for side in &mut crop {
            *side = bits.golomb()?;
        }
    }
    // Cropping counts chroma samples (table 6-1), of a field where there are fields.
    let (unit_x, unit_y) = match chroma_format {
        _ if separate => (1, 1),
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    };
    let cropped = |blocks: u32, factor: u32, [a, b]: [u32; 2], unit: u32| {
        let whole = blocks.checked_mul(16)?.checked_mul(factor)?;
        whole.checked_sub(a.checked_add(b)?.checked_mul(unit)?.checked_mul(factor)?)
    };
    Some(SequenceParameters {
        profile,
        constraints,
        level,
        chroma_format,
        luma_bits,
        chroma_bits,
        progressive,
        width: cropped(columns, 1, [crop[0], crop[1]], unit_x)?,
        height: cropped(rows, field_factor, [crop[2], crop[3]], unit_y)?,
    })
}

fn skip_scaling_lists(bits: &mut Bits<'_>, count: u32) -> Option<()> {
    for list in 0..count {
        if !bits.flag()? {
            continue;
        }
        let (mut last, mut next) = (8_i64, 8_i64);
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                next = (last + bits.signed_golomb()? + 256).rem_euclid(256);
            }
            if next != 0 {
                last = next;
            }
        }
    }
    Some(())
}

/// The payload without the bytes that keep start codes from appearing in it (7.4.1).
fn without_emulation(payload: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(payload.len());
    let mut zeros = 0;
    for byte in payload {
        if *byte == 3 && zeros >= 2 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        clean.push(*byte);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_as_x264_writes_it_is_read() {
        // x264, High, 640x360 at level 3.
        let unit = hex::decode("6764001eacd940a02ff9610000030001000003003c0f162d96").unwrap_or_default();
        let read = read(&unit).unwrap();
        assert_eq!((read.profile, read.constraints, read.level), (100, 0, 30));
        assert_eq!((read.width, read.height, read.progressive), (640, 360, true));
        assert_eq!((read.chroma_format, read.luma_bits, read.chroma_bits), (1, 8, 8));
    }

    #[test]
    fn what_ends_early_is_none() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[0x67, 100, 0, 30]), None);
        assert_eq!(read(&[0x68, 100, 0, 30, 0xff, 0xff, 0xff]), None);
    }
}

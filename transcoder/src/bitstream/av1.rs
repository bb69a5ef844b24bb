//! The sequence header of AV1 (AV1 bitstream specification, 5.5): what a codec string tells of.

use mutoscope_core::media::{VideoCodec, VideoLevel};

use super::bits::Bits;

/// What a sequence header says of its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceHeader {
    pub profile: u32,
    /// Level and tier of the first operating point.
    pub level: u32,
    pub high_tier: bool,
    pub bit_depth: u32,
    pub monochrome: bool,
    /// Chroma subsampling along and across, and where its samples lie.
    pub subsampling: (bool, bool, u32),
    /// Code points of primaries, transfer and matrix (ISO/IEC 23091-2); 2 is unspecified.
    pub colour: [u32; 3],
    pub full_range: bool,
}

impl SequenceHeader {
    /// The codec string (AV1 in ISOBMFF, section 5); its second half only where it is not all defaults.
    pub fn rfc6381(&self) -> String {
        let Self { profile, level, bit_depth, colour: [primaries, transfer, matrix], .. } = self;
        let level = VideoLevel(u8::try_from(*level).unwrap_or(u8::MAX));
        if *profile == 0 && !self.high_tier && *bit_depth == 8 && !self.monochrome && !self.full_range {
            let code = |code: u32| u8::try_from(code).unwrap_or(2);
            return VideoCodec::Av1.rfc6381(level, Some([code(*primaries), code(*transfer), code(*matrix)]));
        }
        let tier = if self.high_tier { 'H' } else { 'M' };
        let (along, across, place) = self.subsampling;
        format!(
            "av01.{profile}.{:02}{tier}.{bit_depth:02}.{}.{}{}{place}.{primaries:02}.{transfer:02}.{matrix:02}.{}",
            level.0,
            u8::from(self.monochrome),
            u8::from(along),
            u8::from(across),
            u8::from(self.full_range),
        )
    }
}

/// The sequence header among these open bitstream units, as `av1C` holds them; `None` where there is none, or it ends early.
pub fn sequence_header(units: &[u8]) -> Option<SequenceHeader> {
    let mut rest = units;
    while let Some(header) = rest.first() {
        let (kind, is_extended, has_size) = (header >> 3 & 15, header & 4 != 0, header & 2 != 0);
        rest = rest.get(1 + usize::from(is_extended)..)?;
        let size = if has_size { take_leb128(&mut rest)? } else { rest.len() };
        let (body, after) = rest.split_at_checked(size)?;
        if kind == 1 {
            return read(&mut Bits::new(body));
        }
        rest = after;
    }
    None
}

/// 4.10.5: seven bits a byte, the lowest first, at most eight bytes.
fn take_leb128(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0_u64;
    for n in 0..8 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << (n * 7);
        if byte & 0x80 == 0 {
            return usize::try_from(value).ok();
        }
    }
    None
}

fn read(bits: &mut Bits<'_>) -> Option<SequenceHeader> {
    let profile = bits.take(3)?;
    let _still_picture = bits.flag()?;
    let is_reduced = bits.flag()?;
    let (level, high_tier) = if is_reduced { (bits.take(5)?, false) } else { read_operating_points(bits)? };
    let (width_bits, height_bits) = (bits.take(4)? + 1, bits.take(4)? + 1);
    bits.take(width_bits)?;
    bits.take(height_bits)?;
    if !is_reduced && bits.flag()? {
        // Lengths of frame ids.
        bits.take(7)?;
    }
    // Superblocks of 128, intra filter, intra edge filter.
    bits.take(3)?;
    if !is_reduced {
        read_tools(bits)?;
    }
    // Super resolution, CDEF, restoration.
    bits.take(3)?;
    read_colour(bits, profile, level, high_tier)
}

fn read_operating_points(bits: &mut Bits<'_>) -> Option<(u32, bool)> {
    let mut delay_bits = None;
    if bits.flag()? {
        // Ticks, and ticks a second.
        bits.take(32)?;
        bits.take(32)?;
        if bits.flag()? {
            bits.golomb()?;
        }
        if bits.flag()? {
            delay_bits = Some(bits.take(5)? + 1);
            bits.take(32)?;
            bits.take(10)?;
        }
    }
    let has_display_delay = bits.flag()?;
    let count = bits.take(5)? + 1;
    let mut first = None;
    for _ in 0..count {
        let _operating_point = bits.take(12)?;
        let level = bits.take(5)?;
        let high_tier = level > 7 && bits.flag()?;
        first.get_or_insert((level, high_tier));
        if let Some(delay_bits) = delay_bits
            && bits.flag()?
        {
            bits.take(delay_bits)?;
            bits.take(delay_bits)?;
            bits.flag()?;
        }
        if has_display_delay && bits.flag()? {
            bits.take(4)?;
        }
    }
    first
}

fn read_tools(bits: &mut Bits<'_>) -> Option<()> {
    // Inter-intra, masked, warped, dual filter.
    bits.take(4)?;
    let has_order_hint = bits.flag()?;
    if has_order_hint {
        bits.take(2)?;
    }
    let chooses_screen_tools = bits.flag()?;
    let has_screen_tools = chooses_screen_tools || bits.flag()?;
    if has_screen_tools && !bits.flag()? {
        bits.flag()?;
    }
    if has_order_hint {
        bits.take(3)?;
    }
    Some(())
}

fn read_colour(bits: &mut Bits<'_>, profile: u32, level: u32, high_tier: bool) -> Option<SequenceHeader> {
    let is_high = bits.flag()?;
    let bit_depth = match (is_high, profile) {
        (false, _) => 8,
        (true, 2) => 10 + 2 * bits.take(1)?,
        (true, _) => 10,
    };
    let monochrome = profile != 1 && bits.flag()?;
    let colour = if bits.flag()? { [bits.take(8)?, bits.take(8)?, bits.take(8)?] } else { [2, 2, 2] };
    let mut header = SequenceHeader {
        profile,
        level,
        high_tier,
        bit_depth,
        monochrome,
        subsampling: (true, true, 0),
        colour,
        full_range: true,
    };
    // sRGB is whole and full by itself.
    if !monochrome && colour == [1, 13, 0] {
        header.subsampling = (false, false, 0);
        return Some(header);
    }
    header.full_range = bits.flag()?;
    if !monochrome {
        let (along, across) = match (profile, bit_depth) {
            (0, _) => (true, true),
            (1, _) => (false, false),
            (_, 12) => {
                let along = bits.flag()?;
                (along, along && bits.flag()?)
            }
            _ => (true, false),
        };
        let place = if along && across { bits.take(2)? } else { 0 };
        header.subsampling = (along, across, place);
    }
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As SVT-AV1 writes it for 1920x1080 at 25 and for 2560x1440 at 30 pictures a second.
    const HD: [u8; 13] = [0x0a, 0x0b, 0, 0, 0, 0x42, 0xab, 0xbf, 0xc3, 0x70, 0x0b, 0xe0, 0x01];
    const SMALL: [u8; 13] = [0x0a, 0x0b, 0, 0, 0, 0x04, 0x3c, 0xfe, 0xcc, 0x02, 0xf8, 0, 0x40];

    #[test]
    fn level_depth_and_colour_are_read() {
        let header = sequence_header(&HD).unwrap();
        assert_eq!((header.profile, header.level, header.high_tier, header.bit_depth), (0, 8, false, 8));
        assert_eq!(sequence_header(&SMALL).unwrap().level, 0);
        assert_eq!(header.rfc6381(), "av01.0.08M.08.0.110.02.02.02.0");
        let tagged = SequenceHeader { colour: [1, 1, 1], ..header.clone() };
        assert_eq!(tagged.rfc6381(), "av01.0.08M.08");
        let other = SequenceHeader { high_tier: true, bit_depth: 10, full_range: true, ..tagged };
        assert_eq!(other.rfc6381(), "av01.0.08H.10.0.110.01.01.01.1");
    }

    #[test]
    fn what_ends_early_is_none() {
        for length in 0..HD.len() - 2 {
            assert_eq!(sequence_header(&HD[..length]), None, "{length}");
        }
        assert_eq!(sequence_header(&[0x12, 0]), None, "a temporal delimiter alone");
        assert_eq!(sequence_header(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
    }
}

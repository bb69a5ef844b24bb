//! AAC as it is carried over: the configuration read and written anew, frames without their transport's header and
//! without an encoder's note about itself (ISO/IEC 14496-3).

use super::bits::Bits;

/// Sampling rates by their index (table 1.18).
const RATES_HZ: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Object types (table 1.1).
const LOW_COMPLEXITY: u32 = 2;
const SPECTRAL_BAND_REPLICATION: u32 = 5;

/// What makes a configuration plain low complexity with frames of 1024 samples: its rate in Hz and its channels.
/// `None` for everything else: SBR and parametric stereo, frames of 960, a channel layout of its own.
pub fn read_plain_configuration(configuration: &[u8]) -> Option<(u32, u32)> {
    let mut bits = Bits::new(configuration);
    if bits.take(5)? != LOW_COMPLEXITY {
        return None;
    }
    let rate_hz = match bits.take(4)? {
        15 => bits.take(24)?,
        index => *RATES_HZ.get(index as usize)?,
    };
    let channels = bits.take(4)?;
    let (short_frames, depends_on_core, extended) = (bits.flag()?, bits.flag()?, bits.flag()?);
    if short_frames || depends_on_core || extended || !(1..=2).contains(&channels) {
        return None;
    }
    // A second configuration behind the first: the frames hold SBR beside the plain sound.
    let has_more = bits.left() >= 17 && bits.take(11)? == 0x2b7;
    let replicated = has_more && bits.take(5)? == SPECTRAL_BAND_REPLICATION && bits.flag()?;
    (!replicated).then_some((rate_hz, channels))
}

/// The shortest configuration of plain low complexity; `None` where the rate has no index.
pub fn plain_configuration(rate_hz: u32, channels: u32) -> Option<[u8; 2]> {
    let index = u16::try_from(RATES_HZ.iter().position(|rate| *rate == rate_hz)?).ok()?;
    let channels = u16::try_from(channels).ok().filter(|channels| (1..=2).contains(channels))?;
    Some((2 << 11 | index << 7 | channels << 3).to_be_bytes())
}

/// The rate in Hz and the channels of an ADTS header of low complexity; `None` where the packet has no such header.
pub fn header_configuration(packet: &[u8]) -> Option<(u32, u32)> {
    let head: [u8; 7] = packet.get(..7)?.try_into().ok()?;
    if head[0] != 0xff || head[1] & 0xf6 != 0xf0 || head[2] >> 6 != 1 {
        return None;
    }
    let rate_hz = *RATES_HZ.get(usize::from(head[2] >> 2 & 15))?;
    let channels = u32::from(head[2] & 1) << 2 | u32::from(head[3] >> 6);
    (1..=2).contains(&channels).then_some((rate_hz, channels))
}

/// The frame without an ADTS header, where it has one. `None` where one header stands before several frames, or the
/// header is not of low complexity.
pub fn without_header(packet: &[u8]) -> Option<&[u8]> {
    let [first, second, third, ..] = packet else { return Some(packet) };
    // Twelve bits of sync and a layer of zero. A bare frame cannot begin so: that would be the element that ends it.
    if *first != 0xff || second & 0xf6 != 0xf0 {
        return Some(packet);
    }
    let header = if second & 1 == 1 { 7 } else { 9 };
    let frames = packet.get(6)? & 3;
    if third >> 6 != 1 || frames != 0 {
        return None;
    }
    packet.get(header..)
}

/// The frame with what fills it at its start overwritten: encoders write their names there. Nothing moves, and it
/// decodes to the same sound.
pub fn without_note(frame: &[u8]) -> Vec<u8> {
    const DATA: u32 = 4;
    const FILL: u32 = 6;
    let mut clean = frame.to_vec();
    let mut bits = Bits::new(frame);
    loop {
        let payload = match bits.take(3) {
            Some(FILL) => fill_payload(&mut bits),
            Some(DATA) => data_payload(&mut bits),
            _ => return clean,
        };
        let Some((start, length, overwrite)) = payload else { return clean };
        if overwrite {
            zero(&mut clean, start, length);
        }
        bits.skip(length);
    }
}

/// Where the payload of a fill element lies, its length in bits, and whether it is nothing but filling.
fn fill_payload(bits: &mut Bits<'_>) -> Option<(usize, usize, bool)> {
    let mut bytes = bits.take(4)? as usize;
    if bytes == 15 {
        bytes += bits.take(8)? as usize;
        bytes -= 1;
    }
    let start = bits.position();
    let kind = bits.clone().take(4).unwrap_or(0);
    // Filling, filling with a check, data; others mean something to the decoder.
    Some((start, bytes * 8, bytes > 0 && kind <= 2))
}

fn data_payload(bits: &mut Bits<'_>) -> Option<(usize, usize, bool)> {
    bits.take(4)?;
    let aligned = bits.flag()?;
    let mut bytes = bits.take(8)? as usize;
    if bytes == 255 {
        bytes += bits.take(8)? as usize;
    }
    let padding = if aligned { (8 - bits.position() % 8) % 8 } else { 0 };
    bits.skip(padding);
    Some((bits.position(), bytes * 8, true))
}

fn zero(bytes: &mut [u8], start: usize, length: usize) {
    for at in start..start + length {
        if let Some(byte) = bytes.get_mut(at / 8) {
            *byte &= !(0x80 >> (at % 8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_configurations_round_trip_and_others_are_none() {
        for (rate_hz, channels) in [(48_000, 2), (44_100, 1), (8_000, 2)] {
            let written = plain_configuration(rate_hz, channels).unwrap();
            assert_eq!(read_plain_configuration(&written), Some((rate_hz, channels)));
        }
        assert_eq!(plain_configuration(48_000, 2), Some([0x11, 0x90]));
        // What libav writes: the same, and that there is no SBR.
        assert_eq!(read_plain_configuration(&[0x11, 0x90, 0x56, 0xe5, 0x00]), Some((48_000, 2)));
        assert_eq!(read_plain_configuration(&[0x13, 0x10, 0x56, 0xe5, 0x98]), None, "SBR beside it");
        assert_eq!(read_plain_configuration(&[0x2b, 0x11, 0x88, 0x00]), None, "SBR");
        assert_eq!(read_plain_configuration(&[0x11, 0x94]), None, "frames of 960");
        assert_eq!(read_plain_configuration(&[0x11, 0xb0]), None, "5.1");
        assert_eq!(plain_configuration(47_999, 2), None);
        assert_eq!(read_plain_configuration(&[]), None);
    }

    #[test]
    fn the_header_of_the_transport_goes() {
        let frame = [0x21, 1, 2, 3];
        assert_eq!(without_header(&frame), Some(&frame[..]));
        let with = [&[0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc][..], &frame].concat();
        assert_eq!(without_header(&with), Some(&frame[..]));
        assert_eq!((header_configuration(&with), header_configuration(&frame)), (Some((44_100, 2)), None));
        assert_eq!(without_header(&[0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfd, 1]), None, "two frames");
    }

    #[test]
    fn an_encoders_name_goes_and_the_sound_stays_where_it_is() {
        // A fill element of 3 bytes ("110", "0011", 24 bits), then a pair ("001") and more.
        let frame = [0b1100_0110, 0b0000_1110, 0b1110_1110, 0b1110_1110, 0b0110_1100, 0xff];
        assert_eq!(without_note(&frame), [0b1100_0110, 0, 0, 0, 0b0110_1100, 0xff]);
        let replication = [0b1100_0111, 0b1010_1110, 0b1110_1110, 0b1110_1110, 0b0110_1100, 0xff];
        assert_eq!(without_note(&replication), replication);
        assert_eq!(without_note(&[0x21, 0x55]), [0x21, 0x55]);
        assert_eq!(without_note(&[0b1101_1110]), [0b1101_1110]);
    }
}

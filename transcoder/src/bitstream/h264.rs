//! H.264 access units repackaged: slices only, each with its length before it (ISO/IEC 14496-15), and the parameter
//! sets in the init segment.

/// How units are told apart in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Each has its length before it, in so many bytes (`avcC`).
    Lengths(usize),
    /// Start codes between them (annex B).
    StartCodes,
}

/// A stream's parameter sets, in order, as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterSets {
    pub sequence: Vec<Vec<u8>>,
    pub picture: Vec<Vec<u8>>,
}

/// One picture's packet, ready for a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUnit {
    pub bytes: Vec<u8>,
    /// Every slice is one of an IDR picture: nothing before it is needed, nor by anything after it.
    pub idr: bool,
}

/// Why a packet can't be carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("the packet is no sequence of units")]
    Framing,
    #[error("the packet holds no picture")]
    NoPicture,
    #[error("the parameter sets change")]
    ParametersChange,
}

/// Kinds of units (table 7-1).
mod kind {
    pub const SLICE: u8 = 1;
    pub const IDR_SLICE: u8 = 5;
    pub const SEQUENCE_PARAMETERS: u8 = 7;
    pub const PICTURE_PARAMETERS: u8 = 8;
}

/// More sets than this are no sane stream.
const MOST_SETS: usize = 31;

/// Reads what a container says about the stream: an `avcC` record, or units with start codes. `None` where it is
/// neither or holds no parameter sets.
pub fn read_configuration(configuration: &[u8]) -> Option<(ParameterSets, Framing)> {
    if configuration.first() == Some(&1) {
        return read_record(configuration);
    }
    let (mut sequence, mut picture) = (Vec::new(), Vec::new());
    for unit in units(configuration, Framing::StartCodes)? {
        match unit_kind(unit) {
            kind::SEQUENCE_PARAMETERS => sequence.push(unit.to_vec()),
            kind::PICTURE_PARAMETERS => picture.push(unit.to_vec()),
            _ => {}
        }
    }
    complete(sequence, picture).map(|sets| (sets, Framing::StartCodes))
}

fn read_record(record: &[u8]) -> Option<(ParameterSets, Framing)> {
    let lengths = usize::from(record.get(4)? & 3) + 1;
    let sequence_count = usize::from(record.get(5)? & 0x1f);
    let (sequence, at) = read_sets(record, 6, sequence_count)?;
    let picture_count = usize::from(*record.get(at)?);
    let (picture, _) = read_sets(record, at + 1, picture_count)?;
    complete(sequence, picture).map(|sets| (sets, Framing::Lengths(lengths)))
}

fn read_sets(record: &[u8], mut at: usize, count: usize) -> Option<(Vec<Vec<u8>>, usize)> {
    let mut sets = Vec::new();
    for _ in 0..count {
        let length = usize::from(u16::from_be_bytes(record.get(at..at + 2)?.try_into().ok()?));
        sets.push(record.get(at + 2..at + 2 + length)?.to_vec());
        at += 2 + length;
    }
    Some((sets, at))
}

fn complete(mut sequence: Vec<Vec<u8>>, mut picture: Vec<Vec<u8>>) -> Option<ParameterSets> {
    // A stream with start codes brings its sets again and again.
    for sets in [&mut sequence, &mut picture] {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        sets.retain(|set| {
            !set.is_empty() && !seen.contains(set) && {
                seen.push(set.clone());
                true
            }
        });
        if sets.is_empty() || sets.len() > MOST_SETS {
            return None;
        }
    }
    Some(ParameterSets { sequence, picture })
}

impl ParameterSets {
    /// The `avcC` record (ISO/IEC 14496-15, 5.3.3.1) for units with four bytes of length. `None` where a set is too
    /// short or too long for one.
    pub fn record(&self) -> Option<Vec<u8>> {
        let first = self.sequence.first()?;
        let [profile, constraints, level] = first.get(1..4)?.try_into().ok()?;
        let mut record = vec![1, profile, constraints, level, 0xff];
        record.push(0xe0 | u8::try_from(self.sequence.len()).ok()?);
        push_sets(&mut record, &self.sequence)?;
        record.push(u8::try_from(self.picture.len()).ok()?);
        push_sets(&mut record, &self.picture)?;
        if matches!(profile, 100 | 110 | 122 | 144) {
            let read = super::sps::read(first)?;
            let low = |value: u32| u8::try_from(value).ok();
            record.push(0xfc | low(read.chroma_format)?);
            record.push(0xf8 | low(read.luma_bits.checked_sub(8)?)?);
            record.push(0xf8 | low(read.chroma_bits.checked_sub(8)?)?);
            record.push(0);
        }
        Some(record)
    }

    fn holds(&self, unit: &[u8]) -> bool {
        self.sequence.iter().chain(&self.picture).any(|set| set == unit)
    }
}

fn push_sets(record: &mut Vec<u8>, sets: &[Vec<u8>]) -> Option<()> {
    for set in sets {
        record.extend(u16::try_from(set.len()).ok()?.to_be_bytes());
        record.extend(set);
    }
    Some(())
}

/// A packet's slices, each with four bytes of length before it. Everything else goes: delimiters, filler, and all
/// supplemental information, which may hold what nobody meant to publish.
///
/// # Errors
/// Where it is not made of units, holds no slice, or brings parameter sets that are not the stream's.
pub fn repackage(packet: &[u8], framing: Framing, sets: &ParameterSets) -> Result<AccessUnit, Misfit> {
    let mut bytes = Vec::with_capacity(packet.len() + 16);
    let (mut slices, mut idr_slices) = (0, 0);
    for unit in units(packet, framing).ok_or(Misfit::Framing)? {
        match unit_kind(unit) {
            slice @ (kind::SLICE | kind::IDR_SLICE) => {
                slices += 1;
                idr_slices += u32::from(slice == kind::IDR_SLICE);
                let length = u32::try_from(unit.len()).map_err(|_| Misfit::Framing)?;
                bytes.extend(length.to_be_bytes());
                bytes.extend(unit);
            }
            // Data partitions, which no profile of ours has.
            2..=4 => return Err(Misfit::Framing),
            kind::SEQUENCE_PARAMETERS | kind::PICTURE_PARAMETERS if !sets.holds(unit) => {
                return Err(Misfit::ParametersChange);
            }
            _ => {}
        }
    }
    if slices == 0 { Err(Misfit::NoPicture) } else { Ok(AccessUnit { bytes, idr: slices == idr_slices }) }
}

/// Whether the start of a packet is that of an IDR picture of the stream: what can be told without all of it.
///
/// # Errors
/// As [`repackage`], as far as the start tells.
pub fn begins_idr(start: &[u8], framing: Framing, sets: &ParameterSets) -> Result<bool, Misfit> {
    let mut rest = start;
    let bytes = match framing {
        Framing::Lengths(bytes) => bytes,
        Framing::StartCodes => return repackage(start, framing, sets).map(|unit| unit.idr),
    };
    while let Some((length, after)) = rest.split_at_checked(bytes) {
        let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let whole = after.get(..length);
        let unit = whole.unwrap_or(after);
        match unit_kind(unit) {
            kind::IDR_SLICE => return Ok(true),
            kind::SLICE => return Ok(false),
            kind::SEQUENCE_PARAMETERS | kind::PICTURE_PARAMETERS if !sets.holds(unit) => {
                return Err(Misfit::ParametersChange);
            }
            _ => {}
        }
        if whole.is_none() {
            break;
        }
        rest = &after[length..];
    }
    Err(Misfit::NoPicture)
}

fn unit_kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |header| header & 0x1f)
}

/// The units of a packet; empty ones are left out. `None` where lengths do not add up.
fn units(packet: &[u8], framing: Framing) -> Option<Vec<&[u8]>> {
    match framing {
        Framing::StartCodes => Some(between_start_codes(packet)),
        Framing::Lengths(bytes) => {
            let mut found = Vec::new();
            let mut rest = packet;
            while !rest.is_empty() {
                let (length, after) = rest.split_at_checked(bytes)?;
                let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
                let (unit, after) = after.split_at_checked(length)?;
                if !unit.is_empty() {
                    found.push(unit);
                }
                rest = after;
            }
            Some(found)
        }
    }
}

fn between_start_codes(stream: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut begin = None;
    let mut at = 0;
    while at + 3 <= stream.len() {
        if stream[at..at + 3] == [0, 0, 1] {
            found.extend(begin.map(|begin| &stream[begin..at]));
            at += 3;
            begin = Some(at);
        } else {
            at += 1;
        }
    }
    found.extend(begin.map(|begin| &stream[begin..]));
    // Zeros before a start code belong to it; a unit ends in a bit that is set.
    let trimmed = found.into_iter().map(|unit| {
        let end = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        &unit[..end]
    });
    trimmed.filter(|unit| !unit.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPS: [u8; 5] = [0x67, 66, 0xc0, 30, 0x80];
    const PPS: [u8; 2] = [0x68, 0xce];

    fn sets() -> ParameterSets {
        ParameterSets { sequence: vec![SPS.to_vec()], picture: vec![PPS.to_vec()] }
    }

    fn with_start_codes(units: &[&[u8]]) -> Vec<u8> {
        units.iter().flat_map(|unit| [&[0, 0, 0, 1], *unit].concat()).collect()
    }

    #[test]
    fn both_framings_give_the_same_slices_and_nothing_else() {
        let units: [&[u8]; 6] = [&[9, 0xf0], &SPS, &PPS, &[6, 5, 1, 7, 0x80], &[0x65, 1, 2, 3], &[0x65, 4, 5]];
        let expected = AccessUnit { bytes: vec![0, 0, 0, 4, 0x65, 1, 2, 3, 0, 0, 0, 3, 0x65, 4, 5], idr: true };
        let stream = with_start_codes(&units);
        assert_eq!(repackage(&stream, Framing::StartCodes, &sets()), Ok(expected.clone()));
        let short: Vec<u8> = units.iter().flat_map(|unit| [&[0, unit.len() as u8], *unit].concat()).collect();
        assert_eq!(repackage(&short, Framing::Lengths(2), &sets()), Ok(expected));
        assert_eq!(read_configuration(&stream), Some((sets(), Framing::StartCodes)));
    }

    #[test]
    fn the_record_round_trips() {
        let record = sets().record().unwrap();
        assert_eq!(read_configuration(&record), Some((sets(), Framing::Lengths(4))));
        assert_eq!(read_configuration(&record[..record.len() - 1]), None);
        assert_eq!(read_configuration(&[]), None);
    }

    #[test]
    fn strange_packets_are_misfits() {
        let sets = sets();
        let fit = |units: &[&[u8]]| repackage(&with_start_codes(units), Framing::StartCodes, &sets);
        assert_eq!(fit(&[&[9, 0xf0]]), Err(Misfit::NoPicture));
        assert_eq!(fit(&[&[0x67, 77, 0, 31, 0x80], &[0x65, 1]]), Err(Misfit::ParametersChange));
        assert_eq!(fit(&[&[0x62, 1]]), Err(Misfit::Framing));
        assert!(!fit(&[&[0x41, 1]]).unwrap().idr);
        assert_eq!(repackage(&[0, 0, 0, 9, 1], Framing::Lengths(4), &sets), Err(Misfit::Framing));
        let start = |bytes: &[u8]| begins_idr(bytes, Framing::Lengths(1), &sets);
        assert_eq!(start(&[2, 9, 0xf0, 200, 0x65, 1]), Ok(true));
        assert_eq!(start(&[2, 9, 0xf0, 200, 0x41, 1]), Ok(false));
        assert_eq!(start(&[2, 9, 0xf0, 200, 6, 5]), Err(Misfit::NoPicture));
        assert_eq!(start(&[2, 0x68, 0, 200, 0x65, 1]), Err(Misfit::ParametersChange));
    }
}

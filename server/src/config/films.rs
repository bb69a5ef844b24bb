//! Settings of films: what one may be, and what reading it may take.

use mutoscope_transcoder::limits::Limits;

use super::reader::Reader;

/// A week: more is a slip of the pen.
const LONGEST_S: u64 = 7 * 24 * 3600;

/// The limits on one film; `largest_file_bytes` is what an upload may be.
pub(super) fn read(reader: &mut Reader, largest_file_bytes: u64) -> Limits {
    let default = Limits::default();
    let mut number = |key, least: u32, most: u32, otherwise: u32| {
        let given = reader.number(key, u64::from(least)..=u64::from(most));
        given.and_then(|given| u32::try_from(given).ok()).unwrap_or(otherwise)
    };
    let width = number("films.max_width", 16, 16_384, default.width);
    let height = number("films.max_height", 16, 16_384, default.height);
    let streams = number("films.max_tracks", 1, 1_000, default.streams);
    let frame_rate = number("films.max_frame_rate", 1, 1_000, default.frame_rate);
    let length_s = reader.number("films.max_length_s", 1..=LONGEST_S);
    let resident_bytes = reader.bytes("films.memory_bytes").unwrap_or(default.resident_bytes);
    Limits {
        file_bytes: largest_file_bytes,
        width,
        height,
        streams,
        frame_rate,
        length_ms: length_s.map_or(default.length_ms, |seconds| seconds * 1_000),
        resident_bytes,
        // The backstop stays behind the limit, whatever that is.
        address_space_bytes: default.address_space_bytes.max(resident_bytes.saturating_mul(4)),
        ..default
    }
}

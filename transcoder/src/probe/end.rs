//! Where a film's data ends: from the last packets that are there, never from the header alone.

use std::sync::Arc;

use mutoscope_core::media::Rational;

use crate::{
    av::{
        input::{DAMAGED_IN_A_ROW, Input, Read},
        is_discarded, is_encrypted,
        streams::StreamFacts,
    },
    error::{MediaError, MediaErrorCode},
    jail::{Channel, FromChild},
    limits::Limits,
    span::Progress,
};

/// How long before the claimed end reading begins.
const TAIL_US: i64 = 3_000_000;
/// Packets between two signs of work.
const SIGN_EVERY: u64 = 2_000;
/// Halvings in search of the last place that holds data.
const HALVINGS: u32 = 24;

/// Ticks of a time base as microseconds, to the nearest.
pub fn to_us(ticks: i64, time_base: Rational) -> i64 {
    let us = i128::from(ticks) * i128::from(time_base.num()) * 1_000_000;
    let den = i128::from(time_base.den());
    i64::try_from((us * 2 + den).div_euclid(den * 2)).unwrap_or(if ticks < 0 { i64::MIN / 4 } else { i64::MAX / 4 })
}

/// Microseconds as ticks of a time base, rounded down.
pub fn to_ticks(us: i64, time_base: Rational) -> i64 {
    let den = i128::from(time_base.num().max(1)) * 1_000_000;
    let ticks = (i128::from(us) * i128::from(time_base.den())).div_euclid(den);
    i64::try_from(ticks).unwrap_or(if us < 0 { i64::MIN / 4 } else { i64::MAX / 4 })
}

/// The end of the last packet of these streams, in microseconds on the container's timeline.
///
/// Reading begins shortly before the claimed end; where nothing is there, at the last place where something is, found
/// by halving; where places cannot be found by time, at the start.
///
/// # Errors
/// Where the film's bytes cannot be had.
pub fn find_end(
    input: &mut Input,
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    streams: &[StreamFacts],
    start_us: i64,
) -> Result<i64, MediaError> {
    let Some(leading) = streams.first() else { return Ok(start_us) };
    if let Some(claimed) = input.claimed_length_us().and_then(|length| i64::try_from(length).ok()) {
        let claimed_end = start_us.saturating_add(claimed);
        if let Some(end) =
            end_after(channel, input, streams, leading, claimed_end.saturating_sub(TAIL_US).max(start_us))?
        {
            return Ok(end);
        }
        let (mut low, mut high) = (start_us, claimed_end);
        let mut best = None;
        for _ in 0..HALVINGS {
            if high - low < TAIL_US / 2 {
                break;
            }
            let middle = low + (high - low) / 2;
            match end_after(channel, input, streams, leading, middle)? {
                Some(end) => {
                    best = Some(best.unwrap_or(end).max(end));
                    low = middle;
                }
                None => high = middle,
            }
        }
        if let Some(end) = best {
            return Ok(end);
        }
    }
    // From the start, by a container that nothing was asked of yet.
    let mut fresh = Input::open(channel, source_bytes, limits)?;
    let indexes: Vec<u32> = streams.iter().map(|stream| stream.index).collect();
    fresh.keep_only(&indexes);
    Ok(read_to_end(channel, &mut fresh, streams)?.unwrap_or(start_us))
}

/// The end of the last packet, reading from this instant; `None` where nothing is found there.
fn end_after(
    channel: &Channel,
    input: &mut Input,
    streams: &[StreamFacts],
    leading: &StreamFacts,
    from_us: i64,
) -> Result<Option<i64>, MediaError> {
    if input.seek(leading.index, to_ticks(from_us, leading.time_base)).is_err() {
        return Ok(None);
    }
    read_to_end(channel, input, streams)
}

fn read_to_end(channel: &Channel, input: &mut Input, streams: &[StreamFacts]) -> Result<Option<i64>, MediaError> {
    let mut end = None;
    let mut damaged = 0;
    for count in 0_u64.. {
        if count % SIGN_EVERY == 0 {
            // A long film's packets are many; the parent sees that they go by.
            let sign = FromChild::Progress(Progress::default());
            channel.send(&sign, &[]).map_err(|_| MediaErrorCode::Cancelled)?;
        }
        let packet = match input.read()? {
            Read::Packet(packet) => packet,
            Read::End => return Ok(end),
            Read::Damaged => {
                damaged += 1;
                if damaged > DAMAGED_IN_A_ROW {
                    return Ok(end);
                }
                continue;
            }
        };
        damaged = 0;
        let Some(stream) = streams.iter().find(|stream| stream.index as usize == packet.stream()) else { continue };
        if is_encrypted(&packet) {
            return Err(MediaErrorCode::Encrypted.into());
        }
        if is_discarded(&packet) {
            continue;
        }
        let Some(ticks) = packet.pts().or(packet.dts()) else { continue };
        let frame_us =
            stream.frame_rate.map_or(0, |rate| i64::from(rate.den()) * 1_000_000 / i64::from(rate.num().max(1)));
        let length_us = match packet.duration() {
            0 => frame_us,
            ticks => to_us(ticks, stream.time_base).min(10_000_000),
        };
        let shown = ticks.saturating_add(input.delay_ticks());
        let packet_end = to_us(shown, stream.time_base).saturating_add(length_us);
        end = Some(end.unwrap_or(packet_end).max(packet_end));
    }
    Ok(end)
}

//! From a list of packets to what carrying over needs to know: where a stream may be cut, or that it is irregular.
//! Pure.

use mutoscope_core::media::Rational;

use super::{
    carriage::{AacTrack, H264Track, KeyFrame, Run, Unfit},
    end::to_us,
};

/// Packets of a stream, at most: six hours at 240 a second.
pub const MOST_PACKETS: usize = 6 * 3_600 * 240;
/// Key frames that a report lists, at most.
const MOST_KEY_FRAMES: usize = 50_000;
/// Samples of an AAC frame.
const FRAME_SAMPLES: i128 = 1_024;

/// One packet, in decoding order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketFacts {
    /// When it is shown or heard, in ticks of the stream's time base.
    pub pts: Option<i64>,
    pub bytes: u32,
    /// Whether the container calls it a key frame.
    pub key: bool,
    /// Whether an edit list leaves it out.
    pub discarded: bool,
}

/// Where a stream of pictures may be cut.
///
/// # Errors
/// Why it is not fit to be cut at all.
pub fn summarise_pictures(packets: &[PacketFacts], profile: [u8; 3], time_base: Rational) -> Result<H264Track, Unfit> {
    if packets.len() > MOST_PACKETS {
        return Err(Unfit::TooManyKeyFrames);
    }
    if packets.iter().any(|packet| packet.discarded) {
        return Err(Unfit::EditList);
    }
    let shown: Vec<i64> = packets.iter().map(|packet| packet.pts).collect::<Option<_>>().ok_or(Unfit::Timestamps)?;
    let first_ticks = *shown.first().ok_or(Unfit::Timestamps)?;
    let closed = closed_key_frames(packets, &shown);
    if closed.first() != Some(&0) {
        return Err(Unfit::OpenGop);
    }
    if closed.len() == 1 && packets.iter().filter(|packet| packet.key).count() > 1 {
        return Err(Unfit::OpenGop);
    }
    let mut delay_ticks = 0;
    for (n, begin) in closed.iter().enumerate() {
        let end = closed.get(n + 1).copied().unwrap_or(shown.len());
        delay_ticks = delay_ticks.max(delay_of(&shown[*begin..end])?);
    }
    let kept = thinned(&closed, &shown, time_base);
    if kept.len() > MOST_KEY_FRAMES {
        return Err(Unfit::TooManyKeyFrames);
    }
    let run = |begin: usize, end: usize| Run {
        packets: u32::try_from(end - begin).unwrap_or(u32::MAX),
        bytes: packets[begin..end].iter().map(|packet| u64::from(packet.bytes)).sum(),
    };
    let mut key_frames = vec![KeyFrame { ticks: 0, before: Run::default() }];
    for pair in kept.windows(2) {
        let ticks = shown[pair[1]].saturating_sub(shown[pair[0]]);
        key_frames.push(KeyFrame { ticks: u64::try_from(ticks).unwrap_or(0), before: run(pair[0], pair[1]) });
    }
    let tail = run(kept.last().copied().unwrap_or(0), packets.len());
    let last = shown.iter().copied().max().unwrap_or(first_ticks).saturating_sub(first_ticks);
    let last_ticks = u64::try_from(last).map_err(|_| Unfit::Timestamps)?;
    Ok(H264Track { profile, first_ticks, last_ticks, delay_ticks, key_frames, tail })
}

/// The positions of key frames before which everything is shown before them, and after which everything after.
fn closed_key_frames(packets: &[PacketFacts], shown: &[i64]) -> Vec<usize> {
    let mut earliest_after = i64::MAX;
    let mut is_first_of_rest = vec![false; shown.len()];
    for (at, pts) in shown.iter().enumerate().rev() {
        is_first_of_rest[at] = *pts < earliest_after;
        earliest_after = earliest_after.min(*pts);
    }
    let mut latest_before = i64::MIN;
    let mut closed = Vec::new();
    for (at, pts) in shown.iter().enumerate() {
        if packets[at].key && is_first_of_rest[at] && *pts > latest_before {
            closed.push(at);
        }
        latest_before = latest_before.max(*pts);
    }
    closed
}

/// How much a picture of this run is shown before its turn, by the clock of those shown in order.
fn delay_of(shown: &[i64]) -> Result<u64, Unfit> {
    let mut in_order = shown.to_vec();
    in_order.sort_unstable();
    if in_order.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Unfit::Timestamps);
    }
    let delays = in_order.iter().zip(shown).map(|(turn, shown)| turn.saturating_sub(*shown));
    u64::try_from(delays.max().unwrap_or(0).max(0)).map_err(|_| Unfit::Timestamps)
}

/// The first and, of those nearer to the same half second than to any other, the nearest.
fn thinned(closed: &[usize], shown: &[i64], time_base: Rational) -> Vec<usize> {
    let first_us = shown.first().map_or(0, |ticks| to_us(*ticks, time_base));
    let place = |at: usize| {
        let us = to_us(shown[at], time_base).saturating_sub(first_us);
        let mark = us.saturating_add(250_000).div_euclid(500_000);
        (mark, (us - mark.saturating_mul(500_000)).abs())
    };
    let mut kept: Vec<usize> = Vec::new();
    for at in closed {
        match kept.last().copied() {
            Some(last) if place(last).0 == place(*at).0 => {
                if place(*at).1 < place(last).1 && kept.len() > 1 {
                    kept.pop();
                    kept.push(*at);
                }
            }
            _ => kept.push(*at),
        }
    }
    kept
}

/// Whether a track of AAC is frame upon frame without a gap, as exactly as its timestamps can tell.
///
/// # Errors
/// Why it is not.
pub fn summarise_sound(packets: &[PacketFacts], time_base: Rational, rate_hz: u32) -> Result<AacTrack, Unfit> {
    let first_ticks = packets.first().and_then(|packet| packet.pts).ok_or(Unfit::Timestamps)?;
    let per_tick = (i128::from(time_base.num()) * i128::from(rate_hz), i128::from(time_base.den()));
    // One tick, or what a container that counts milliseconds rounds away.
    let tolerance = (per_tick.0 / per_tick.1.max(1)).max(i128::from(rate_hz) / 500).max(1);
    for (n, packet) in packets.iter().enumerate() {
        let ticks = i128::from(packet.pts.ok_or(Unfit::Timestamps)?) - i128::from(first_ticks);
        let samples = ticks * per_tick.0 / per_tick.1.max(1);
        let expected = i128::try_from(n).unwrap_or(0) * FRAME_SAMPLES;
        if (samples - expected).abs() > tolerance {
            return Err(Unfit::Gaps);
        }
    }
    let window = usize::try_from(rate_hz * 2 / 1_024).unwrap_or(1).max(1);
    let sum = |part: &[PacketFacts]| part.iter().map(|packet| u64::from(packet.bytes)).sum::<u64>();
    let mut in_window = sum(&packets[..window.min(packets.len())]);
    let mut peak_bytes = in_window;
    for (old, new) in packets.iter().zip(packets.iter().skip(window)) {
        in_window = in_window + u64::from(new.bytes) - u64::from(old.bytes);
        peak_bytes = peak_bytes.max(in_window);
    }
    Ok(AacTrack {
        first_ticks,
        packets: u32::try_from(packets.len()).map_err(|_| Unfit::TooManyKeyFrames)?,
        bytes: sum(packets),
        peak_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: [u8; 3] = [100, 0, 31];

    fn milliseconds() -> Rational {
        Rational::new(1, 1_000).unwrap()
    }

    /// Packets of 10 bytes shown at these instants; key frames are marked by `true`.
    fn packets(shown: &[(i64, bool)]) -> Vec<PacketFacts> {
        let each =
            shown.iter().map(|(pts, key)| PacketFacts { pts: Some(*pts), bytes: 10, key: *key, discarded: false });
        each.collect()
    }

    fn cuts(shown: &[(i64, bool)]) -> Result<Vec<(u64, u32)>, Unfit> {
        let track = summarise_pictures(&packets(shown), PROFILE, milliseconds())?;
        Ok(track.key_frames.iter().map(|key| (key.ticks, key.before.packets)).collect())
    }

    #[test]
    fn closed_groups_are_cut_at_their_key_frames() {
        let film = [(0, true), (1_500, false), (500, false), (1_000, false), (2_000, true), (2_500, false)];
        assert_eq!(cuts(&film), Ok(vec![(0, 0), (2_000, 4)]));
        let track = summarise_pictures(&packets(&film), PROFILE, milliseconds()).unwrap();
        assert_eq!((track.delay_ticks, track.tail), (500, Run { packets: 2, bytes: 20 }));
        let text = serde_json::to_string(&track).unwrap();
        assert!(text.contains("[[0,0,0],[2000,4,40]]"), "{text}");
        assert_eq!(serde_json::from_str::<H264Track>(&text).unwrap(), track);
    }

    #[test]
    fn a_key_frame_with_pictures_shown_before_it_is_no_place_to_cut() {
        let open = [(0, true), (500, false), (2_000, true), (1_000, false), (1_500, false), (2_500, false)];
        assert_eq!(cuts(&open), Err(Unfit::OpenGop));
        let mixed = [(0, true), (2_000, true), (1_000, false), (4_000, true), (4_500, false)];
        assert_eq!(cuts(&mixed), Ok(vec![(0, 0), (4_000, 3)]));
    }

    #[test]
    fn doubled_missing_and_left_out_pictures_are_not_fit() {
        assert_eq!(cuts(&[(0, true), (40, false), (40, false)]), Err(Unfit::Timestamps));
        assert_eq!(cuts(&[]), Err(Unfit::Timestamps));
        let mut missing = packets(&[(0, true), (40, false)]);
        missing[1].pts = None;
        assert_eq!(summarise_pictures(&missing, PROFILE, milliseconds()), Err(Unfit::Timestamps));
        let mut cut = packets(&[(0, true), (40, false)]);
        cut[0].discarded = true;
        assert_eq!(summarise_pictures(&cut, PROFILE, milliseconds()), Err(Unfit::EditList));
    }

    #[test]
    fn of_many_key_frames_those_nearest_to_half_seconds_are_listed() {
        let all: Vec<_> = (0..100).map(|n| (n * 40, true)).collect();
        let cuts = cuts(&all).unwrap();
        let at: Vec<u64> = cuts
            .iter()
            .scan(0, |at, (ticks, _)| {
                *at += ticks;
                Some(*at)
            })
            .collect();
        assert_eq!(at, [0, 480, 1_000, 1_480, 2_000, 2_480, 3_000, 3_480, 3_960]);
        assert_eq!(cuts.iter().map(|(_, packets)| packets).sum::<u32>() + 1, 100);
    }

    #[test]
    fn sound_without_a_gap_is_told_from_sound_with_one() {
        let frames = |instants: &[i64]| packets(&instants.iter().map(|pts| (*pts, true)).collect::<Vec<_>>());
        let ticks = Rational::new(1, 48_000).unwrap();
        let track = summarise_sound(&frames(&[-1_024, 0, 1_024]), ticks, 48_000).unwrap();
        assert_eq!((track.first_ticks, track.packets, track.bytes, track.peak_bytes), (-1_024, 3, 30, 30));
        assert_eq!(summarise_sound(&frames(&[0, 1_024, 4_096]), ticks, 48_000), Err(Unfit::Gaps));
        // Milliseconds, rounded.
        assert!(summarise_sound(&frames(&[0, 21, 43, 64, 85]), milliseconds(), 48_000).is_ok());
        assert_eq!(summarise_sound(&frames(&[0, 21, 43, 85]), milliseconds(), 48_000), Err(Unfit::Gaps));
    }
}

//! Measuring sound as people hear it: K-weighting and energies of tenths of a second (ITU-R BS.1770-4, annex 1), and
//! the peak between samples (annex 2). The same on every machine that decodes the same samples: no library's sines, no
//! fused operations.

use std::{f64::consts::PI, ops::Range};

use super::SoundRecord;

/// Units of an energy: mean square, both channels together, times this.
pub const ENERGY_ONE: f64 = (1_u64 << 40) as f64;
/// Units of a peak.
pub const PEAK_ONE: f64 = (1_u32 << 20) as f64;
/// What is louder than this is no sound, whatever a decoder says; in full scales.
const LOUDEST: f64 = 64.0;

/// Samples of a tenth of a second. Rates are whole multiples of 10.
pub fn block_samples(rate_hz: u32) -> u32 {
    (rate_hz / 10).max(1)
}

/// A second-order section, direct form II transposed.
#[derive(Debug, Clone, Copy)]
struct Section {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Section {
    fn run(&mut self, input: f64) -> f64 {
        let output = self.b[0] * input + self.state[0];
        self.state[0] = self.b[1] * input - self.a[0] * output + self.state[1];
        self.state[1] = self.b[2] * input - self.a[1] * output;
        output
    }
}

/// The two sections of K-weighting at a rate. The standard gives coefficients for 48 kHz; these are the analogue filters
/// behind them, brought to any rate by the bilinear transform.
fn k_weighting(rate_hz: u32) -> [Section; 2] {
    let section = |b, a| Section { b, a, state: [0.0; 2] };
    let warp = |frequency: f64| libm::tan(PI * frequency / f64::from(rate_hz));
    // The head's high shelf.
    let (k, q) = (warp(1_681.974_450_955_532), 0.707_175_236_955_419_3);
    let high = libm::pow(10.0, 3.999_843_853_97 / 20.0);
    let band = libm::pow(high, 0.499_666_774_155);
    let a0 = 1.0 + k / q + k * k;
    let shelf = section(
        [(high + band * k / q + k * k) / a0, 2.0 * (k * k - high) / a0, (high - band * k / q + k * k) / a0],
        [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
    );
    // What the ear hardly hears below.
    let (k, q) = (warp(38.135_470_876_139_82), 0.500_327_037_323_877_3);
    let a0 = 1.0 + k / q + k * k;
    let pass = section([1.0, -2.0, 1.0], [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]);
    [shelf, pass]
}

/// Measures samples of left and right, which begin at the film's sample `first`, long enough before `own` to warm the
/// filters up. `blocks` are the tenths of a second that end in the segment, `own` its samples.
pub fn measure(channels: &[Vec<f32>], first: i64, own: &Range<i64>, blocks: &Range<u64>, rate_hz: u32) -> SoundRecord {
    let block = i64::from(block_samples(rate_hz));
    let start_of = |number: u64| i64::try_from(number).unwrap_or(i64::MAX / 65_536).saturating_mul(block);
    let count = usize::try_from(blocks.end.saturating_sub(blocks.start)).unwrap_or(0);
    let mut squares = vec![0.0_f64; count];
    let mut record = SoundRecord::default();
    for channel in channels {
        let mut weighting = k_weighting(rate_hz);
        let mut between = Between::default();
        let (mut sample_peak, mut true_peak) = (0.0_f64, 0.0_f64);
        for (at, sample) in (first..).zip(channel) {
            let sample = f64::from(*sample);
            let sample = if sample.is_finite() { sample.clamp(-LOUDEST, LOUDEST) } else { 0.0 };
            let weighted = weighting.iter_mut().fold(sample, |value, section| section.run(value));
            let number = at - start_of(blocks.start);
            if number >= 0
                && let Some(square) = usize::try_from(number / block).ok().and_then(|number| squares.get_mut(number))
            {
                *square += weighted * weighted;
            }
            between.push(sample);
            if own.contains(&at) {
                sample_peak = sample_peak.max(sample.abs());
                true_peak = true_peak.max(between.largest());
            }
        }
        record.sample_peak = record.sample_peak.max((sample_peak * PEAK_ONE).round() as u32);
        record.true_peak = record.true_peak.max((true_peak.max(sample_peak) * PEAK_ONE).round() as u32);
    }
    let each = block as f64;
    record.energies = squares.into_iter().map(|square| (square / each * ENERGY_ONE).round() as u64).collect();
    record
}

/// Four times as many samples, by the standard's filter of four phases of twelve.
#[derive(Debug, Default)]
struct Between {
    /// The last twelve samples, twice, so that a window never wraps.
    held: [f64; 24],
    at: usize,
}

/// The first two phases (BS.1770-4, annex 2, table 3); the other two are these in reverse.
const PHASES: [[f64; 12]; 2] = [
    [
        0.001_708_984_375,
        0.010_986_328_125,
        -0.019_653_320_312_5,
        0.033_203_125,
        -0.059_448_242_187_5,
        0.137_329_101_562_5,
        0.972_167_968_75,
        -0.102_294_921_875,
        0.047_607_421_875,
        -0.026_611_328_125,
        0.014_892_578_125,
        -0.008_300_781_25,
    ],
    [
        -0.029_174_804_687_5,
        0.029_296_875,
        -0.051_757_812_5,
        0.089_111_328_125,
        -0.166_503_906_25,
        0.465_087_890_625,
        0.779_785_156_25,
        -0.200_317_382_812_5,
        0.101_562_5,
        -0.058_227_539_062_5,
        0.033_081_054_687_5,
        -0.018_920_898_437_5,
    ],
];

impl Between {
    /// Takes the next sample.
    fn push(&mut self, sample: f64) {
        self.held[self.at] = sample;
        self.held[self.at + 12] = sample;
        self.at = (self.at + 1) % 12;
    }

    /// The largest of the four values around the sample six samples ago.
    fn largest(&self) -> f64 {
        // Oldest first.
        let window = &self.held[self.at..self.at + 12];
        let mut largest = 0.0_f64;
        for phase in &PHASES {
            let (mut newest_first, mut oldest_first) = (0.0, 0.0);
            for (held, (weight, reversed)) in window.iter().zip(phase.iter().zip(phase.iter().rev())) {
                newest_first += held * reversed;
                oldest_first += held * weight;
            }
            largest = largest.max(f64::abs(newest_first)).max(f64::abs(oldest_first));
        }
        largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_at_48_khz_are_those_of_the_standard() {
        let [shelf, pass] = k_weighting(48_000);
        let near = |found: f64, given: f64| assert!((found - given).abs() < 1e-6, "{found} {given}");
        for (found, given) in shelf.b.iter().zip([1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85]) {
            near(*found, given);
        }
        near(shelf.a[0], -1.690_659_293_182_41);
        near(shelf.a[1], 0.732_480_774_215_85);
        near(pass.a[0], -1.990_047_454_833_98);
        near(pass.a[1], 0.990_072_250_366_21);
    }

    #[test]
    fn what_is_no_number_is_silence_and_where_measuring_begins_does_not_matter() {
        let tone: Vec<f32> = (0..96_000).map(|n| (f64::from(n) * 0.05).sin() as f32 * 0.5).collect();
        let both = |from: usize| [tone[from..].to_vec(), tone[from..].to_vec()];
        let whole = measure(&both(0), 0, &(48_000..96_000), &(10..20), 48_000);
        let late = measure(&both(5_000), 5_000, &(48_000..96_000), &(10..20), 48_000);
        assert_eq!(whole, late);
        assert_eq!(whole.energies.len(), 10);
        let broken = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30].repeat(6_000);
        let broken = measure(&[broken.clone(), broken], 0, &(0..24_000), &(0..5), 48_000);
        assert!(broken.sample_peak <= (64 << 20) && broken.energies.iter().all(|energy| *energy < u64::MAX / 2));
    }
}

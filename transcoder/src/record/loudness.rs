//! Programme loudness (ITU-R BS.1770-4, EBU R 128) from the energies of tenths of a second.

use serde::{Deserialize, Serialize};

use super::meter::{ENERGY_ONE, PEAK_ONE};

/// Tenths of a second in a gating block, which begin every tenth.
const BLOCK: usize = 4;
/// Blocks below this are silence: -70 LUFS.
const SILENCE_LUFS: f64 = -70.0;
/// What mean square 1 of a channel is, in LUFS.
const OFFSET: f64 = -0.691;

/// How loud a film is. Hundredths, so that it has one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loudness {
    /// Integrated loudness in hundredths of a LUFS; `None` for silence and what is shorter than 0.4 s.
    pub integrated_lufs_hundredths: Option<i32>,
    /// The largest value between samples, and the largest sample, in hundredths of a decibel of full scale; `None` for
    /// digital silence.
    pub true_peak_dbfs_hundredths: Option<i32>,
    pub sample_peak_dbfs_hundredths: Option<i32>,
}

impl Loudness {
    /// Of all the film's energies in order (see [`super::SoundRecord`]) and its largest peaks.
    pub fn of(energies: &[u64], true_peak: u32, sample_peak: u32) -> Self {
        let peak = |peak: u32| (peak > 0).then(|| hundredths(20.0 * libm::log10(f64::from(peak) / PEAK_ONE)));
        Self {
            integrated_lufs_hundredths: integrated(energies).map(hundredths),
            true_peak_dbfs_hundredths: peak(true_peak),
            sample_peak_dbfs_hundredths: peak(sample_peak),
        }
    }
}

/// Gated twice: silence is left out, and then what is 10 LU below the rest.
fn integrated(energies: &[u64]) -> Option<f64> {
    let blocks = energies.windows(BLOCK).map(|tenths| {
        let sum = tenths.iter().fold(0_u64, |sum, energy| sum.saturating_add(*energy));
        sum as f64 / BLOCK as f64 / ENERGY_ONE
    });
    let silence = libm::pow(10.0, (SILENCE_LUFS - OFFSET) / 10.0);
    let heard: Vec<f64> = blocks.filter(|energy| *energy > silence).collect();
    let gate = mean(&heard)? / 10.0;
    let loud: Vec<f64> = heard.into_iter().filter(|energy| *energy > gate).collect();
    mean(&loud).map(|energy| OFFSET + 10.0 * libm::log10(energy))
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn hundredths(value: f64) -> i32 {
    (value * 100.0).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_and_what_is_too_short_have_no_loudness() {
        assert_eq!(Loudness::of(&[0; 50], 0, 0).integrated_lufs_hundredths, None);
        assert_eq!(Loudness::of(&[1 << 40; 3], 1 << 20, 1 << 20).integrated_lufs_hundredths, None);
        let loud = Loudness::of(&[1 << 40; 4], 1 << 20, 1 << 19);
        assert_eq!(loud.integrated_lufs_hundredths, Some(-69));
        assert_eq!((loud.true_peak_dbfs_hundredths, loud.sample_peak_dbfs_hundredths), (Some(0), Some(-602)));
    }

    #[test]
    fn what_is_far_below_the_rest_does_not_count() {
        let loud = Loudness::of(&[1 << 36; 100], 0, 0);
        let with_pauses = [vec![1_u64 << 36; 100], vec![1 << 20; 100]].concat();
        let of_all = Loudness::of(&with_pauses, 0, 0).integrated_lufs_hundredths.unwrap();
        // The three blocks on the border are half heard.
        assert!(of_all.abs_diff(loud.integrated_lufs_hundredths.unwrap()) <= 10, "{of_all}");
    }
}

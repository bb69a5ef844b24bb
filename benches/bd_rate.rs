//! How much more bits one encoder takes than another for the same quality.
//!
//! After G. Bjontegaard, "Calculation of average PSNR differences between RD-curves", ITU-T VCEG-M33 (2001), with the
//! rate as the function: the logarithm of the rate is a cubic of the quality, fitted to each curve by least squares
//! (through all points where there are four), and the mean distance of the cubics over the qualities that both curves
//! have is the answer.

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Bits a second, above 0.
    pub bps: f64,
    /// Quality in decibels, or in any other measure that both curves share.
    pub quality: f64,
}

/// Coefficients of a cubic.
const TERMS: usize = 4;

/// What `tested` takes more than `reference`, in percent of it; below 0 where it takes less. `None` where a curve has fewer
/// than four points, a rate or a quality that is no number, or where the curves have no quality in common.
pub fn bd_rate_percent(reference: &[Point], tested: &[Point]) -> Option<f64> {
    let (low_a, high_a) = range(reference)?;
    let (low_b, high_b) = range(tested)?;
    let (low, high) = (low_a.max(low_b), high_a.min(high_b));
    if low >= high {
        return None;
    }
    // The fit is done from -1 to 1, where powers stay apart.
    let scale = Scale { middle: (low + high) / 2.0, half: (high - low) / 2.0 };
    let distance = scale.mean_log_rate(tested)? - scale.mean_log_rate(reference)?;
    Some((distance.exp() - 1.0) * 100.0)
}

/// The least and the most quality of a curve that can be fitted.
fn range(curve: &[Point]) -> Option<(f64, f64)> {
    let usable = |point: &Point| point.bps.is_finite() && point.bps > 0.0 && point.quality.is_finite();
    if curve.len() < TERMS || !curve.iter().all(usable) {
        return None;
    }
    let least = curve.iter().map(|point| point.quality).fold(f64::INFINITY, f64::min);
    let most = curve.iter().map(|point| point.quality).fold(f64::NEG_INFINITY, f64::max);
    Some((least, most))
}

struct Scale {
    middle: f64,
    half: f64,
}

impl Scale {
    /// Mean of the fitted cubic over the common range, which is from -1 to 1 here.
    fn mean_log_rate(&self, curve: &[Point]) -> Option<f64> {
        let points: Vec<(f64, f64)> =
            curve.iter().map(|point| ((point.quality - self.middle) / self.half, point.bps.ln())).collect();
        let [constant, _, square, _] = fit_cubic(&points)?;
        // Odd powers cancel out.
        Some(constant + square / 3.0)
    }
}

/// The cubic with the least squared distance from the points: the normal equations, solved by elimination.
fn fit_cubic(points: &[(f64, f64)]) -> Option<[f64; TERMS]> {
    let mut rows = [[0.0; TERMS + 1]; TERMS];
    for &(x, y) in points {
        let powers = [1.0, x, x * x, x * x * x];
        for (row, power) in rows.iter_mut().zip(powers) {
            for (cell, other) in row.iter_mut().zip(powers.into_iter().chain([y])) {
                *cell += power * other;
            }
        }
    }
    for pivot in 0..TERMS {
        let best = (pivot..TERMS).max_by(|a, b| rows[*a][pivot].abs().total_cmp(&rows[*b][pivot].abs()))?;
        rows.swap(pivot, best);
        if rows[pivot][pivot].abs() < 1e-12 {
            return None;
        }
        let pivot_row = rows[pivot];
        for row in rows.iter_mut().skip(pivot + 1) {
            let factor = row[pivot] / pivot_row[pivot];
            for (cell, above) in row.iter_mut().zip(pivot_row) {
                *cell -= factor * above;
            }
        }
    }
    let mut terms = [0.0; TERMS];
    for index in (0..TERMS).rev() {
        let known: f64 = (index + 1..TERMS).map(|later| rows[index][later] * terms[later]).sum();
        terms[index] = (rows[index][TERMS] - known) / rows[index][index];
    }
    Some(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Qualities at which a curve is `10 ^ cubic`.
    fn curve(qualities: &[f64], more: f64) -> Vec<Point> {
        let log_rate = |q: f64| 2.0 + 0.09 * q - 0.002 * q * q + 0.00007 * q * q * q;
        let point = |&quality: &f64| Point { bps: 10f64.powf(log_rate(quality)) * more, quality };
        qualities.iter().map(point).collect()
    }

    fn assert_near(percent: Option<f64>, expected: f64) {
        let percent = percent.expect("the curves can be compared");
        assert!((percent - expected).abs() < 1e-6, "{percent} is not {expected}");
    }

    #[test]
    fn a_curve_is_as_good_as_itself_wherever_its_points_lie() {
        let reference = curve(&[30.0, 33.0, 36.0, 39.0], 1.0);
        assert_near(bd_rate_percent(&reference, &reference), 0.0);
        let others = curve(&[31.0, 32.5, 34.0, 37.0, 38.0, 41.0], 1.0);
        assert_near(bd_rate_percent(&reference, &others), 0.0);
    }

    #[test]
    fn a_twentieth_more_at_every_quality_is_five_percent() {
        let reference = curve(&[30.0, 33.0, 36.0, 39.0], 1.0);
        let tested = curve(&[30.5, 33.5, 35.0, 37.0, 40.0], 1.05);
        assert_near(bd_rate_percent(&reference, &tested), 5.0);
        assert_near(bd_rate_percent(&tested, &reference), (1.0 / 1.05 - 1.0) * 100.0);
    }

    #[test]
    fn lines_that_cross_in_the_middle_are_equal_and_only_the_common_range_counts() {
        let line = |slope: f64, qualities: [f64; 4]| -> Vec<Point> {
            qualities.iter().map(|&quality| Point { bps: (slope * (quality - 35.0)).exp(), quality }).collect()
        };
        let steep = line(0.2, [30.0, 32.0, 38.0, 40.0]);
        assert_near(bd_rate_percent(&steep, &line(0.1, [30.0, 33.0, 36.0, 40.0])), 0.0);
        // Over 36 to 40 the mean distance of the logarithms is (0.1 - 0.2) * 3.
        let high = line(0.1, [36.0, 38.0, 41.0, 44.0]);
        assert_near(bd_rate_percent(&steep, &high), ((-0.3f64).exp() - 1.0) * 100.0);
    }

    #[test]
    fn the_usual_example_gives_what_lagrange_and_simpson_give() {
        let points = |pairs: [(f64, f64); 4]| pairs.map(|(kbps, quality)| Point { bps: kbps * 1000.0, quality });
        // Four points that implementations of this formula are tried on. Cubics through them by Lagrange, integrated by
        // Simpson's rule, which is exact for cubics, give 31.397375.
        let reference = points([(686.76, 40.28), (309.58, 37.18), (157.11, 34.24), (85.95, 31.42)]);
        let tested = points([(893.34, 40.39), (407.8, 37.21), (204.93, 34.17), (112.75, 31.24)]);
        assert_near(bd_rate_percent(&reference, &tested), 31.397_374_054_9);
    }

    #[test]
    fn what_cannot_be_compared_has_no_answer() {
        let reference = curve(&[30.0, 33.0, 36.0, 39.0], 1.0);
        assert_eq!(bd_rate_percent(&reference, &reference[..3]), None);
        assert_eq!(bd_rate_percent(&reference, &curve(&[40.0, 41.0, 42.0, 43.0], 1.0)), None);
        assert_eq!(bd_rate_percent(&reference, &curve(&[36.0; 4], 1.0)), None);
        let mut broken = reference.clone();
        broken[0].bps = 0.0;
        assert_eq!(bd_rate_percent(&reference, &broken), None);
    }
}

//! Shrinking of 8-bit planes in integers: libswscale's bicubic, exact, in half of the time that its exact road takes.
//!
//! Each plane is blended from rows of the source and then along the row, by weights of 14 bits. Everything between the
//! weights and the rounded pixel is an integer, so bytes do not depend on how the sums are made. Only machines of the CPU
//! class take this road: the fingerprint tells them from the others, which libswscale serves.

use std::ops::Range;

/// Weights of a pixel add up to this.
const WEIGHT_BITS: u32 = 14;
/// Bits after the point of what stands between the two passes: with them an overshoot of half still fits.
const BETWEEN_BITS: u32 = 6;
/// Weights of a pixel along the row come in groups of this many.
const GROUP: usize = 8;
/// Pixels of a row that are made at a time.
const AT_A_TIME: usize = 8;
/// The kernel's outer part: what libswscale takes for its bicubic. (R. Keys, Cubic convolution interpolation, 1981: `a`
/// is the negative of this.)
const SHARPNESS: f64 = 0.6;
/// Smaller and more shrunk planes are libswscale's.
const SMALLEST: usize = 32;
const MOST_SHRUNK: usize = 8;

/// Shrinks planes of one size to another.
pub struct QuickScaler {
    source: (usize, usize),
    target: (usize, usize),
    rows: Weights,
    columns: Weights,
    /// The weights along the row as the pass reads them: of pixels `n` and `n + 4` side by side, for each group.
    paired: Vec<[i16; 2 * GROUP]>,
    /// A row between the two passes.
    between: Vec<i16>,
}

/// Which samples a pixel is made of, and by what weights.
struct Weights {
    /// How many samples each pixel takes.
    count: usize,
    /// The first of them, of each pixel.
    starts: Vec<usize>,
    /// `count` of each pixel.
    weights: Vec<i16>,
    /// All samples of all pixels lie before this one.
    end: usize,
}

impl QuickScaler {
    /// A scaler for planes of these widths and heights; `None` where they are not its own, or the machine's CPU is not.
    pub fn new(source: (usize, usize), target: (usize, usize)) -> Option<Self> {
        let takes = is_there() && fits(source.0, target.0) && fits(source.1, target.1);
        takes.then(|| Self::open(source, target))
    }

    /// The same, of planes that are its own, where the CPU has what it takes.
    pub(super) fn open(source: (usize, usize), target: (usize, usize)) -> Self {
        let rows = Weights::new(source.1, target.1, 2);
        let columns = Weights::new(source.0, target.0, GROUP);
        let paired = pair(&columns);
        Self { source, target, rows, columns, paired, between: vec![0; source.0] }
    }

    /// Shrinks a plane; rows are `stride` bytes apart. `None` where the slices do not hold such planes.
    pub fn scale(&mut self, from: &[u8], from_stride: usize, to: &mut [u8], to_stride: usize) -> Option<()> {
        let (width, _) = self.source;
        let mut taken: Vec<&[u8]> = Vec::with_capacity(self.rows.count);
        for y in 0..self.target.1 {
            taken.clear();
            for row in self.rows.samples(y) {
                taken.push(from.get(row * from_stride..row * from_stride + width)?);
            }
            let out = to.get_mut(y * to_stride..y * to_stride + self.target.0)?;
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a scaler is only made where the CPU has AVX2.
            unsafe {
                x86::blend_rows(&taken, self.rows.of(y), &mut self.between);
                x86::blend_along(&self.between, &self.columns, &self.paired, out);
            }
            #[cfg(not(target_arch = "x86_64"))]
            {
                blend_rows(&taken, self.rows.of(y), 0, &mut self.between);
                blend_along(&self.between, &self.columns, 0..out.len(), out);
            }
        }
        Some(())
    }
}

/// Whether the machine is of the class that takes this road.
fn is_there() -> bool {
    #[cfg(target_arch = "x86_64")]
    return super::fingerprint::has_class() && !super::fingerprint::is_plain_cpu();
    #[cfg(not(target_arch = "x86_64"))]
    false
}

fn fits(source: usize, target: usize) -> bool {
    target >= SMALLEST && target <= source && source <= target * MOST_SHRUNK
}

impl Weights {
    /// For each of `target` pixels, whose number of samples is made a multiple of `multiple`.
    fn new(source: usize, target: usize, multiple: usize) -> Self {
        let step = source as f64 / target as f64;
        // Stretched where pixels are fewer, so that all samples count.
        let reach = 2.0 * step;
        let count = ((2.0 * reach).ceil() as usize).next_multiple_of(multiple);
        let (mut starts, mut weights) = (Vec::with_capacity(target), Vec::with_capacity(target * count));
        for pixel in 0..target {
            let centre = (pixel as f64 + 0.5) * step - 0.5;
            let first = (centre - reach).floor() as i64 + 1;
            let last_start = i64::try_from(source - count).unwrap_or(0);
            let start = first.clamp(0, last_start);
            let mut shares = vec![0.0; count];
            for sample in first..first + i64::try_from(count).unwrap_or(0) {
                // Beyond the edge the picture goes on as it ended.
                let inside = sample.clamp(start, start + i64::try_from(count).unwrap_or(0) - 1) - start;
                let share = kernel((sample as f64 - centre) / step);
                shares[usize::try_from(inside).unwrap_or(0)] += share;
            }
            weights.extend(whole(&shares));
            starts.push(usize::try_from(start).unwrap_or(0));
        }
        let end = starts.iter().max().map_or(0, |start| start + count);
        Self { count, starts, weights, end }
    }

    fn samples(&self, pixel: usize) -> Range<usize> {
        self.starts[pixel]..self.starts[pixel] + self.count
    }

    fn of(&self, pixel: usize) -> &[i16] {
        &self.weights[pixel * self.count..(pixel + 1) * self.count]
    }
}

/// Shares as integers that add up to one, so that a plain area keeps its colour: what rounding left over goes on to the
/// next share.
fn whole(shares: &[f64]) -> impl Iterator<Item = i16> {
    let one = f64::from(1_u32 << WEIGHT_BITS);
    let sum: f64 = shares.iter().sum();
    let mut left_over = 0.0;
    shares.iter().map(move |share| {
        let wanted = share / sum * one + left_over;
        let weight = wanted.round();
        left_over = wanted - weight;
        weight as i16
    })
}

fn kernel(distance: f64) -> f64 {
    let x = distance.abs();
    let a = -SHARPNESS;
    if x < 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
    } else {
        0.0
    }
}

fn pair(columns: &Weights) -> Vec<[i16; 2 * GROUP]> {
    let groups = columns.count / GROUP;
    let mut paired = Vec::new();
    for eight in 0..columns.starts.len() / AT_A_TIME {
        for four in 0..4 {
            for group in 0..groups {
                let mut both = [0; 2 * GROUP];
                for (half, pixel) in [eight * AT_A_TIME + four, eight * AT_A_TIME + four + 4].into_iter().enumerate() {
                    let weights = &columns.of(pixel)[group * GROUP..(group + 1) * GROUP];
                    both[half * GROUP..(half + 1) * GROUP].copy_from_slice(weights);
                }
                paired.push(both);
            }
        }
    }
    paired
}

/// Samples of a row between the passes, from `first` on, of the rows that it is made of.
fn blend_rows(rows: &[&[u8]], weights: &[i16], first: usize, out: &mut [i16]) {
    const SHIFT: u32 = WEIGHT_BITS - BETWEEN_BITS;
    for (at, sample) in out.iter_mut().enumerate() {
        let sum: i32 =
            rows.iter().zip(weights).map(|(row, weight)| i32::from(row[first + at]) * i32::from(*weight)).sum();
        *sample = ((sum + (1 << (SHIFT - 1))) >> SHIFT) as i16;
    }
}

/// Pixels of the finished row.
fn blend_along(between: &[i16], columns: &Weights, pixels: Range<usize>, out: &mut [u8]) {
    const SHIFT: u32 = WEIGHT_BITS + BETWEEN_BITS;
    for pixel in pixels {
        let samples = &between[columns.samples(pixel)];
        let sum: i32 = samples.iter().zip(columns.of(pixel)).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        out[pixel] = ((sum + (1 << (SHIFT - 1))) >> SHIFT).clamp(0, 255) as u8;
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    //! The passes with AVX2.

    use std::arch::x86_64::*;

    use super::{AT_A_TIME, BETWEEN_BITS, GROUP, WEIGHT_BITS, Weights};

    /// As [`super::blend_rows`], sixteen pixels of two rows at a time.
    #[target_feature(enable = "avx2")]
    pub fn blend_rows(rows: &[&[u8]], weights: &[i16], out: &mut [i16]) {
        const SHIFT: i32 = (WEIGHT_BITS - BETWEEN_BITS) as i32;
        let half = _mm256_set1_epi32(1 << (SHIFT - 1));
        let (pairs, _) = rows.as_chunks::<2>();
        let (weights_of_pairs, _) = weights.as_chunks::<2>();
        let (wide, rest) = out.as_chunks_mut::<16>();
        for (number, out) in wide.iter_mut().enumerate() {
            let at = number * 16;
            let (mut low, mut high) = (half, half);
            for ([upper, lower], [of_upper, of_lower]) in pairs.iter().zip(weights_of_pairs) {
                let both = i32::from(*of_upper as u16) | i32::from(*of_lower) << 16;
                let (upper, lower) = (sixteen_at(upper, at), sixteen_at(lower, at));
                let weights = _mm256_set1_epi32(both);
                let left = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(upper, lower));
                let right = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(upper, lower));
                low = _mm256_add_epi32(low, _mm256_madd_epi16(left, weights));
                high = _mm256_add_epi32(high, _mm256_madd_epi16(right, weights));
            }
            let (low, high) = (_mm256_srai_epi32::<SHIFT>(low), _mm256_srai_epi32::<SHIFT>(high));
            // The packing goes by halves of a vector: back into order.
            let packed = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(low, high));
            // SAFETY: writes the 32 bytes of an array of 16 numbers of 16 bits; unaligned.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), packed) };
        }
        let done = wide.len() * 16;
        super::blend_rows(rows, weights, done, rest);
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn sixteen_at(row: &[u8], at: usize) -> __m128i {
        let sixteen = &row[at..at + 16];
        // SAFETY: reads the 16 bytes of the slice; unaligned.
        unsafe { _mm_loadu_si128(sixteen.as_ptr().cast()) }
    }

    /// As [`super::blend_along`], eight pixels at a time.
    #[target_feature(enable = "avx2")]
    pub fn blend_along(between: &[i16], columns: &Weights, paired: &[[i16; 2 * GROUP]], out: &mut [u8]) {
        // The usual number of groups first: a loop over one costs as much as its work.
        match columns.count / GROUP {
            1 => blend_groups::<1>(between, columns, paired, out),
            2 => blend_groups::<2>(between, columns, paired, out),
            3 => blend_groups::<3>(between, columns, paired, out),
            _ => blend_groups::<4>(between, columns, paired, out),
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn blend_groups<const GROUPS: usize>(
        between: &[i16],
        columns: &Weights,
        paired: &[[i16; 2 * GROUP]],
        out: &mut [u8],
    ) {
        const SHIFT: i32 = (WEIGHT_BITS + BETWEEN_BITS) as i32;
        let half = _mm256_set1_epi32(1 << (SHIFT - 1));
        assert!(columns.count == GROUPS * GROUP && columns.end <= between.len(), "the row is as planned");
        let eight_at = |start: usize| {
            // SAFETY: `start` is one of `starts` and a group of its pixel further on, which ends within `between`, as was
            // asserted; reads 16 bytes, unaligned.
            unsafe { _mm_loadu_si128(between.as_ptr().add(start).cast()) }
        };
        let (eights, _) = out.as_chunks_mut::<AT_A_TIME>();
        let weights_of_eights = paired.as_chunks::<GROUPS>().0.as_chunks::<4>().0;
        let starts_of_eights = columns.starts.as_chunks::<AT_A_TIME>().0;
        for ((starts, weights), out) in starts_of_eights.iter().zip(weights_of_eights).zip(eights) {
            let mut sums = [_mm256_setzero_si256(); 4];
            for four in 0..4 {
                for group in 0..GROUPS {
                    let low = eight_at(starts[four] + group * GROUP);
                    let high = eight_at(starts[four + 4] + group * GROUP);
                    // SAFETY: reads the 32 bytes of an array of 16 numbers of 16 bits; unaligned.
                    let weights = unsafe { _mm256_loadu_si256(weights[four][group].as_ptr().cast()) };
                    let samples = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
                    sums[four] = _mm256_add_epi32(sums[four], _mm256_madd_epi16(samples, weights));
                }
            }
            let [a, b, c, d] = sums;
            let sum = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
            let pixels = _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(sum, half));
            let words = _mm_packs_epi32(_mm256_castsi256_si128(pixels), _mm256_extracti128_si256::<1>(pixels));
            *out = _mm_cvtsi128_si64(_mm_packus_epi16(words, words)).to_le_bytes();
        }
        let done = out.len() / AT_A_TIME * AT_A_TIME;
        super::blend_along(between, columns, done..out.len(), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [((usize, usize), (usize, usize)); 5] = [
        ((1920, 1080), (1280, 720)),
        ((641, 361), (427, 241)),
        ((854, 480), (640, 480)),
        ((640, 360), (160, 90)),
        ((256, 256), (32, 32)),
    ];

    /// Planes as a film has them at worst: noise, edges at full swing, slopes.
    fn plane((width, height): (usize, usize)) -> Vec<u8> {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let pixel = |at: usize, noise: u8| match (at % width * 3 / width, at / width) {
            (0, _) => noise,
            (1, y) => u8::from((at % 7 < 3) ^ (y % 5 < 2)) * 255,
            (_, y) => (y * 255 / height) as u8,
        };
        (0..width * height).map(|at| pixel(at, noise())).collect()
    }

    fn shrink(from: &[u8], source: (usize, usize), target: (usize, usize)) -> Vec<u8> {
        let mut to = vec![0; target.0 * target.1];
        QuickScaler::open(source, target).scale(from, source.0, &mut to, target.0).unwrap();
        to
    }

    /// By the definition, a pixel at a time.
    fn shrink_plainly(from: &[u8], source: (usize, usize), target: (usize, usize)) -> Vec<u8> {
        let (rows, columns) = (Weights::new(source.1, target.1, 2), Weights::new(source.0, target.0, GROUP));
        let mut to = vec![0; target.0 * target.1];
        let mut between = vec![0; source.0];
        for (y, out) in to.chunks_exact_mut(target.0).enumerate() {
            let taken: Vec<&[u8]> = rows.samples(y).map(|row| &from[row * source.0..(row + 1) * source.0]).collect();
            blend_rows(&taken, rows.of(y), 0, &mut between);
            blend_along(&between, &columns, 0..target.0, out);
        }
        to
    }

    fn has_avx2() -> bool {
        #[cfg(target_arch = "x86_64")]
        return std::arch::is_x86_feature_detected!("avx2");
        #[cfg(not(target_arch = "x86_64"))]
        true
    }

    #[test]
    fn vectors_give_what_the_definition_gives() {
        if !has_avx2() {
            eprintln!("SKIP: this CPU has no AVX2, and so no such road");
            return;
        }
        for (source, target) in SIZES {
            let from = plane(source);
            assert!(shrink(&from, source, target) == shrink_plainly(&from, source, target), "{source:?} to {target:?}");
        }
    }

    #[test]
    fn a_plain_area_keeps_its_colour_and_extremes_do_not_wrap() {
        for (source, target) in SIZES {
            for colour in [0, 16, 127, 235, 255] {
                let from = vec![colour; source.0 * source.1];
                let shrunk = shrink_plainly(&from, source, target);
                assert!(shrunk.iter().all(|pixel| *pixel == colour), "{colour} from {source:?} to {target:?}");
            }
        }
        // A white line on black rings, and is cut off at black.
        let mut from = vec![0; 64 * 64];
        from[32 * 64..33 * 64].fill(255);
        let shrunk = shrink_plainly(&from, (64, 64), (48, 48));
        let brightest = shrunk.iter().max().copied();
        assert!(brightest.is_some_and(|pixel| pixel > 120) && shrunk[..48 * 20].iter().all(|pixel| *pixel < 40));
    }
}

//! HDR pictures for SDR screens: PQ (SMPTE ST 2084) and HLG (ARIB STD-B67) become BT.709.
//!
//! The whole way from one picture's numbers to the other's is worked out once, for a lattice of colours, and then
//! interpolated in integers, so that it is quick and the same on every CPU.

use crate::{
    av::{AvError, Pixel, VideoFrame, pool::PicturePool},
    plan::{HdrTransfer, ToneMapPlan},
};
use mutoscope_core::media::PictureSize;

/// Steps of the lattice along brightness and along each colour difference; codes are of 10 bits.
const LUMA_STEPS: usize = 64;
const CHROMA_STEPS: usize = 64;
const LUMA_SHIFT: u32 = 4;
const CHROMA_SHIFT: u32 = 4;
/// Fraction bits of the lattice's values, 8-bit codes.
const VALUE_SHIFT: u32 = 6;

/// Where white of ordinary material lies in HDR, in candelas a square metre (ITU-R BT.2408): SDR's own white.
const WHITE_NITS: f64 = 203.0;
/// The brightest that HLG is shown at, and its system gamma there (ITU-R BT.2100).
const HLG_PEAK_NITS: f64 = 1_000.0;
const HLG_GAMMA: f64 = 1.2;

/// Maps 10-bit 4:2:0 pictures of BT.2020 colours to 8-bit ones of BT.709.
pub struct ToneMap {
    /// `[brightness, blue difference, red difference]` by brightness, then blue, then red.
    lattice: Vec<[i16; 3]>,
    pool: Option<(PictureSize, PicturePool)>,
}

impl ToneMap {
    /// Works the lattice out.
    pub fn new(plan: &ToneMapPlan) -> Self {
        let mut lattice = Vec::with_capacity((LUMA_STEPS + 1) * (CHROMA_STEPS + 1) * (CHROMA_STEPS + 1));
        for luma in 0..=LUMA_STEPS {
            for blue in 0..=CHROMA_STEPS {
                for red in 0..=CHROMA_STEPS {
                    let code = |step: usize, shift: u32| f64::from(u32::try_from(step << shift).unwrap_or(0));
                    let hdr = [code(luma, LUMA_SHIFT), code(blue, CHROMA_SHIFT), code(red, CHROMA_SHIFT)];
                    lattice.push(sdr_codes(plan, hdr).map(|value| (value * f64::from(1 << VALUE_SHIFT)) as i16));
                }
            }
        }
        Self { lattice, pool: None }
    }

    /// The picture for an SDR screen: 8-bit 4:2:0, limited range. The one given is 10-bit 4:2:0, limited range.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn map(&mut self, picture: &VideoFrame) -> Result<VideoFrame, AvError> {
        let size = PictureSize { width: picture.width(), height: picture.height() };
        let (_, pool) = match self.pool.take().filter(|(of_size, _)| *of_size == size) {
            Some(fitting) => self.pool.insert(fitting),
            None => self.pool.insert((size, PicturePool::new(size, Pixel::YUV420P)?)),
        };
        let mut mapped = pool.take()?;
        let (half_width, half_height) = (size.width.div_ceil(2) as usize, size.height.div_ceil(2) as usize);
        for row in 0..half_height {
            let (blues, reds) = (codes(picture, 1, row), codes(picture, 2, row));
            let mut sums = vec![[0_u32; 2]; half_width];
            for y in [row * 2, row * 2 + 1].into_iter().filter(|y| *y < size.height as usize) {
                let lumas = codes(picture, 0, y);
                let stride = mapped.stride(0);
                let target = &mut mapped.data_mut(0)[y * stride..y * stride + size.width as usize];
                for (x, (target, luma)) in target.iter_mut().zip(lumas).enumerate() {
                    let colour = [luma, blues.get(x / 2), reds.get(x / 2)];
                    *target = eight_bits(self.interpolate(colour, 0));
                    sums[x / 2][0] += u32::from(luma);
                    sums[x / 2][1] += 1;
                }
            }
            for plane in [1, 2] {
                let stride = mapped.stride(plane);
                let target = &mut mapped.data_mut(plane)[row * stride..row * stride + half_width];
                for (x, target) in target.iter_mut().enumerate() {
                    let [sum, count] = sums[x];
                    let luma = u16::try_from((sum + count / 2) / count.max(1)).unwrap_or(u16::MAX);
                    *target = eight_bits(self.interpolate([luma, blues.get(x), reds.get(x)], plane));
                }
            }
        }
        Ok(mapped)
    }

    /// Trilinear, in integers: fractions of 4 bits each weigh eight corners.
    fn interpolate(&self, [luma, blue, red]: [u16; 3], channel: usize) -> i32 {
        let split = |code: u16, shift: u32| {
            let code = usize::from(code.min(1023));
            (code >> shift, i32::try_from(code & ((1 << shift) - 1)).unwrap_or(0))
        };
        let (l, fl) = split(luma, LUMA_SHIFT);
        let (b, fb) = split(blue, CHROMA_SHIFT);
        let (r, fr) = split(red, CHROMA_SHIFT);
        const RED: usize = 1;
        const BLUE: usize = CHROMA_STEPS + 1;
        const LUMA: usize = BLUE * BLUE;
        let first = l * LUMA + b * BLUE + r * RED;
        let at = |offset: usize| i32::from(self.lattice[first + offset][channel]);
        let along = |from: i32, to: i32, fraction: i32, shift: u32| from * ((1 << shift) - fraction) + to * fraction;
        let edge = |offset: usize| along(at(offset), at(offset + RED), fr, CHROMA_SHIFT);
        let face = |offset: usize| along(edge(offset) >> 2, edge(offset + BLUE) >> 2, fb, CHROMA_SHIFT);
        let sum = along(face(0) >> 2, face(LUMA) >> 2, fl, LUMA_SHIFT);
        let shift = VALUE_SHIFT + LUMA_SHIFT + CHROMA_SHIFT * 2 - 4;
        (sum + (1 << (shift - 1))) >> shift
    }
}

/// One row of a plane of 10-bit codes, little-endian words.
struct Codes<'a>(&'a [u8]);

impl Codes<'_> {
    fn get(&self, at: usize) -> u16 {
        self.0.get(at * 2..at * 2 + 2).map_or(0, |pair| u16::from_le_bytes([pair[0], pair[1]]))
    }
}

impl<'a> IntoIterator for Codes<'a> {
    type Item = u16;
    type IntoIter = std::iter::Map<std::slice::ChunksExact<'a, u8>, fn(&[u8]) -> u16>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
    }
}

fn codes(picture: &VideoFrame, plane: usize, row: usize) -> Codes<'_> {
    let stride = picture.stride(plane);
    Codes(picture.data(plane).get(row * stride..(row + 1) * stride).unwrap_or(&[]))
}

fn eight_bits(value: i32) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or(0)
}

/// BT.709 codes of 8 bits for BT.2020 codes of 10 bits.
fn sdr_codes(plan: &ToneMapPlan, [luma, blue, red]: [f64; 3]) -> [f64; 3] {
    let hdr = rgb_of_2020([(luma - 64.0) / 876.0, (blue - 512.0) / 896.0, (red - 512.0) / 896.0]);
    let nits = match plan.transfer {
        HdrTransfer::Pq => hdr.map(pq_to_nits),
        HdrTransfer::Hlg => hlg_to_nits(hdr),
    };
    let brightest = nits[0].max(nits[1]).max(nits[2]);
    let peak = f64::from(plan.peak_nits).max(WHITE_NITS);
    let kept = if brightest > 0.0 { rolled_off(brightest.min(peak), peak) / brightest } else { 1.0 };
    let linear = within_709(to_709(nits.map(|value| value * kept / WHITE_NITS)));
    // BT.1886: what an SDR screen does with its numbers.
    let [r, g, b] = linear.map(|value| libm::pow(value.clamp(0.0, 1.0), 1.0 / 2.4));
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.8556, 128.0 + 224.0 * (r - y) / 1.5748]
}

/// Red, green and blue of brightness and colour differences (ITU-R BT.2020, non-constant luminance).
fn rgb_of_2020([y, blue, red]: [f64; 3]) -> [f64; 3] {
    let (r, b) = (y + 1.4746 * red, y + 1.8814 * blue);
    let g = (y - 0.2627 * r - 0.0593 * b) / 0.6780;
    [r, g, b].map(|value| value.clamp(0.0, 1.0))
}

const PQ_M1: f64 = 2610.0 / 16384.0;
const PQ_M2: f64 = 2523.0 / 4096.0 * 128.0;
const PQ_C1: f64 = 3424.0 / 4096.0;
const PQ_C2: f64 = 2413.0 / 4096.0 * 32.0;
const PQ_C3: f64 = 2392.0 / 4096.0 * 32.0;

/// SMPTE ST 2084's curve: a signal of 0 to 1 as candelas a square metre.
fn pq_to_nits(signal: f64) -> f64 {
    let power = libm::pow(signal, 1.0 / PQ_M2);
    10_000.0 * libm::pow((power - PQ_C1).max(0.0) / (PQ_C2 - PQ_C3 * power), 1.0 / PQ_M1)
}

fn nits_to_pq(nits: f64) -> f64 {
    let power = libm::pow((nits / 10_000.0).clamp(0.0, 1.0), PQ_M1);
    libm::pow((PQ_C1 + PQ_C2 * power) / (1.0 + PQ_C3 * power), PQ_M2)
}

/// ARIB STD-B67's inverse curve and BT.2100's way from the scene to the screen.
fn hlg_to_nits(signal: [f64; 3]) -> [f64; 3] {
    const A: f64 = 0.178_832_77;
    const B: f64 = 0.284_668_92;
    const C: f64 = 0.559_910_73;
    let scene =
        signal.map(|value| if value <= 0.5 { value * value / 3.0 } else { (libm::exp((value - C) / A) + B) / 12.0 });
    let luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2];
    let gain = if luminance > 0.0 { HLG_PEAK_NITS * libm::pow(luminance, HLG_GAMMA - 1.0) } else { 0.0 };
    scene.map(|value| value * gain)
}

/// Brightness that an SDR screen can show: as it is up to a knee, then rolled off towards white (ITU-R BT.2390,
/// section 5.4.1).
fn rolled_off(nits: f64, peak: f64) -> f64 {
    let (whole, most) = (nits_to_pq(peak), nits_to_pq(WHITE_NITS));
    let (signal, limit) = (nits_to_pq(nits) / whole, most / whole);
    let knee = 1.5 * limit - 0.5;
    if signal < knee || limit >= 1.0 {
        return nits;
    }
    let t = (signal - knee) / (1.0 - knee);
    let (t2, t3) = (t * t, t * t * t);
    let bent = (2.0 * t3 - 3.0 * t2 + 1.0) * knee + (t3 - 2.0 * t2 + t) * (1.0 - knee) + (3.0 * t2 - 2.0 * t3) * limit;
    pq_to_nits(bent * whole)
}

/// Linear BT.2020 light as BT.709 light (ITU-R BT.2087).
fn to_709([r, g, b]: [f64; 3]) -> [f64; 3] {
    [
        1.660_491 * r - 0.587_641 * g - 0.072_850 * b,
        -0.124_550 * r + 1.132_900 * g - 0.008_350 * b,
        -0.018_151 * r - 0.100_579 * g + 1.118_730 * b,
    ]
}

/// Colours that BT.709 does not have lose saturation, not hue: they move towards grey of their own brightness.
fn within_709(colour: [f64; 3]) -> [f64; 3] {
    let grey = (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]).clamp(0.0, 1.0);
    let mut keep: f64 = 1.0;
    for value in colour {
        if value < 0.0 {
            keep = keep.min(grey / (grey - value));
        } else if value > 1.0 {
            keep = keep.min((1.0 - grey) / (value - grey));
        }
    }
    colour.map(|value| grey + (value - grey) * keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pq() -> ToneMapPlan {
        ToneMapPlan { transfer: HdrTransfer::Pq, peak_nits: 1_000 }
    }

    fn grey_code(plan: &ToneMapPlan, nits: f64) -> f64 {
        sdr_codes(plan, [64.0 + 876.0 * nits_to_pq(nits), 512.0, 512.0])[0]
    }

    #[test]
    fn brightness_rises_from_black_to_white_and_grey_stays_grey() {
        for plan in [pq(), ToneMapPlan { transfer: HdrTransfer::Hlg, peak_nits: 1_000 }] {
            let mut last = 0.0;
            for code in 64..=940 {
                let [y, blue, red] = sdr_codes(&plan, [f64::from(code), 512.0, 512.0]);
                assert!(y > last - 0.001 && (15.99..=235.01).contains(&y), "{code}: {y} after {last}");
                assert!((blue - 128.0).abs() < 0.01 && (red - 128.0).abs() < 0.01, "{code}: {blue} {red}");
                last = last.max(y);
            }
            assert!(last > 234.0, "{last}");
        }
    }

    #[test]
    fn faces_stay_bright_and_highlights_keep_steps() {
        // A face at 60 nits is near the middle, paper white at 203 is bright but not clipped, 600 is brighter still.
        let [face, paper, lamp] = [60.0, 203.0, 600.0].map(|nits| grey_code(&pq(), nits));
        assert!((110.0..170.0).contains(&face), "{face}");
        assert!((180.0..226.0).contains(&paper), "{paper}");
        assert!(lamp > paper + 5.0 && lamp < 235.0, "{lamp}");
    }

    #[test]
    fn the_curve_of_st_2084_meets_its_published_points() {
        for (signal, nits) in [(0.0, 0.0), (0.508_078, 100.0), (0.751_827, 1_000.0), (1.0, 10_000.0)] {
            assert!((pq_to_nits(signal) - nits).abs() <= nits * 1e-4, "{signal}: {}", pq_to_nits(signal));
            assert!((nits_to_pq(nits) - signal).abs() < 1e-5);
        }
    }

    #[test]
    fn interpolation_is_close_to_the_formula_and_exact_at_its_nodes() {
        let plan = pq();
        let map = ToneMap::new(&plan);
        // Colours that films have: greys, skin, leaves, sky, from deep shade to a lamp.
        let mut worst = (0.0, [0; 3], 0);
        for luma in (96..900).step_by(7) {
            for (blue, red) in [(512, 512), (490, 535), (495, 500), (540, 495)] {
                let exact = sdr_codes(&plan, [luma, blue, red].map(f64::from));
                for (channel, exact) in exact.into_iter().enumerate() {
                    let colour = [luma, blue, red].map(|code| u16::try_from(code).unwrap());
                    let off = (f64::from(map.interpolate(colour, channel)) - exact).abs();
                    if off > worst.0 {
                        worst = (off, [luma, blue, red], channel);
                    }
                }
            }
        }
        // At most at the edge of what BT.709 has, where the way bends.
        assert!(worst.0 < 4.0, "{worst:?}");
    }
}

//! Scaling and pixel formats: bicubic, exact, the same on every CPU of a class.

use ffmpeg_next::{
    ffi,
    format::Pixel,
    software::scaling::{Context, Flags},
};
use mutoscope_core::media::PictureSize;

use super::{AvError, VideoFrame, frame, pool::PicturePool, quick_scaler::QuickScaler};

/// What a scaler makes of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScalerColour {
    pub source_matrix: i32,
    pub source_full_range: bool,
    pub target_matrix: i32,
    pub target_full_range: bool,
}

impl ScalerColour {
    /// Between two pictures of ours: nothing changes.
    pub const SAME: Self = Self {
        source_matrix: ffi::SWS_CS_ITU709,
        source_full_range: false,
        target_matrix: ffi::SWS_CS_ITU709,
        target_full_range: false,
    };
}

/// libswscale's number of a matrix by libav's name of it.
pub fn matrix_number(name: &str) -> i32 {
    match name {
        "bt709" | "gbr" => ffi::SWS_CS_ITU709,
        "fcc" => ffi::SWS_CS_FCC,
        "smpte240m" => ffi::SWS_CS_SMPTE240M,
        "bt2020nc" | "bt2020c" => ffi::SWS_CS_BT2020,
        _ => ffi::SWS_CS_ITU601,
    }
}

/// What the choice of an engine rests on, so that it never depends on the pictures before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    format: Pixel,
    size: PictureSize,
    /// Whether rows lie in memory from the top down.
    goes_down: bool,
}

/// What does it.
enum Engine {
    /// libswscale, which knows every format.
    Sws(Context),
    /// Our own, for 8-bit 4:2:0 that only becomes smaller: of luma, and of chroma.
    Quick(Box<[QuickScaler; 2]>),
}

/// Scales pictures to one size and format, whatever comes in.
pub struct Scaler {
    target: PictureSize,
    format: Pixel,
    colour: ScalerColour,
    /// Made for pictures like the last one, and made again when they change.
    engine: Option<(Kind, Engine)>,
    pool: Option<PicturePool>,
}

impl Scaler {
    /// Nothing is allocated before the first picture.
    pub fn new(target: PictureSize, format: Pixel, colour: ScalerColour) -> Self {
        Self { target, format, colour, engine: None, pool: None }
    }

    /// A fresh picture of the target's size and format.
    ///
    /// # Errors
    /// Where libswscale does not know the source's format, or has no memory.
    pub fn scale(&mut self, picture: &VideoFrame) -> Result<VideoFrame, AvError> {
        let size = PictureSize { width: picture.width(), height: picture.height() };
        let kind = Kind { format: picture.format(), size, goes_down: frame::goes_down(picture) };
        let fitting = self.engine.take().filter(|(made_for, _)| *made_for == kind);
        let mut engine = match fitting {
            Some((_, engine)) => engine,
            None => self.choose(kind)?,
        };
        let pool = match &mut self.pool {
            Some(pool) => pool,
            none => none.insert(PicturePool::new(self.target, self.format)?),
        };
        let mut scaled = pool.take()?;
        let ran = match &mut engine {
            Engine::Sws(context) => context.run(picture, &mut scaled).map_err(ffi_code),
            Engine::Quick(scalers) => shrink(scalers, picture, &mut scaled).ok_or(ffi::AVERROR_INVALIDDATA),
        };
        self.engine = Some((kind, engine));
        ran.map_err(|code| AvError { during: "scaling", code })?;
        Ok(scaled)
    }

    fn choose(&self, kind: Kind) -> Result<Engine, AvError> {
        let colour = self.colour;
        let keeps_pixels = kind.goes_down
            && kind.format == Pixel::YUV420P
            && self.format == Pixel::YUV420P
            && colour.source_matrix == colour.target_matrix
            && colour.source_full_range == colour.target_full_range;
        let sides = |size: PictureSize, plane| frame::plane_size_of((size.width as usize, size.height as usize), plane);
        let quick = |plane| QuickScaler::new(sides(kind.size, plane), sides(self.target, plane));
        match keeps_pixels.then(|| quick(0).zip(quick(1))).flatten() {
            Some((luma, chroma)) => Ok(Engine::Quick(Box::new([luma, chroma]))),
            None => self.open(kind.format, kind.size).map(Engine::Sws),
        }
    }

    fn open(&self, format: Pixel, size: PictureSize) -> Result<Context, AvError> {
        let flags = Flags::BICUBIC | Flags::ACCURATE_RND | Flags::BITEXACT;
        let PictureSize { width, height } = self.target;
        let mut context = Context::get(format, size.width, size.height, self.format, width, height, flags)
            .map_err(|error| AvError { during: "opening a scaler", code: error.into() })?;
        let colour = self.colour;
        // The J formats say "full range" in their name.
        let named_full = matches!(format, Pixel::YUVJ420P | Pixel::YUVJ422P | Pixel::YUVJ444P | Pixel::YUVJ440P);
        // SAFETY: the context is open and ours; the tables are libswscale's own and static. A format for which this
        // means nothing (grey, say) answers with an error that changes nothing.
        unsafe {
            let source = ffi::sws_getCoefficients(colour.source_matrix);
            let target = ffi::sws_getCoefficients(colour.target_matrix);
            ffi::sws_setColorspaceDetails(
                context.as_mut_ptr(),
                source,
                i32::from(colour.source_full_range || named_full),
                target,
                i32::from(colour.target_full_range),
                0,
                1 << 16,
                1 << 16,
            );
        }
        Ok(context)
    }
}

fn ffi_code(error: ffmpeg_next::Error) -> i32 {
    error.into()
}

/// `None` where a picture does not hold the planes that it says it has.
fn shrink(scalers: &mut [QuickScaler; 2], picture: &VideoFrame, scaled: &mut VideoFrame) -> Option<()> {
    let [luma, chroma] = scalers;
    for (plane, scaler) in [(0, luma), (1, &mut *chroma)] {
        let stride = scaled.stride(plane);
        scaler.scale(picture.data(plane), picture.stride(plane), scaled.data_mut(plane), stride)?;
    }
    let stride = scaled.stride(2);
    chroma.scale(picture.data(2), picture.stride(2), scaled.data_mut(2), stride)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn our_own_engine_makes_what_libswscale_makes_but_for_roundings() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            eprintln!("SKIP: this CPU has no AVX2, and so libswscale alone");
            return;
        }
        let (size, target) = (PictureSize { width: 960, height: 540 }, PictureSize { width: 640, height: 360 });
        let mut picture = frame::blank(size, Pixel::YUV420P).unwrap();
        for plane in 0..3 {
            let (stride, (width, height)) = (picture.stride(plane), frame::plane_size(&picture, plane));
            let data = picture.data_mut(plane);
            for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                // Rings that grow finer from the middle, and an edge.
                let (dx, dy) = (x as f64 - width as f64 / 2.0, y as f64 - height as f64 / 2.0);
                let ring = ((dx * dx + dy * dy) / 900.0).sin() * 90.0 + 128.0;
                data[y * stride + x] = if x < width / 8 { 235 } else { ring as u8 };
            }
        }
        let scaler = Scaler::new(target, Pixel::YUV420P, ScalerColour::SAME);
        let mut by_sws = frame::blank(target, Pixel::YUV420P).unwrap();
        scaler.open(Pixel::YUV420P, size).unwrap().run(&picture, &mut by_sws).unwrap();
        let mut by_us = frame::blank(target, Pixel::YUV420P).unwrap();
        let mut ours = [(960, 540, 640, 360), (480, 270, 320, 180)]
            .map(|(w, h, to_w, to_h)| QuickScaler::open((w, h), (to_w, to_h)));
        shrink(&mut ours, &picture, &mut by_us).unwrap();
        for plane in 0..3 {
            let (width, height) = frame::plane_size(&by_us, plane);
            let (mut most, mut sum) = (0, 0_u64);
            for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                let [a, b] = [&by_sws, &by_us].map(|picture| picture.data(plane)[y * picture.stride(plane) + x]);
                most = most.max(a.abs_diff(b));
                sum += u64::from(a.abs_diff(b)).pow(2);
            }
            let mean_square = sum as f64 / (width * height) as f64;
            assert!(most <= 3 && mean_square < 0.3, "plane {plane}: off by {most} at most, {mean_square} on average");
        }
    }
}

//! Scaling and pixel formats: bicubic, exact, the same on every CPU.

use ffmpeg_next::{
    ffi,
    format::Pixel,
    software::scaling::{Context, Flags},
};
use mutoscope_core::media::PictureSize;

use super::{AvError, VideoFrame, pool::PicturePool};

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

/// Scales pictures to one size and format, whatever comes in.
pub struct Scaler {
    target: PictureSize,
    format: Pixel,
    colour: ScalerColour,
    /// Made for the last picture's format and size, and made again when they change.
    context: Option<(Pixel, PictureSize, Context)>,
    pool: Option<PicturePool>,
}

impl Scaler {
    /// Nothing is allocated before the first picture.
    pub fn new(target: PictureSize, format: Pixel, colour: ScalerColour) -> Self {
        Self { target, format, colour, context: None, pool: None }
    }

    /// A fresh picture of the target's size and format.
    ///
    /// # Errors
    /// Where libswscale does not know the source's format, or has no memory.
    pub fn scale(&mut self, picture: &VideoFrame) -> Result<VideoFrame, AvError> {
        let format = picture.format();
        let size = PictureSize { width: picture.width(), height: picture.height() };
        let fitting = self.context.take().filter(|(made_for, of_size, _)| *made_for == format && *of_size == size);
        let mut context = match fitting {
            Some((_, _, context)) => context,
            None => self.open(format, size)?,
        };
        let pool = match &mut self.pool {
            Some(pool) => pool,
            none => none.insert(PicturePool::new(self.target, self.format)?),
        };
        let mut scaled = pool.take()?;
        let ran = context.run(picture, &mut scaled);
        self.context = Some((format, size, context));
        ran.map_err(|error| AvError { during: "scaling", code: error.into() })?;
        Ok(scaled)
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

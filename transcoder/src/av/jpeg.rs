//! Pictures as JPEG.

use std::ops::Deref;

use ffmpeg_next::{ffi, format::Pixel};
use mutoscope_core::media::PictureSize;

use super::{
    AvError, VideoFrame,
    codec::CodecContext,
    encoder, frame,
    input::Options,
    scaler::{Scaler, ScalerColour},
};

/// The encoder's quantizer, 1 (best) to 31.
const QUANTIZER: i32 = 3;

/// A JPEG of a limited-range picture with this matrix, scaled to `size`.
///
/// # Errors
/// Where libav fails.
pub fn encode(picture: &VideoFrame, size: PictureSize, matrix: i32) -> Result<Vec<u8>, AvError> {
    encode_from(picture, size, matrix, false)
}

/// A JPEG of a picture that was one before, or is RGB, scaled to `size`.
///
/// # Errors
/// Where libav fails.
pub fn encode_still(picture: &VideoFrame, size: PictureSize) -> Result<Vec<u8>, AvError> {
    encode_from(picture, size, ffi::SWS_CS_ITU601, true)
}

fn encode_from(
    picture: &VideoFrame,
    size: PictureSize,
    source_matrix: i32,
    source_full_range: bool,
) -> Result<Vec<u8>, AvError> {
    // JFIF is full-range BT.601.
    let colour =
        ScalerColour { source_matrix, source_full_range, target_matrix: ffi::SWS_CS_ITU601, target_full_range: true };
    let scaled = Scaler::new(size, Pixel::YUVJ420P, colour).scale(picture)?;
    let scaled = frame::reference(&scaled, 0)?;
    let mut context = CodecContext::for_encoder("mjpeg")?;
    let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    // SAFETY: the context is ours and not open yet; plain fields.
    unsafe {
        let context = context.as_mut_ptr();
        (*context).width = side(size.width);
        (*context).height = side(size.height);
        (*context).pix_fmt = ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P;
        (*context).time_base = ffi::AVRational { num: 1, den: 25 };
        (*context).thread_count = 1;
        (*context).global_quality = ffi::FF_QP2LAMBDA * QUANTIZER;
        (*context).flags |= (ffi::AV_CODEC_FLAG_QSCALE | ffi::AV_CODEC_FLAG_BITEXACT) as i32;
    }
    context.open(std::ptr::null(), &mut Options::new())?;
    let mut packets = Vec::new();
    encoder::push(&mut context, Some(scaled.deref()), &mut packets)?;
    encoder::push(&mut context, None, &mut packets)?;
    Ok(packets.iter().filter_map(|packet| packet.data()).flatten().copied().collect())
}

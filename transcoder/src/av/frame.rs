//! Pictures as they pass between stages: facts of a frame, cheap references, and black.

use ffmpeg_next::{ffi, format::Pixel, frame::Frame, picture};
use mutoscope_core::media::PictureSize;

use super::{AudioFrame, AvError, VideoFrame, check};

/// The instant of a decoded frame in its stream's ticks, as well as libav can tell.
pub fn best_timestamp(frame: &Frame) -> Option<i64> {
    // SAFETY: reads a plain field of a valid frame.
    let (best, pts) = unsafe { ((*frame.as_ptr()).best_effort_timestamp, (*frame.as_ptr()).pts) };
    [best, pts].into_iter().find(|ticks| *ticks != ffi::AV_NOPTS_VALUE)
}

/// Whether a picture is known to be damaged.
pub fn is_damaged(frame: &VideoFrame) -> bool {
    frame.is_corrupt() || frame.has_decode_errors()
}

/// Whether a piece of sound is all zeros.
pub fn is_silent(sound: &AudioFrame) -> bool {
    let channels = if sound.is_packed() { usize::from(sound.channels()) } else { 1 };
    let length = sound.samples() * sound.format().bytes() * channels;
    (0..sound.planes()).all(|plane| sound.data(plane).iter().take(length).all(|byte| *byte == 0))
}

/// Another reference to the same pixels, without anything else the source said (captions, user data, picture types).
///
/// # Errors
/// Where there is no memory for it.
pub fn reference(picture: &VideoFrame, pts: i64) -> Result<VideoFrame, AvError> {
    let mut copy = VideoFrame::empty();
    // SAFETY: both frames are valid; the new one takes references of its own and owns them. Side data is removed
    // from the new one only, always the first entry, until none is left.
    unsafe {
        let target = copy.as_mut_ptr();
        if target.is_null() {
            return Err(AvError::no_memory("allocating a picture"));
        }
        check("referencing a picture", ffi::av_frame_ref(target, picture.as_ptr()))?;
        let mut left = (*target).nb_side_data;
        while left > 0 {
            ffi::av_frame_remove_side_data(target, (**(*target).side_data).type_);
            left = (*target).nb_side_data;
        }
        ffi::av_dict_free(&mut (*target).metadata);
        (*target).sample_aspect_ratio = ffi::AVRational { num: 1, den: 1 };
        (*target).pts = pts;
    }
    copy.set_kind(picture::Type::None);
    Ok(copy)
}

/// Another reference to the same pixels with all that is said of them.
///
/// # Errors
/// Where there is no memory for it.
pub fn share(picture: &VideoFrame) -> Result<VideoFrame, AvError> {
    let mut copy = VideoFrame::empty();
    // SAFETY: both frames are valid; the new one takes references of its own and owns them.
    unsafe {
        if copy.as_ptr().is_null() {
            return Err(AvError::no_memory("allocating a picture"));
        }
        check("referencing a picture", ffi::av_frame_ref(copy.as_mut_ptr(), picture.as_ptr()))?;
    }
    Ok(copy)
}

/// Whether one of the picture's fields is to be shown twice.
pub fn repeats_field(picture: &VideoFrame) -> bool {
    // SAFETY: reads a plain field of a valid frame.
    unsafe { (*picture.as_ptr()).repeat_pict != 0 }
}

/// Whether rows lie in memory from the top down: some sources store pictures upside down, and decoders then count rows
/// backwards.
pub fn goes_down(picture: &VideoFrame) -> bool {
    // SAFETY: reads plain fields of a valid frame.
    unsafe { (*picture.as_ptr()).linesize.iter().all(|row_bytes| *row_bytes >= 0) }
}

/// A fresh 8-bit 4:2:0 picture; its pixels are not set.
///
/// # Errors
/// Where there is no memory for it.
pub fn blank(size: PictureSize, format: Pixel) -> Result<VideoFrame, AvError> {
    let mut frame = VideoFrame::empty();
    frame.set_format(format);
    frame.set_width(size.width);
    frame.set_height(size.height);
    // SAFETY: the frame is ours, has its format and size, and no buffers yet.
    unsafe {
        if frame.as_ptr().is_null() {
            return Err(AvError::no_memory("allocating a picture"));
        }
        check("allocating a picture", ffi::av_frame_get_buffer(frame.as_mut_ptr(), 64))?;
    }
    Ok(frame)
}

/// Width and height of a plane of an 8-bit 4:2:0 picture.
pub fn plane_size(picture: &VideoFrame, plane: usize) -> (usize, usize) {
    plane_size_of((picture.width() as usize, picture.height() as usize), plane)
}

/// The same for a picture of this width and height.
pub fn plane_size_of((width, height): (usize, usize), plane: usize) -> (usize, usize) {
    if plane == 0 { (width, height) } else { (width.div_ceil(2), height.div_ceil(2)) }
}

/// The planes of an 8-bit 4:2:0 picture one after the other, without padding. `None` where it is no such picture.
pub fn pixels(picture: &VideoFrame) -> Option<Vec<u8>> {
    if picture.format() != Pixel::YUV420P {
        return None;
    }
    let mut pixels = Vec::new();
    for plane in 0..3 {
        let (width, height) = plane_size(picture, plane);
        let (stride, data) = (picture.stride(plane), picture.data(plane));
        for y in 0..height {
            pixels.extend_from_slice(data.get(y * stride..y * stride + width)?);
        }
    }
    Some(pixels)
}

/// The picture that [`pixels`] gave, pasted with its upper left corner at an even place of another. `None` where it does
/// not fit.
pub fn paste(onto: &mut VideoFrame, pixels: &[u8], size: PictureSize, (x, y): (u32, u32)) -> Option<()> {
    let mut rest = pixels;
    for plane in 0..3 {
        let halve = |side: u32| if plane == 0 { side as usize } else { (side / 2) as usize };
        let (width, height, x, y) = (halve(size.width), halve(size.height), halve(x), halve(y));
        if x + width > plane_size(onto, plane).0 || y + height > plane_size(onto, plane).1 {
            return None;
        }
        let stride = onto.stride(plane);
        let data = onto.data_mut(plane);
        for row in 0..height {
            let (line, after) = rest.split_at_checked(width)?;
            let start = (y + row) * stride + x;
            data.get_mut(start..start + width)?.copy_from_slice(line);
            rest = after;
        }
    }
    rest.is_empty().then_some(())
}

/// A black picture, limited range.
///
/// # Errors
/// Where there is no memory for it.
pub fn black(size: PictureSize) -> Result<VideoFrame, AvError> {
    let mut frame = blank(size, Pixel::YUV420P)?;
    frame.data_mut(0).fill(16);
    frame.data_mut(1).fill(128);
    frame.data_mut(2).fill(128);
    Ok(frame)
}

//! Memory for pictures of one size, used again: fresh pages for every picture would cost the kernel a clearing each,
//! a twentieth of a ladder's work.

use std::ptr::NonNull;

use ffmpeg_next::{ffi, format::Pixel};
use mutoscope_core::media::PictureSize;

use super::{AvError, VideoFrame, check};

/// Bytes to which rows are aligned: the widest vectors there are.
const ROW_ALIGNMENT: i32 = 64;
/// Rows are padded to a multiple of this, as encoders read and write whole macroblocks.
const HEIGHT_ALIGNMENT: u32 = 32;
/// Scalers read and write a little past a plane's end.
const PADDING_BYTES: usize = 64;

/// Makes pictures of one size and format.
pub struct PicturePool {
    pool: NonNull<ffi::AVBufferPool>,
    size: PictureSize,
    format: Pixel,
    row_bytes: [i32; 4],
    padded_height: i32,
}

impl PicturePool {
    /// Nothing is allocated before the first picture.
    ///
    /// # Errors
    /// Where such a picture cannot be, or there is no memory.
    pub fn new(size: PictureSize, format: Pixel) -> Result<Self, AvError> {
        let aligned = |side: u32, to: u32| i32::try_from(side.next_multiple_of(to)).unwrap_or(i32::MAX);
        let padded_height = aligned(size.height, HEIGHT_ALIGNMENT);
        let (mut row_bytes, mut plane_bytes) = ([0_i32; 4], [0_usize; 4]);
        // SAFETY: both calls write four elements to arrays of four.
        unsafe {
            let width = aligned(size.width, HEIGHT_ALIGNMENT);
            check("sizing a picture", ffi::av_image_fill_linesizes(row_bytes.as_mut_ptr(), format.into(), width))?;
            for row in &mut row_bytes {
                *row = row.saturating_add(ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
            }
            let wide = row_bytes.map(|row| isize::try_from(row).unwrap_or(isize::MAX));
            let sized =
                ffi::av_image_fill_plane_sizes(plane_bytes.as_mut_ptr(), format.into(), padded_height, wide.as_ptr());
            check("sizing a picture", sized)?;
        }
        let bytes = plane_bytes.iter().sum::<usize>() + PADDING_BYTES;
        // SAFETY: libav's own allocator is asked for; null is checked.
        let pool = unsafe { ffi::av_buffer_pool_init(bytes, None) };
        let pool = NonNull::new(pool).ok_or(AvError::no_memory("allocating a pool of pictures"))?;
        Ok(Self { pool, size, format, row_bytes, padded_height })
    }

    /// A picture; its pixels are not set.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn take(&self) -> Result<VideoFrame, AvError> {
        let mut frame = VideoFrame::empty();
        frame.set_format(self.format);
        frame.set_width(self.size.width);
        frame.set_height(self.size.height);
        // SAFETY: the frame is ours and has no buffers yet. It owns the buffer from the moment it is put there, and
        // gives it back to the pool, which lives until its last buffer is back. The planes lie within the buffer,
        // whose size was counted with the same rows and height.
        unsafe {
            let target = frame.as_mut_ptr();
            if target.is_null() {
                return Err(AvError::no_memory("allocating a picture"));
            }
            let buffer = ffi::av_buffer_pool_get(self.pool.as_ptr());
            if buffer.is_null() {
                return Err(AvError::no_memory("allocating a picture"));
            }
            (*target).buf[0] = buffer;
            for (plane, row) in self.row_bytes.into_iter().enumerate() {
                (*target).linesize[plane] = row;
            }
            let placed = ffi::av_image_fill_pointers(
                (*target).data.as_mut_ptr(),
                self.format.into(),
                self.padded_height,
                (*buffer).data,
                self.row_bytes.as_ptr(),
            );
            check("allocating a picture", placed)?;
            (*target).extended_data = (*target).data.as_mut_ptr();
        }
        Ok(frame)
    }
}

impl Drop for PicturePool {
    fn drop(&mut self) {
        let mut pool = self.pool.as_ptr();
        // SAFETY: ours, and not used after this; buffers still out keep it alive.
        unsafe { ffi::av_buffer_pool_uninit(&raw mut pool) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_any_size_hold_all_their_rows_and_outlive_their_pool() {
        for (width, height) in [(2, 2), (854, 480), (641, 361), (1920, 1080)] {
            let size = PictureSize { width, height };
            let pool = PicturePool::new(size, Pixel::YUV420P).unwrap();
            let mut first = pool.take().unwrap();
            let mut second = pool.take().unwrap();
            drop(pool);
            for plane in 0..3 {
                first.data_mut(plane).fill(1);
                second.data_mut(plane).fill(2);
            }
            for plane in 0..3 {
                assert!(first.data(plane).iter().all(|pixel| *pixel == 1), "{width}x{height}, plane {plane}");
                assert!(first.data(plane).len() >= (width.div_ceil(2) * height.div_ceil(2)) as usize);
            }
        }
    }
}

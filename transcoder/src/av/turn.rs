//! Turning pictures upright: mirrors and quarter turns of 8-bit 4:2:0 planes.

use ffmpeg_next::format::Pixel;
use mutoscope_core::media::PictureSize;

use super::{AvError, VideoFrame, frame};
use crate::probe::Orientation;

/// A fresh picture, mirrored left to right first where asked, then turned clockwise.
///
/// # Errors
/// Where there is no memory for it.
pub fn turn(picture: &VideoFrame, orientation: Orientation) -> Result<VideoFrame, AvError> {
    let (width, height) = (picture.width(), picture.height());
    let size = if orientation.swaps_sides() {
        PictureSize { width: height, height: width }
    } else {
        PictureSize { width, height }
    };
    let mut turned = frame::blank(size, Pixel::YUV420P)?;
    for plane in 0..3 {
        let half = |side: u32| if plane == 0 { side as usize } else { side.div_ceil(2) as usize };
        let source_stride = picture.stride(plane);
        let target_stride = turned.stride(plane);
        turn_plane(
            Plane { pixels: picture.data(plane), stride: source_stride, width: half(width), height: half(height) },
            turned.data_mut(plane),
            target_stride,
            orientation,
        );
    }
    Ok(turned)
}

struct Plane<'a> {
    pixels: &'a [u8],
    stride: usize,
    width: usize,
    height: usize,
}

fn turn_plane(source: Plane<'_>, target: &mut [u8], target_stride: usize, orientation: Orientation) {
    let Plane { pixels, stride, width, height } = source;
    for y in 0..height {
        let row = &pixels[y * stride..y * stride + width];
        for (x, pixel) in row.iter().enumerate() {
            let x = if orientation.mirrored { width - 1 - x } else { x };
            let (to_x, to_y) = match orientation.rotation_degrees {
                90 => (height - 1 - y, x),
                180 => (width - 1 - x, height - 1 - y),
                270 => (y, width - 1 - x),
                _ => (x, y),
            };
            target[to_y * target_stride + to_x] = *pixel;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(rotation_degrees: u16, mirrored: bool) -> Vec<u8> {
        // 1 2 3
        // 4 5 6
        let source = Plane { pixels: &[1, 2, 3, 4, 5, 6], stride: 3, width: 3, height: 2 };
        let stride = if rotation_degrees % 180 == 90 { 2 } else { 3 };
        let mut target = vec![0; 6];
        turn_plane(source, &mut target, stride, Orientation { rotation_degrees, mirrored });
        target
    }

    #[test]
    fn a_quarter_turn_goes_clockwise_and_a_mirror_comes_first() {
        assert_eq!(turned(90, false), [4, 1, 5, 2, 6, 3]);
        assert_eq!(turned(180, false), [6, 5, 4, 3, 2, 1]);
        assert_eq!(turned(270, false), [3, 6, 2, 5, 1, 4]);
        assert_eq!(turned(0, true), [3, 2, 1, 6, 5, 4]);
    }
}

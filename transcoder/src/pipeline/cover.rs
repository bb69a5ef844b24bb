//! The poster of sound alone: its cover, made anew without anything but its pixels, or a drawing of how loud it is.

use mutoscope_core::media::PictureSize;

use super::{demux::Film, report::Reporter, waveform};
use crate::{
    av::{Step, VideoFrame, decoder::DecoderTemplate, jpeg},
    error::{MediaError, MediaErrorCode},
    jail::FromChild,
    plan::CoverPlan,
};

/// The largest attached picture that is decoded, in bytes.
const LARGEST_ART: usize = 16 << 20;

/// Makes the poster.
///
/// # Errors
/// Where the film cannot be read, or libav fails.
pub fn make(film: &Film<'_>, cover: &CoverPlan, reporter: &Reporter<'_>) -> Result<(), MediaError> {
    let art = match cover.art {
        Some(stream) => attached(film, stream)?,
        None => None,
    };
    let (size, bytes) = match art {
        Some(picture) => {
            let size = fitted(PictureSize { width: picture.width(), height: picture.height() }, cover.side);
            (size, jpeg::encode_still(&picture, size)?)
        }
        None => waveform::draw(film, cover.drawn, reporter)?,
    };
    let header = FromChild::Poster { width: size.width, height: size.height };
    film.channel.send(&header, &bytes).map_err(|_| MediaErrorCode::Cancelled.into())
}

/// The attached picture; `None` where it does not decode.
fn attached(film: &Film<'_>, stream: u32) -> Result<Option<VideoFrame>, MediaError> {
    let input = film.open()?;
    let Some(mut packet) = input.attached_picture(stream).filter(|packet| packet.size() <= LARGEST_ART) else {
        return Ok(None);
    };
    let mut decoder = DecoderTemplate::of_cover(&input, stream, film.limits)?.open(1)?;
    for packet in [Some(&mut packet), None] {
        match decoder.send(packet).and_then(|_| decoder.receive_picture()) {
            Ok(Step::Output(picture)) if picture.width() > 0 && picture.height() > 0 => return Ok(Some(picture)),
            Ok(_) => {}
            Err(error) if error.is_out_of_memory() => return Err(error.into()),
            Err(_) => return Ok(None),
        }
    }
    Ok(None)
}

/// The size with no side longer than this, each even, the shape kept as far as whole pixels can.
fn fitted(size: PictureSize, side: u32) -> PictureSize {
    let long = size.width.max(size.height).max(1);
    let scaled = |own: u32| {
        let scaled = if long > side { u64::from(own) * u64::from(side) / u64::from(long) } else { own.into() };
        u32::try_from(scaled & !1).unwrap_or(2).max(2)
    };
    PictureSize { width: scaled(size.width), height: scaled(size.height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_keeps_its_shape_and_is_never_made_larger() {
        let fit = |width, height| {
            let size = fitted(PictureSize { width, height }, 1_280);
            (size.width, size.height)
        };
        assert_eq!(fit(3_000, 3_000), (1_280, 1_280));
        assert_eq!(fit(500, 400), (500, 400));
        assert_eq!(fit(8_000, 1), (1_280, 2));
        assert_eq!(fit(1, 1), (2, 2));
    }
}

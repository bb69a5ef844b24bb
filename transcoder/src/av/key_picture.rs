//! A segment's key picture is decoded before the segment is handed on: what does not stand alone is never served.

use std::ops::DerefMut;

use ffmpeg_next::{codec::Parameters, ffi};

use super::{AvError, Packet, Step, VideoFrame, check, codec::CodecContext, frame};

/// Decodes the segment's first packet by itself, and compares the picture's size with the encoder's.
///
/// # Errors
/// Where no whole picture of that size comes out of it.
pub fn check_alone(encoder: &mut CodecContext, first: Option<&Packet>) -> Result<(), AvError> {
    let refused = AvError { during: "decoding a segment's key picture", code: ffi::AVERROR_INVALIDDATA };
    let mut packet = first.filter(|packet| packet.is_key()).ok_or(refused)?.clone();
    let (mut decoder, size) = decoder_for(encoder)?;
    decoder.send_packet(Some(&mut packet))?;
    decoder.send_packet(None)?;
    let mut picture = VideoFrame::empty();
    match decoder.receive_frame(picture.deref_mut())? {
        Step::Output(()) if (picture.width(), picture.height()) == size && !frame::is_damaged(&picture) => Ok(()),
        _ => Err(refused),
    }
}

/// A decoder that knows no more than the init segment says, and the size that its pictures must have.
fn decoder_for(encoder: &mut CodecContext) -> Result<(CodecContext, (u32, u32)), AvError> {
    let mut parameters = Parameters::new();
    // SAFETY: the parameters are ours, and the encoder is open; the call copies from it.
    let (code, width, height) = unsafe {
        let encoder = encoder.as_mut_ptr();
        let target = parameters.as_mut_ptr();
        if target.is_null() {
            return Err(AvError::no_memory("allocating parameters"));
        }
        (ffi::avcodec_parameters_from_context(target, encoder), (*encoder).width, (*encoder).height)
    };
    check("copying an encoder's parameters", code)?;
    let decoder = CodecContext::open_decoder(parameters, 1, |_| {})?;
    Ok((decoder, (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::av::input::Options;
    use ffmpeg_next::format::Pixel;
    use mutoscope_core::media::PictureSize;

    fn encode(pictures: u32) -> (CodecContext, Vec<Packet>) {
        let size = PictureSize { width: 64, height: 48 };
        let mut context = CodecContext::for_encoder("libx264").unwrap();
        // SAFETY: the context is ours and not open yet; plain fields.
        unsafe {
            let context = context.as_mut_ptr();
            (*context).width = 64;
            (*context).height = 48;
            (*context).pix_fmt = Pixel::YUV420P.into();
            (*context).time_base = ffi::AVRational { num: 1, den: 25 };
            (*context).thread_count = 1;
            (*context).flags |= ffi::AV_CODEC_FLAG_GLOBAL_HEADER as i32;
        }
        context.open(std::ptr::null(), &mut Options::new()).unwrap();
        let mut packets = Vec::new();
        for n in 0..pictures {
            let picture = frame::reference(&frame::black(size).unwrap(), i64::from(n)).unwrap();
            crate::av::encoder::push(&mut context, Some(&picture), &mut packets).unwrap();
        }
        crate::av::encoder::push(&mut context, None, &mut packets).unwrap();
        (context, packets)
    }

    #[test]
    fn a_key_picture_that_is_whole_passes_and_anything_else_does_not() {
        let (mut encoder, packets) = encode(3);
        check_alone(&mut encoder, packets.first()).unwrap();
        assert!(check_alone(&mut encoder, None).is_err(), "nothing");
        assert!(check_alone(&mut encoder, packets.get(1)).is_err(), "not a key picture");
        let mut harmed = Packet::copy(&[0xff; 200]);
        harmed.set_flags(packets[0].flags());
        assert!(check_alone(&mut encoder, Some(&harmed)).is_err(), "not a picture at all");
    }
}

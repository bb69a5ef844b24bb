//! What was encoded is decoded before it is handed on, by what its init segment says and no more: what does not decode is
//! never served.

use std::{
    ops::DerefMut,
    sync::atomic::{AtomicBool, Ordering},
};

use ffmpeg_next::ffi;

use super::{
    AudioFrame, AvError, Packet, Step, VideoFrame, codec::CodecContext, complaints, frame, parameters::TrackParameters,
};
use crate::error::{MediaError, MediaErrorCode};

/// Whether [`harm`] does something.
static HARMS: AtomicBool = AtomicBool::new(false);

/// From here on [`harm`] does what it says: for tests of the checks.
pub fn harm_segments() {
    HARMS.store(true, Ordering::Relaxed);
}

/// Spoils the last packet of a segment where a test asked for it, and else nothing.
pub fn harm(packets: &mut [Packet]) {
    let Some(last) = packets.last_mut().filter(|_| HARMS.load(Ordering::Relaxed)) else { return };
    let mut bytes = last.data().unwrap_or_default().to_vec();
    let from = bytes.len() / 2;
    bytes[from..].fill(0xff);
    let mut harmed = Packet::copy(&bytes);
    harmed.set_pts(last.pts());
    harmed.set_dts(last.dts());
    harmed.set_duration(last.duration());
    harmed.set_flags(last.flags());
    *last = harmed;
}

/// Decodes the segment's first packet by itself, and compares the picture's size with the track's.
///
/// # Errors
/// [`MediaErrorCode::VerifyFailed`] where no whole picture of that size comes out of it.
pub fn check_key_picture(parameters: &TrackParameters, first: Option<&Packet>) -> Result<(), MediaError> {
    let packet = first.filter(|packet| packet.is_key()).ok_or(MediaErrorCode::VerifyFailed)?;
    let decoded = decode_pictures(parameters, std::slice::from_ref(packet), || true);
    judge(decoded, 1)
}

/// Decodes all of the segment's packets, the first of which is a key frame, and compares number and size of the pictures.
/// `goes_on` is asked at each packet whether anybody waits for the answer.
///
/// # Errors
/// [`MediaErrorCode::VerifyFailed`] where a picture is missing, damaged, or not of that size.
pub fn check_pictures(
    parameters: &TrackParameters,
    packets: &[Packet],
    count: u64,
    goes_on: impl Fn() -> bool,
) -> Result<(), MediaError> {
    if !packets.first().is_some_and(Packet::is_key) {
        return Err(MediaErrorCode::VerifyFailed.into());
    }
    judge(decode_pictures(parameters, packets, goes_on), count)
}

/// Decodes all of the segment's packets of sound, each of `each` samples.
///
/// # Errors
/// [`MediaErrorCode::VerifyFailed`] where one does not decode, or not to that many samples.
pub fn check_sound(parameters: &TrackParameters, packets: &[Packet], each: u32) -> Result<(), MediaError> {
    judge(decode_sound(parameters, packets), packets.len() as u64 * u64::from(each))
}

/// Only what went wrong with the machine is told apart.
fn judge(decoded: Result<u64, AvError>, planned: u64) -> Result<(), MediaError> {
    match decoded {
        Ok(count) if count == planned => Ok(()),
        Err(error) if error.is_out_of_memory() => Err(error.into()),
        Ok(count) => {
            super::log(format!("a segment decodes to {count}, planned is {planned}"));
            Err(MediaErrorCode::VerifyFailed.into())
        }
        Err(error) => {
            super::log(format!("a segment does not decode: {error}"));
            Err(MediaErrorCode::VerifyFailed.into())
        }
    }
}

fn decode_pictures(
    parameters: &TrackParameters,
    packets: &[Packet],
    goes_on: impl Fn() -> bool,
) -> Result<u64, AvError> {
    let size = parameters.size();
    let mut pictures = 0;
    decode(parameters, packets, |decoder| {
        let mut picture = VideoFrame::empty();
        let step = decoder.receive_frame(picture.deref_mut())?;
        if matches!(step, Step::Output(())) {
            if (picture.width(), picture.height()) != size || frame::is_damaged(&picture) || !goes_on() {
                return Err(refused());
            }
            pictures += 1;
        }
        Ok(step)
    })?;
    Ok(pictures)
}

fn decode_sound(parameters: &TrackParameters, packets: &[Packet]) -> Result<u64, AvError> {
    let mut samples = 0;
    decode(parameters, packets, |decoder| {
        let mut sound = AudioFrame::empty();
        let step = decoder.receive_frame(sound.deref_mut())?;
        if matches!(step, Step::Output(())) {
            samples += sound.samples() as u64;
        }
        Ok(step)
    })?;
    Ok(samples)
}

/// Sends all packets, and receives after each until there is nothing. What libav complains about is an error, too: it is
/// our own encoder's work.
fn decode(
    parameters: &TrackParameters,
    packets: &[Packet],
    mut receive: impl FnMut(&mut CodecContext) -> Result<Step<()>, AvError>,
) -> Result<(), AvError> {
    let mut decoder = CodecContext::open_decoder(parameters.parameters(), 1, |context| {
        // SAFETY: the context is ours and not open yet; a plain field.
        unsafe { (*context.as_mut_ptr()).err_recognition = ffi::AV_EF_EXPLODE };
    })?;
    let heard = complaints::heard();
    let mut receive_all = |decoder: &mut CodecContext| loop {
        if !matches!(receive(decoder)?, Step::Output(())) {
            return if complaints::heard() == heard { Ok(()) } else { Err(refused()) };
        }
    };
    for packet in packets {
        let mut packet = packet.clone();
        while !decoder.send_packet(Some(&mut packet))? {
            receive_all(&mut decoder)?;
        }
        receive_all(&mut decoder)?;
    }
    decoder.send_packet(None)?;
    receive_all(&mut decoder)
}

fn refused() -> AvError {
    AvError { during: "decoding a segment that was made", code: ffi::AVERROR_INVALIDDATA }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::av::input::Options;
    use ffmpeg_next::format::Pixel;
    use mutoscope_core::media::PictureSize;

    fn encode(pictures: u32) -> (TrackParameters, Vec<Packet>) {
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
            let mut picture = frame::black(size).unwrap();
            for (at, byte) in picture.data_mut(0).iter_mut().enumerate() {
                *byte = (at * 7 + n as usize * 40) as u8;
            }
            let picture = frame::reference(&picture, i64::from(n)).unwrap();
            crate::av::encoder::push(&mut context, Some(&picture), &mut packets).unwrap();
        }
        crate::av::encoder::push(&mut context, None, &mut packets).unwrap();
        (TrackParameters::of_encoder(&mut context).unwrap(), packets)
    }

    fn spoiled(packet: &Packet) -> Packet {
        let mut bytes = packet.data().unwrap().to_vec();
        let from = bytes.len() / 2;
        bytes[from..].fill(0xff);
        let mut harmed = Packet::copy(&bytes);
        harmed.set_flags(packet.flags());
        harmed
    }

    #[test]
    fn a_key_picture_that_is_whole_passes_and_anything_else_does_not() {
        let (track, packets) = encode(3);
        check_key_picture(&track, packets.first()).unwrap();
        assert!(check_key_picture(&track, None).is_err(), "nothing");
        assert!(check_key_picture(&track, packets.get(1)).is_err(), "not a key picture");
        let mut harmed = Packet::copy(&[0xff; 200]);
        harmed.set_flags(packets[0].flags());
        assert!(check_key_picture(&track, Some(&harmed)).is_err(), "not a picture at all");
    }

    #[test]
    fn a_segment_passes_whole_only_where_every_picture_of_it_does() {
        let (track, packets) = encode(6);
        let check = |packets: &[Packet], count| {
            crate::av::talk::listen();
            check_pictures(&track, packets, count, || true).map_err(|error| error.code)
        };
        let refused = Err(MediaErrorCode::VerifyFailed);
        assert_eq!(check(&packets, 6), Ok(()));
        assert_eq!(check(&packets, 7), refused, "one picture too few");
        assert_eq!(check(&packets[1..], 5), refused, "no key picture");
        assert_eq!(check(&[], 0), refused, "nothing");
        for at in 1..packets.len() {
            let mut harmed = packets.clone();
            harmed[at] = spoiled(&packets[at]);
            assert_eq!(check(&harmed, 6), refused, "picture {at}");
            harmed.remove(at);
            assert_eq!(check(&harmed, 6), refused, "without picture {at}");
        }
    }
}

//! Packets that are carried over are decoded as a player would, by what the init segment says and nothing else.

use std::ops::DerefMut;

use ffmpeg_next::ffi;

use super::{AudioFrame, AvError, Packet, Step, VideoFrame, codec::CodecContext, frame, parameters::TrackParameters};

/// Decodes a segment's packets and counts the whole pictures that come out.
///
/// # Errors
/// Where a packet is refused or a picture comes out damaged.
pub fn count_pictures(parameters: &TrackParameters, packets: &[Packet], threads: u32) -> Result<u32, AvError> {
    let mut decoder = open(parameters, threads)?;
    let mut pictures = 0;
    let mut receive = |decoder: &mut CodecContext| loop {
        let mut picture = VideoFrame::empty();
        match decoder.receive_frame(picture.deref_mut())? {
            Step::Output(()) if frame::is_damaged(&picture) => return Err(damaged()),
            Step::Output(()) => pictures += 1,
            Step::NeedInput | Step::Drained => return Ok(()),
        }
    };
    send_all(&mut decoder, packets, &mut receive)?;
    Ok(pictures)
}

/// Decodes a segment's packets of sound and counts the samples that come out.
///
/// # Errors
/// Where a packet is refused.
pub fn count_samples(parameters: &TrackParameters, packets: &[Packet]) -> Result<u64, AvError> {
    let mut decoder = open(parameters, 1)?;
    let mut samples = 0;
    let mut receive = |decoder: &mut CodecContext| loop {
        let mut sound = AudioFrame::empty();
        match decoder.receive_frame(sound.deref_mut())? {
            Step::Output(()) => samples += sound.samples() as u64,
            Step::NeedInput | Step::Drained => return Ok(()),
        }
    };
    send_all(&mut decoder, packets, &mut receive)?;
    Ok(samples)
}

fn send_all(
    decoder: &mut CodecContext,
    packets: &[Packet],
    receive: &mut impl FnMut(&mut CodecContext) -> Result<(), AvError>,
) -> Result<(), AvError> {
    for packet in packets {
        let mut packet = packet.clone();
        while !decoder.send_packet(Some(&mut packet))? {
            receive(decoder)?;
        }
        receive(decoder)?;
    }
    decoder.send_packet(None)?;
    receive(decoder)
}

fn open(parameters: &TrackParameters, threads: u32) -> Result<CodecContext, AvError> {
    CodecContext::open_decoder(parameters.parameters(), threads, |context| {
        // SAFETY: the context is ours and not open yet; plain fields.
        unsafe {
            let raw = context.as_mut_ptr();
            // Smoothing finds no error and costs a quarter of decoding.
            (*raw).skip_loop_filter = ffi::AVDiscard::AVDISCARD_ALL;
            (*raw).pkt_timebase = ffi::AVRational { num: 1, den: 1_000_000 };
            (*raw).max_pixels = i64::from((*raw).width) * i64::from((*raw).height).max(1) * 2 + 65_536;
        }
    })
}

fn damaged() -> AvError {
    AvError { during: "decoding what is carried over", code: ffi::AVERROR_INVALIDDATA }
}

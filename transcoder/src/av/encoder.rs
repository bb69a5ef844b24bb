//! What encoders of every kind do: take a frame, give the packets that are ready, and end.

use ffmpeg_next::frame::Frame;

use super::{AvError, Packet, Step, codec::CodecContext};

/// Gives the encoder a frame, or the end, and moves the packets that are ready to `packets`.
pub(super) fn push(
    context: &mut CodecContext,
    frame: Option<&Frame>,
    packets: &mut Vec<Packet>,
) -> Result<(), AvError> {
    while !context.send_frame(frame)? {
        // Full: it takes more once something was received.
        match context.receive_packet()? {
            Step::Output(packet) => packets.push(packet),
            Step::NeedInput | Step::Drained => break,
        }
    }
    while let Step::Output(packet) = context.receive_packet()? {
        packets.push(packet);
    }
    Ok(())
}

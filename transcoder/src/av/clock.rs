//! Instants for a stream of pictures that has no container, and with it none of its own.

use ffmpeg_next::format::context::Input as Context;

use super::Packet;

/// Pictures that may be decoded before the first one is shown, by both standards.
const MOST_DELAYED: i32 = 16;

/// Counts the packets of a bare byte stream (ISO/IEC 14496-10 and 23008-2, annexes B): they follow each other. libav times
/// those of other bare streams itself; of these two it does not, as their pictures are shown in another order.
pub(super) struct Clock {
    /// Packets that are decoded before the first picture is shown.
    delay: i64,
    /// A packet's length in ticks, the last one's.
    length: i64,
    next: Option<i64>,
}

impl Clock {
    /// For a container whose packets need it.
    pub(super) fn of(context: &Context) -> Option<Self> {
        if !matches!(context.format().name(), "h264" | "hevc") {
            return None;
        }
        let stream = context.streams().next()?;
        // SAFETY: a plain field of the parameters of a stream that belongs to the open container.
        let delay = unsafe { (*(*stream.as_ptr()).codecpar).video_delay };
        Some(Self { delay: i64::from(delay.clamp(0, MOST_DELAYED)), length: 0, next: None })
    }

    /// Says when a packet is decoded, such that the first picture is shown at 0.
    pub(super) fn time(&mut self, packet: &mut Packet) {
        if packet.pts().or(packet.dts()).is_some() {
            return;
        }
        self.length = packet.duration().max(1);
        let at = self.next.unwrap_or(-self.delay.saturating_mul(self.length));
        packet.set_dts(Some(at));
        self.next = Some(at.saturating_add(self.length));
    }

    /// How much later than the last packet is decoded the last picture is shown, in ticks.
    pub(super) fn delay_ticks(&self) -> i64 {
        self.delay.saturating_mul(self.length)
    }
}

//! One segment's muxer: fragmented MP4 in memory (CMAF, ISO/IEC 23000-19), told nothing of other segments.

use std::ptr;

use ffmpeg_next::ffi;

use super::{AvError, Packet, check, edit_list, input::Options, input::packet_mut, parameters::TrackParameters};

/// `frag_discont` keeps a fresh muxer from starting its timeline at zero.
const FLAGS: &str = "frag_custom+frag_discont+empty_moov+default_base_moof+skip_trailer";

/// An init segment and a media segment.
#[derive(Debug)]
pub struct Muxed {
    pub init: Vec<u8>,
    pub media: Vec<u8>,
}

/// How a segment lies in its rendition.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub index: u32,
    /// Ticks a second of the rendition's timeline.
    pub timescale: u32,
    /// The first packet's decoding time, which is also when the segment is first shown.
    pub start: u64,
    /// Ticks of the rendition a packet.
    pub packet_ticks: u32,
    /// How many packets the encoder decodes ahead of the one that is shown.
    pub reorder: u32,
}

/// A packet that is carried over, and its instants on the rendition's timeline, the edit list not yet taken away.
pub struct TimedPacket {
    pub packet: Packet,
    pub shown: u64,
    pub decoded: u64,
    pub duration: u64,
}

/// How a carried segment lies in its rendition.
#[derive(Debug, Clone, Copy)]
pub struct CarriedPlace {
    pub index: u32,
    /// Ticks a second of the rendition's timeline.
    pub timescale: u32,
    /// What the init segment's edit list takes away from every instant; 0 for no list.
    pub shown_from: u32,
}

/// Packs the packets of one segment, in decoding order, with instants of their own.
///
/// # Errors
/// Where libav fails.
pub fn pack_carried(
    parameters: &TrackParameters,
    packets: Vec<TimedPacket>,
    place: CarriedPlace,
) -> Result<Muxed, AvError> {
    let mut muxer = Muxer::open(parameters, place.index, place.timescale)?;
    let init_length = muxer.written()?.len();
    let ticks = |value: u64| i64::try_from(value).unwrap_or(i64::MAX / 2);
    for TimedPacket { mut packet, shown, decoded, duration } in packets {
        packet.set_pts(Some(ticks(shown)));
        packet.set_dts(Some(ticks(decoded)));
        packet.set_duration(ticks(duration));
        muxer.write(&mut packet)?;
    }
    muxer.finish(init_length, place.shown_from)
}

/// Packs the packets of one segment, in decoding order, as the encoder gave them. Their `pts` count packets.
///
/// Pictures that are reordered are shown later than they are decoded; the init segment's edit list takes that delay
/// away again (ISO/IEC 23000-19, 7.5.13), so that the first picture is shown at the segment's start. The other way,
/// negative offsets, is read with that delay left in by libav's own demuxer.
///
/// # Errors
/// Where libav fails.
pub fn pack(parameters: &TrackParameters, packets: Vec<Packet>, place: Place) -> Result<Muxed, AvError> {
    let mut muxer = Muxer::open(parameters, place.index, place.timescale)?;
    let init_length = muxer.written()?.len();
    let ticks = i64::from(place.packet_ticks);
    let start = i64::try_from(place.start).unwrap_or(i64::MAX / 2);
    let earliest = packets.iter().filter_map(|packet| packet.pts()).min().unwrap_or(0);
    let delay = i64::from(place.reorder) * ticks;
    let mut dts = start;
    for mut packet in packets {
        let shown = (packet.pts().unwrap_or(earliest) - earliest) * ticks;
        packet.set_pts(Some(start + shown + delay));
        packet.set_dts(Some(dts));
        packet.set_duration(ticks);
        dts += ticks;
        muxer.write(&mut packet)?;
    }
    muxer.finish(init_length, place.reorder * place.packet_ticks)
}

struct Muxer {
    context: *mut ffi::AVFormatContext,
}

impl Muxer {
    fn open(track: &TrackParameters, index: u32, timescale: u32) -> Result<Self, AvError> {
        let mut options = Options::new();
        options.set("movflags", FLAGS)?;
        options.set("fragment_index", &index.saturating_add(1).to_string())?;
        options.set("avoid_negative_ts", "disabled")?;
        options.set("fflags", "+bitexact")?;
        // Ours is put in afterwards.
        options.set("use_editlist", "0")?;
        let muxer = Self { context: alloc_context()? };
        let timescale = i32::try_from(timescale).unwrap_or(i32::MAX);
        // SAFETY: the context is ours; the stream belongs to it and lives as long; the parameters are copied
        // from ours. The dictionary is ours.
        unsafe {
            let stream = ffi::avformat_new_stream(muxer.context, ptr::null());
            if stream.is_null() {
                return Err(AvError::no_memory("allocating a track"));
            }
            let copied = ffi::avcodec_parameters_copy((*stream).codecpar, track.as_ptr());
            check("copying a track's parameters", copied)?;
            // Parameter sets are in the init segment and nowhere else (ISO/IEC 14496-15, 8.4.1).
            if (*(*stream).codecpar).codec_id == ffi::AVCodecID::AV_CODEC_ID_HEVC {
                (*(*stream).codecpar).codec_tag = u32::from_le_bytes(*b"hvc1");
            }
            (*stream).time_base = ffi::AVRational { num: 1, den: timescale };
            check("opening a segment", ffi::avio_open_dyn_buf(&mut (*muxer.context).pb))?;
            check("writing an init segment", ffi::avformat_write_header(muxer.context, &mut options.dictionary))?;
            options.assert_taken("opening a segment with an unknown option")?;
            // The plan's timeline must be the file's.
            if (*stream).time_base.num != 1 || (*stream).time_base.den != timescale {
                return Err(AvError { during: "setting a timescale", code: ffi::AVERROR(libc::EINVAL) });
            }
        }
        Ok(muxer)
    }

    fn write(&mut self, packet: &mut Packet) -> Result<(), AvError> {
        packet.set_stream(0);
        // SAFETY: the packet is valid and ours. The context has written its header; the call takes references of its
        // own.
        let code = unsafe { ffi::av_write_frame(self.context, packet_mut(packet)) };
        check("writing a packet", code).map(drop)
    }

    fn flush(&mut self) -> Result<(), AvError> {
        // SAFETY: the context has written its header; null asks it to write what it holds.
        let code = unsafe { ffi::av_write_frame(self.context, ptr::null_mut()) };
        check("writing a segment", code).map(drop)
    }

    /// Ends the segment; what was written before it is the init segment.
    fn finish(mut self, init_length: usize, shown_from: u32) -> Result<Muxed, AvError> {
        self.flush()?;
        let mut init = self.written()?;
        let media = init.split_off(init_length.min(init.len()));
        if shown_from > 0 {
            let unexpected = AvError { during: "reading an init segment", code: ffi::AVERROR_BUG };
            init = edit_list::insert(&init, shown_from).ok_or(unexpected)?;
        }
        Ok(Muxed { init, media })
    }

    /// Everything written so far.
    fn written(&mut self) -> Result<Vec<u8>, AvError> {
        let mut buffer = ptr::null_mut();
        // SAFETY: `pb` is a dynamic buffer of ours; the call flushes it and lends its bytes until the next write,
        // before which they are copied.
        unsafe {
            let pb = (*self.context).pb;
            let length = check("reading a segment", ffi::avio_get_dyn_buf(pb, &mut buffer))?;
            let length = usize::try_from(length).unwrap_or(0);
            if buffer.is_null() || length == 0 {
                return Ok(Vec::new());
            }
            Ok(std::slice::from_raw_parts(buffer, length).to_vec())
        }
    }
}

fn alloc_context() -> Result<*mut ffi::AVFormatContext, AvError> {
    let mut context = ptr::null_mut();
    // SAFETY: the name is a static text that ends in zero; the context is handed to its one owner.
    let code =
        unsafe { ffi::avformat_alloc_output_context2(&mut context, ptr::null_mut(), c"mp4".as_ptr(), ptr::null()) };
    check("allocating a segment", code)?;
    if context.is_null() { Err(AvError::no_memory("allocating a segment")) } else { Ok(context) }
}

impl Drop for Muxer {
    fn drop(&mut self) {
        // SAFETY: both are ours and not used again. Freeing the context releases what the muxer holds; the buffer is
        // taken out of it first and freed on its own.
        unsafe {
            let pb = (*self.context).pb;
            (*self.context).pb = ptr::null_mut();
            ffi::avformat_free_context(self.context);
            if !pb.is_null() {
                let mut buffer = ptr::null_mut();
                ffi::avio_close_dyn_buf(pb, &mut buffer);
                ffi::av_free(buffer.cast());
            }
        }
    }
}

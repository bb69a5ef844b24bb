//! An opened container: packets in the file's order, and places found by time.

use std::{
    collections::{BTreeMap, VecDeque},
    ffi::CString,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ffmpeg_next::{
    ffi,
    format::context::{Input as Context, StreamIo},
};

use super::{
    AvError, Packet, check, clock::Clock, complaints, guess, lists, reader::FilmReader, skipped_samples, talk,
};
use crate::{
    error::{MediaError, MediaErrorCode},
    jail::Channel,
    limits::Limits,
    probe,
};

/// Bytes that are asked for at once.
const READ_BYTES: usize = 1 << 20;
/// The same, where little is read here and there.
const SPARSE_BYTES: usize = 64 << 10;
/// How much of a film's start may be read to learn what its streams are.
const PROBE_BYTES: &str = "10000000";
/// How much of its time, in microseconds.
const ANALYSE_US: &str = "10000000";
/// How many packets.
const PROBE_PACKETS: &str = "5000";
/// How much of a film's start is looked at where it could not be opened, to say why.
const GUESS_BYTES: u32 = 64 << 10;

/// Packets that are read again at most until every stream has shown that it is back at its start.
const REWOUND_PACKETS: usize = 1_000;

/// Ticks that nothing lies before; `i64::MIN` itself means none to libav.
const LONG_BEFORE: i64 = i64::MIN / 2;

/// Damaged packets in a row after which readers take the data to end.
pub const DAMAGED_IN_A_ROW: u32 = 2_000;

/// How a film is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// On and on.
    All,
    /// Samples that lie far from each other: little at once, and by the instants of their streams, whatever the
    /// container's edit lists make of them.
    Samples,
}

/// What reading a packet gave.
pub enum Read {
    Packet(Packet),
    /// The end of the data.
    End,
    /// Bytes that are no packet; reading goes on after them.
    Damaged,
}

/// What the first packet of a stream is known by again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstPacket {
    /// When it is shown and when decoded, in ticks of the stream.
    pub pts: Option<i64>,
    pub dts: Option<i64>,
    place: isize,
    bytes: usize,
    skipped_samples: u32,
}

impl FirstPacket {
    /// Of this packet, which is the first.
    pub fn of(packet: &Packet) -> Self {
        Self {
            pts: packet.pts(),
            dts: packet.dts(),
            place: packet.position(),
            bytes: packet.size(),
            skipped_samples: skipped_samples(packet),
        }
    }
}

/// An opened container.
pub struct Input {
    // Dropped before the reader that it reads from.
    context: Context,
    _io: StreamIo,
    broken: Arc<AtomicBool>,
    /// Packets that were read to find out where the container stands, and are still to be handed out.
    again: VecDeque<Packet>,
    clock: Option<Clock>,
    /// Entries of all streams' indexes when the container had been opened.
    indexed: i64,
}

impl Input {
    /// Opens a film and learns its streams, by content alone and within the limits.
    ///
    /// # Errors
    /// Where it is no container of the list, or its bytes cannot be had.
    pub fn open(channel: &Arc<Channel>, length: u64, limits: &Limits) -> Result<Self, MediaError> {
        Self::open_with(channel, length, limits, Reading::All)
    }

    /// The same, reading in another way.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn open_with(
        channel: &Arc<Channel>,
        length: u64,
        limits: &Limits,
        reading: Reading,
    ) -> Result<Self, MediaError> {
        let buffer = if reading == Reading::All { READ_BYTES } else { SPARSE_BYTES };
        let (broken, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let reader = FilmReader::new(Arc::clone(channel), length, Arc::clone(&broken), Arc::clone(&ended));
        let io = StreamIo::from_read_seek_with_capacity(reader, buffer)
            .map_err(|_| AvError::no_memory("allocating a reader"))?;
        let opened = open_context(io, limits, reading);
        if broken.load(Ordering::Acquire) {
            return Err(MediaErrorCode::SourceUnreadable.into());
        }
        let tracks_refused = talk::take_tracks_refused();
        let (context, io) = opened.map_err(|error| match error.code {
            code if code == ffi::AVERROR(libc::ENOMEM) && tracks_refused => MediaErrorCode::TooManyStreams.into(),
            code if code == ffi::AVERROR(libc::ENOMEM) => MediaError::from(error),
            _ => {
                super::log(error.to_string());
                why_not_opened(channel, ended.load(Ordering::Acquire))
            }
        })?;
        // Newer libav goes on without the tracks that are too many.
        if tracks_refused {
            return Err(MediaErrorCode::TooManyStreams.into());
        }
        let clock = Clock::of(&context);
        let mut this = Self { context, _io: io, broken, again: VecDeque::new(), clock, indexed: 0 };
        this.indexed = this.index_entries();
        Ok(this)
    }

    /// The container as if it had just been opened: back at its start, as these first packets of the streams that are not
    /// ignored tell. Opening it anew would parse its index and learn its streams once more.
    ///
    /// `None` where that cannot be known: its index has grown by what was read since, as that of a fragmented mp4 does; a stream
    /// begins elsewhere now; or something was amiss on the way.
    pub fn rewound(mut self, first: &BTreeMap<u32, FirstPacket>) -> Option<Self> {
        let leading = *first.keys().next()?;
        let heard = complaints::heard();
        if self.index_entries() != self.indexed || self.seek(leading, LONG_BEFORE).is_err() {
            return None;
        }
        let mut read = VecDeque::new();
        let mut missing: BTreeMap<u32, FirstPacket> = first.clone();
        while !missing.is_empty() && read.len() < REWOUND_PACKETS {
            let Ok(Read::Packet(packet)) = self.read() else { return None };
            let stream = u32::try_from(packet.stream()).ok()?;
            if missing.remove(&stream).is_some_and(|first| first != FirstPacket::of(&packet)) {
                return None;
            }
            read.push_back(packet);
        }
        self.again = read;
        (missing.is_empty() && complaints::heard() == heard).then_some(self)
    }

    fn index_entries(&self) -> i64 {
        let entries = |stream: ffmpeg_next::format::stream::Stream<'_>| {
            // SAFETY: the stream belongs to the open container that `self` keeps; the call reads one number of it.
            i64::from(unsafe { ffi::avformat_index_get_entries_count(stream.as_ptr()) })
        };
        self.context.streams().map(entries).sum()
    }

    /// The next packet of a stream that is not ignored.
    ///
    /// # Errors
    /// [`MediaErrorCode::SourceUnreadable`] where the bytes cannot be had.
    pub fn read(&mut self) -> Result<Read, MediaError> {
        loop {
            match self.read_any()? {
                // libav still hands out what it read of ignored streams while it learned them.
                Read::Packet(packet) if self.ignores(packet.stream()) => {}
                read => return Ok(read),
            }
        }
    }

    /// How much later than the last packet that was read is decoded the last picture may be shown, in ticks, where the packets
    /// only say when they are decoded.
    pub fn delay_ticks(&self) -> i64 {
        self.clock.as_ref().map_or(0, Clock::delay_ticks)
    }

    fn ignores(&self, stream: usize) -> bool {
        // SAFETY: reads a plain field of a stream that lives as long as the context, which `self` owns.
        let discard = |stream: ffmpeg_next::format::stream::Stream<'_>| unsafe { (*stream.as_ptr()).discard };
        self.context.stream(stream).map(discard) == Some(ffi::AVDiscard::AVDISCARD_ALL)
    }

    fn read_any(&mut self) -> Result<Read, MediaError> {
        if let Some(packet) = self.again.pop_front() {
            return Ok(Read::Packet(packet));
        }
        let mut packet = Packet::empty();
        // SAFETY: the context is open and owned by `self`, on this thread; the packet is blank and outlives the call,
        // and owns what it is given.
        let code = unsafe { ffi::av_read_frame(self.context.as_mut_ptr(), packet_mut(&mut packet)) };
        if self.broken.load(Ordering::Acquire) {
            return Err(MediaErrorCode::SourceUnreadable.into());
        }
        if let Some(clock) = self.clock.as_mut().filter(|_| code >= 0) {
            clock.time(&mut packet);
        }
        match code {
            0.. => Ok(Read::Packet(packet)),
            ffi::AVERROR_EOF => Ok(Read::End),
            code if code == ffi::AVERROR(libc::ENOMEM) => Err(AvError::no_memory("reading a packet").into()),
            _ => Ok(Read::Damaged),
        }
    }

    /// Goes to a place from which `stream` can be decoded at `ticks` of its own time base, or before it.
    ///
    /// # Errors
    /// Where the container cannot.
    pub fn seek(&mut self, stream: u32, ticks: i64) -> Result<(), AvError> {
        let stream = i32::try_from(stream).unwrap_or(0);
        // SAFETY: the context is open and owned by `self`, on this thread.
        let code = unsafe { ffi::av_seek_frame(self.context.as_mut_ptr(), stream, ticks, ffi::AVSEEK_FLAG_BACKWARD) };
        self.again.clear();
        check("seeking", code).map(drop)
    }

    /// The picture that is attached to a stream, whole.
    pub fn attached_picture(&self, stream: u32) -> Option<Packet> {
        let stream = self.context.stream(usize::try_from(stream).ok()?)?;
        // SAFETY: the stream belongs to the open container that `self` keeps; its packet is blank or holds the picture.
        // The copy takes a reference of its own.
        unsafe {
            let attached = &raw const (*stream.as_ptr()).attached_pic;
            let mut packet = Packet::empty();
            let is_there = (*attached).size > 0 && !(*attached).data.is_null();
            (is_there && ffi::av_packet_ref(packet_mut(&mut packet), attached) >= 0).then_some(packet)
        }
    }

    /// Whether streams were still to be found where the data ended: this container has no list of them, and some that
    /// it speaks of never came.
    pub fn awaits_streams(&self) -> bool {
        // SAFETY: a plain field of the context, which `self` owns.
        unsafe { (*self.context.as_ptr()).ctx_flags & ffi::AVFMTCTX_NOHEADER != 0 }
    }

    /// Has packets of every stream but these skipped.
    pub fn keep_only(&mut self, streams: &[u32]) {
        for index in 0..self.context.streams().len() {
            let keep = streams.iter().any(|stream| usize::try_from(*stream) == Ok(index));
            // SAFETY: `index` is below the number of streams, each of which lives as long as the context, which
            // `self` owns.
            unsafe {
                let stream = *(*self.context.as_mut_ptr()).streams.add(index);
                (*stream).discard =
                    if keep { ffi::AVDiscard::AVDISCARD_DEFAULT } else { ffi::AVDiscard::AVDISCARD_ALL };
            }
        }
    }

    /// The container as the wrapper shows it, for reading facts.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }
}

/// Why bytes that libav did not open are no film.
fn why_not_opened(channel: &Channel, ended: bool) -> MediaError {
    let Ok(start) = channel.ask(0, GUESS_BYTES) else { return MediaErrorCode::SourceUnreadable.into() };
    let Some(name) = guess::container_of(&start) else { return MediaErrorCode::NotMedia.into() };
    if !lists::allows_container(&name) {
        return probe::refuse_by_container(&name).into();
    }
    // Reading came to the end of the data and still wanted more.
    if ended { MediaErrorCode::Truncated.into() } else { MediaErrorCode::Damaged.into() }
}

/// A film names other files: external tracks, segments, playlists. None is ever opened, whatever its address.
///
/// # Safety
/// Called by libav alone. Nothing that it hands over is touched.
unsafe extern "C" fn open_nothing(
    _context: *mut ffi::AVFormatContext,
    _reader: *mut *mut ffi::AVIOContext,
    _address: *const libc::c_char,
    _flags: libc::c_int,
    _options: *mut *mut ffi::AVDictionary,
) -> libc::c_int {
    super::log("a film named another file; it was not opened".to_owned());
    ffi::AVERROR(libc::EACCES)
}

/// Opens a container over a reader. The reader comes back with the context, which must be dropped first.
fn open_context(mut io: StreamIo, limits: &Limits, reading: Reading) -> Result<(Context, StreamIo), AvError> {
    let streams = limits.streams.to_string();
    let mut options = Options::new();
    options.set("format_whitelist", lists::CONTAINERS)?;
    options.set("codec_whitelist", lists::DECODERS)?;
    options.set("protocol_whitelist", lists::PROTOCOLS)?;
    options.set("probesize", PROBE_BYTES)?;
    options.set("analyzeduration", ANALYSE_US)?;
    options.set("max_probe_packets", PROBE_PACKETS)?;
    options.set("max_streams", &streams)?;
    if reading == Reading::Samples {
        // Of the mp4 demuxer; others leave it.
        options.set("ignore_editlist", "1")?;
    }
    // SAFETY: the context is fresh and given the reader's own pointer, which stays where it is when `io` moves. On
    // failure `avformat_open_input` frees the context; on success the wrapper owns it and closes it, and the custom
    // I/O flag keeps it from touching the reader. The caller drops them in that order, on one thread.
    let mut context = unsafe {
        let mut context = ffi::avformat_alloc_context();
        if context.is_null() {
            return Err(AvError::no_memory("allocating a container"));
        }
        (*context).pb = io.as_mut_ptr();
        (*context).io_open = Some(open_nothing);
        (*context).flags |= ffi::AVFMT_FLAG_CUSTOM_IO;
        let code = ffi::avformat_open_input(&mut context, ptr::null(), ptr::null_mut(), &mut options.dictionary);
        check("opening a container", code)?;
        Context::wrap(context)
    };
    let count = context.streams().len();
    let mut each: Vec<Options> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut options = Options::new();
        options.set("max_pixels", &limits.picture_pixels().to_string())?;
        options.set("threads", "1")?;
        // Of these pictures nobody sees one.
        options.set("skip_loop_filter", "all")?;
        each.push(options);
    }
    let mut dictionaries: Vec<*mut ffi::AVDictionary> = each.iter().map(|options| options.dictionary).collect();
    // SAFETY: the context is open; the array has one dictionary for each of its streams, and outlives the call. The
    // call may free or replace entries, so the owners take back what is in the array afterwards.
    let code = unsafe { ffi::avformat_find_stream_info(context.as_mut_ptr(), dictionaries.as_mut_ptr()) };
    for (options, dictionary) in each.iter_mut().zip(dictionaries) {
        options.dictionary = dictionary;
    }
    check("learning a film's streams", code)?;
    Ok((context, io))
}

/// The packet behind the wrapper.
pub(super) fn packet_mut(packet: &mut Packet) -> *mut ffi::AVPacket {
    use ffmpeg_next::packet::Mut;
    packet.as_mut_ptr()
}

/// An `AVDictionary` that frees itself.
pub(super) struct Options {
    pub(super) dictionary: *mut ffi::AVDictionary,
}

impl Options {
    pub(super) fn new() -> Self {
        Self { dictionary: ptr::null_mut() }
    }

    pub(super) fn set(&mut self, key: &str, value: &str) -> Result<(), AvError> {
        let invalid = |_| AvError { during: "writing an option", code: ffi::AVERROR(libc::EINVAL) };
        let (key, value) = (CString::new(key).map_err(invalid)?, CString::new(value).map_err(invalid)?);
        // SAFETY: both texts end in zero and outlive the call, which copies them; the dictionary is ours.
        let code = unsafe { ffi::av_dict_set(&mut self.dictionary, key.as_ptr(), value.as_ptr(), 0) };
        check("writing an option", code).map(drop)
    }

    /// Options that libav did not know stay behind; every one we set must have been taken.
    pub(super) fn assert_taken(&self, during: &'static str) -> Result<(), AvError> {
        // SAFETY: counts the entries of a dictionary that is ours; null is an empty one.
        let left = unsafe { ffi::av_dict_count(self.dictionary) };
        if left == 0 { Ok(()) } else { Err(AvError { during, code: ffi::AVERROR_OPTION_NOT_FOUND }) }
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: the dictionary is ours and not used again.
        unsafe { ffi::av_dict_free(&mut self.dictionary) }
    }
}

//! What a container knows of a stream without its packets: its index, its identity, its configuration.

use ffmpeg_next::ffi;

use super::input::Input;

/// One sample of a stream's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexEntry {
    pub position: u64,
    /// In the stream's time base; when it is decoded, where a container tells (mp4).
    pub ticks: i64,
    pub bytes: u32,
    pub key: bool,
    /// Whether an edit list leaves it out.
    pub discarded: bool,
}

impl Input {
    /// How many samples a stream's index has.
    pub fn index_length(&self, stream: u32) -> usize {
        let stream = usize::try_from(stream).ok().and_then(|index| self.context().stream(index));
        // SAFETY: the stream belongs to the open container that `self` keeps; the call only reads.
        let count = stream.map_or(0, |stream| unsafe { ffi::avformat_index_get_entries_count(stream.as_ptr()) });
        usize::try_from(count).unwrap_or(0)
    }

    /// A stream's index, as far as the container has read one.
    pub fn index(&self, stream: u32) -> Vec<IndexEntry> {
        let Some(stream) = usize::try_from(stream).ok().and_then(|index| self.context().stream(index)) else {
            return Vec::new();
        };
        // SAFETY: the stream belongs to the open container that `self` keeps; the call only reads.
        let count = unsafe { ffi::avformat_index_get_entries_count(stream.as_ptr()) };
        let entries = (0..count).filter_map(|at| {
            // SAFETY: as above; the call takes a mutable pointer and only reads. The entry is copied before anything
            // else is asked of the container.
            let entry = unsafe { ffi::avformat_index_get_entry(stream.as_ptr().cast_mut(), at).as_ref() }?;
            Some(IndexEntry {
                position: u64::try_from(entry.pos).ok()?,
                ticks: entry.timestamp,
                bytes: u32::try_from(entry.size()).ok()?,
                key: entry.flags() & ffi::AVINDEX_KEYFRAME != 0,
                discarded: entry.flags() & ffi::AVINDEX_DISCARD_FRAME != 0,
            })
        });
        entries.collect()
    }

    /// The container's own number of a stream: in mp4 its track id.
    pub fn track_id(&self, stream: u32) -> Option<u32> {
        let stream = self.context().stream(usize::try_from(stream).ok()?)?;
        u32::try_from(stream.id()).ok()
    }

    /// The codec's configuration as the container holds it; empty where there is none.
    pub fn configuration(&self, stream: u32) -> Vec<u8> {
        let Some(stream) = usize::try_from(stream).ok().and_then(|index| self.context().stream(index)) else {
            return Vec::new();
        };
        // SAFETY: the parameters belong to the stream, and this to the open container that `self` keeps; where the
        // pointer is not null it leads to as many bytes as the field beside it says, which are copied.
        unsafe {
            let parameters = (*stream.as_ptr()).codecpar;
            let (bytes, length) = ((*parameters).extradata, usize::try_from((*parameters).extradata_size));
            match length {
                Ok(length) if !bytes.is_null() => std::slice::from_raw_parts(bytes, length).to_vec(),
                _ => Vec::new(),
            }
        }
    }
}

//! What libav takes a file's first bytes for, whether or not it may be opened: so that its owner gets the right sentence.

use std::ffi::CStr;

use ffmpeg_next::ffi;

/// libav reads this many zeros past the bytes it is shown (`AVPROBE_PADDING_SIZE`).
const PADDING_BYTES: usize = 32;

/// The short names of the container that the bytes look most like, joined by commas; `None` where they look like none.
/// Nothing is opened: each demuxer only says how likely the bytes are its own.
pub fn container_of(start: &[u8]) -> Option<String> {
    let mut padded = Vec::with_capacity(start.len() + PADDING_BYTES);
    padded.extend_from_slice(start);
    padded.resize(start.len() + PADDING_BYTES, 0);
    let data = ffi::AVProbeData {
        // Content alone counts.
        filename: c"".as_ptr(),
        buf: padded.as_mut_ptr(),
        buf_size: i32::try_from(start.len()).ok()?,
        // From 7.1 on, libav takes no bytes for an HLS playlist that come without its name or type (RFC 8216, section 4).
        mime_type: c"application/vnd.apple.mpegurl".as_ptr(),
    };
    let mut score = 0;
    // SAFETY: `data` and the padded bytes behind it outlive the call, which only reads them; the answer is null or one
    // of libav's own static descriptions, whose name is a static text.
    let name = unsafe {
        let format = ffi::av_probe_input_format3(&raw const data, 1, &raw mut score);
        if format.is_null() || (*format).name.is_null() {
            return None;
        }
        CStr::from_ptr((*format).name)
    };
    Some(name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_named_by_what_they_hold() {
        assert_eq!(container_of(b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n").as_deref(), Some("hls"));
        assert_eq!(container_of(b"ffconcat version 1.0\nfile a.mp4\n").as_deref(), Some("concat"));
        assert_eq!(container_of(b"\0\0\0\x18ftypisom\0\0\0\0isomiso2").as_deref(), Some("mov,mp4,m4a,3gp,3g2,mj2"));
        assert_eq!(container_of(b""), None);
        assert_eq!(container_of(&[0x55; 4096]), None);
    }
}

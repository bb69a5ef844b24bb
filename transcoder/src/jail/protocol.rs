//! What parent and media process say to each other: frames over one socket, each with caps.
//!
//! A frame is the header's length and the body's length (little-endian `u32` each), the header (postcard), the body
//! (raw bytes: segments, JSON). A header or body above its cap ends the conversation.

use std::collections::BTreeSet;

use mutoscope_core::media::{RenditionName, VideoCodec};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::trial::Misbehaviour;
use crate::{
    error::{MediaError, MediaWarning},
    limits::Limits,
    package::webvtt,
    record,
    span::{Progress, SegmentFacts, SpanRequest, Verification},
};

/// Bytes before a frame's header.
pub const PREFIX_BYTES: usize = 8;
/// Longest header.
pub const HEADER_CAP: usize = 64 << 10;
/// Longest piece of the film that is asked for at once.
pub const READ_CAP: u32 = 8 << 20;

/// From the parent.
#[derive(Debug, Serialize, Deserialize)]
pub enum ToChild {
    /// Work; the body is the plan as JSON where the job has one.
    Job(Job),
    /// The bytes that were asked for, as body.
    Bytes,
}

/// One piece of work.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Job {
    Probe {
        source_bytes: u64,
        limits: Limits,
    },
    Make {
        source_bytes: u64,
        limits: Limits,
        request: SpanRequest,
        verification: Verification,
    },
    Poster {
        source_bytes: u64,
        limits: Limits,
    },
    /// All tracks of captions, in one reading.
    Captions {
        source_bytes: u64,
        limits: Limits,
    },
    /// Put thumbnails, which come as the film's bytes, on sheets.
    Sheets {
        source_bytes: u64,
        limits: Limits,
    },
    /// Look where the film stops decoding; the answer is an instant or null.
    FindEnd {
        source_bytes: u64,
        limits: Limits,
    },
    /// Try what the sandbox must refuse; the answer is a list of [`super::SandboxAttempt`].
    TestSandbox,
    /// Be a bad process; only tests ask for it.
    Misbehave(Misbehaviour),
}

/// From the media process.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromChild {
    /// First of all, after the sandbox stands: who speaks, and what of the sandbox is missing.
    Hello {
        fingerprint: String,
        sandbox_gaps: Vec<String>,
        /// Codecs that it can encode pictures in.
        encoders: BTreeSet<VideoCodec>,
    },
    /// The process gave up before work.
    NoSandbox {
        reason: String,
    },
    /// Bytes of the film, please.
    Read {
        offset: u64,
        length: u32,
    },
    /// Body: the init segment.
    Init {
        rendition: RenditionName,
    },
    /// Body: the media segment.
    Segment {
        rendition: RenditionName,
        index: u32,
        facts: SegmentFacts,
    },
    /// Body: the segment's record.
    Record {
        index: u32,
    },
    /// Body: a sheet of thumbnails, JPEG.
    Sheet {
        number: u32,
    },
    /// Body: JPEG.
    Poster {
        width: u32,
        height: u32,
    },
    /// Body: WebVTT.
    Captions {
        rendition: RenditionName,
    },
    Progress(Progress),
    Warning(MediaWarning),
    /// For the parent's log.
    Log {
        text: String,
    },
    /// The job is done; the body is its answer as JSON.
    Done,
    /// The job failed.
    Failed(MediaError),
}

/// Headers know how long a body may be with them.
pub trait Header: Serialize + DeserializeOwned {
    /// The longest body that may come with this header, in bytes.
    fn body_cap(&self) -> usize;
}

impl Header for ToChild {
    fn body_cap(&self) -> usize {
        match self {
            Self::Job(_) => 16 << 20,
            Self::Bytes => READ_CAP as usize,
        }
    }
}

impl Header for FromChild {
    fn body_cap(&self) -> usize {
        match self {
            Self::Segment { .. } => 96 << 20,
            Self::Init { .. } => 1 << 20,
            Self::Record { .. } => record::MOST_BYTES,
            Self::Poster { .. } | Self::Sheet { .. } => 16 << 20,
            Self::Captions { .. } => webvtt::MOST_BYTES,
            Self::Done => 16 << 20,
            _ => 0,
        }
    }
}

/// A frame that breaks the rules; the conversation is over.
#[derive(Debug, thiserror::Error)]
#[error("frame refused: {0}")]
pub struct FrameError(pub &'static str);

/// The first bytes of a frame: prefix and header. The body follows as it is.
///
/// # Errors
/// Where header or body is above its cap.
pub fn encode_head<H: Header>(header: &H, body_length: usize) -> Result<Vec<u8>, FrameError> {
    let encoded = postcard::to_stdvec(header).map_err(|_| FrameError("header cannot be written"))?;
    if encoded.len() > HEADER_CAP || body_length > header.body_cap() {
        return Err(FrameError("too long to send"));
    }
    let too_long = |_| FrameError("too long to send");
    let mut head = Vec::with_capacity(PREFIX_BYTES + encoded.len());
    head.extend(u32::try_from(encoded.len()).map_err(too_long)?.to_le_bytes());
    head.extend(u32::try_from(body_length).map_err(too_long)?.to_le_bytes());
    head.extend(encoded);
    Ok(head)
}

/// Lengths of header and body from a frame's prefix.
///
/// # Errors
/// Where the header is longer than any may be.
pub fn decode_prefix(prefix: [u8; PREFIX_BYTES]) -> Result<(usize, usize), FrameError> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let header = u32::from_le_bytes([a, b, c, d]) as usize;
    let body = u32::from_le_bytes([e, f, g, h]) as usize;
    if header > HEADER_CAP { Err(FrameError("header too long")) } else { Ok((header, body)) }
}

/// The header, once its body's length is known to be allowed.
///
/// # Errors
/// Where it does not parse or its body is longer than it may be.
pub fn decode_header<H: Header>(bytes: &[u8], body_length: usize) -> Result<H, FrameError> {
    let header: H = postcard::from_bytes(bytes).map_err(|_| FrameError("header does not parse"))?;
    if body_length > header.body_cap() { Err(FrameError("body too long")) } else { Ok(header) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_above_its_cap_is_refused_on_both_sides() {
        let head = encode_head(&ToChild::Bytes, 5).unwrap();
        let (header, body) = decode_prefix(head[..PREFIX_BYTES].try_into().unwrap()).unwrap();
        assert_eq!(body, 5);
        assert!(decode_header::<ToChild>(&head[PREFIX_BYTES..PREFIX_BYTES + header], body).is_ok());
        assert!(encode_head(&FromChild::Log { text: String::new() }, 1).is_err());
        assert!(decode_header::<ToChild>(&head[PREFIX_BYTES..], READ_CAP as usize + 1).is_err());
        assert!(decode_prefix([255; PREFIX_BYTES]).is_err());
    }
}

//! Events as they come in: perhaps from another version, perhaps none at all.

use serde::Deserialize;

use super::{Event, VERSION, What};

/// A name from outside is shown at most this long.
const SHOWN_CHARS: usize = 64;

/// What is no event that this build can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON, or not of an event's shape.
    #[error("this is no event: {0}")]
    Malformed(String),
    /// A type that this build does not know: a newer one may have written it.
    #[error("events of type {0:?} are not known to this version")]
    UnknownType(String),
    /// A version of the type that this build does not know.
    #[error("version {version} of {kind} events is not known to this version")]
    UnknownVersion {
        /// The event's type.
        kind: String,
        /// Its version.
        version: u32,
    },
}

/// What every event of every version has.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    version: u32,
}

/// Reads an event.
///
/// # Errors
/// Why it can't be acted on. Fields that are not known are passed over: adding one is no new version.
pub fn read(body: &[u8]) -> Result<Event, Unreadable> {
    let head: Head = serde_json::from_slice(body).map_err(malformed)?;
    let kind: String = head.kind.chars().take(SHOWN_CHARS).collect();
    if !What::TYPES.contains(&kind.as_str()) {
        return Err(Unreadable::UnknownType(kind));
    }
    if head.version != VERSION {
        return Err(Unreadable::UnknownVersion { kind, version: head.version });
    }
    serde_json::from_slice(body).map_err(malformed)
}

fn malformed(error: serde_json::Error) -> Unreadable {
    Unreadable::Malformed(error.to_string().chars().take(4 * SHOWN_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VideoId;

    #[test]
    fn what_was_written_is_read_with_fields_from_later_passed_over() {
        let event = Event::new(VideoId::new(), What::UploadCompleted { attempt: 3 });
        let mut value = serde_json::to_value(&event).unwrap();
        value["mood"] = "new".into();
        assert_eq!(read(value.to_string().as_bytes()), Ok(event));
    }

    #[test]
    fn what_can_not_be_acted_on_says_why() {
        let event = Event::new(VideoId::new(), What::VideoReady { plan_id: crate::id::PlanId::new() });
        let mut value = serde_json::to_value(&event).unwrap();
        value["version"] = 2.into();
        let later = Unreadable::UnknownVersion { kind: "video_ready".to_owned(), version: 2 };
        assert_eq!(read(value.to_string().as_bytes()), Err(later));
        value["type"] = "video_sung".into();
        assert_eq!(read(value.to_string().as_bytes()), Err(Unreadable::UnknownType("video_sung".to_owned())));
        value["type"] = "video_ready".into();
        value["version"] = 1.into();
        value["plan_id"] = "seven".into();
        assert!(matches!(read(value.to_string().as_bytes()), Err(Unreadable::Malformed(_))));
        for body in [&b""[..], b"{", b"null", b"\xff\xfe", b"[1]", "[".repeat(100_000).as_bytes()] {
            assert!(matches!(read(body), Err(Unreadable::Malformed(_))));
        }
    }
}

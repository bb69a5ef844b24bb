//! Typed ids: UUID version 7 (RFC 9562), so that they sort by the time they were made.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, later than every id this process made before.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id that stands for the given UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID underneath.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Only the hyphenated form of 36 characters, so that an id has one spelling.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if text.len() != 36 {
                    return Err(InvalidId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
    )+};
}

ids! {
    /// A person with an account, and the channel that shows their videos.
    UserId,
    /// One signed-in device of a user.
    SessionId,
    /// A right to register.
    InvitationId,
    /// A film and everything said about it.
    VideoId,
    /// One attempt at bringing a mezzanine in, part by part.
    UploadId,
    /// One plan of one video; the plan's hash says what it asks for.
    PlanId,
    /// A piece of work that one worker takes under a lease.
    JobId,
    /// Something that became true; consumers are idempotent by it.
    EventId,
}

/// A plan, and the video that it is of: the rows of a film are found by its video, wherever a database keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlanKey {
    /// Whose plan.
    pub video_id: VideoId,
    /// Which of them.
    pub id: PlanId,
}

/// An upload, and the video that it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UploadKey {
    /// The video.
    pub video_id: VideoId,
    /// Its upload.
    pub id: UploadId,
}

impl PlanId {
    /// This plan of that video.
    pub const fn of(self, video_id: VideoId) -> PlanKey {
        PlanKey { video_id, id: self }
    }
}

impl UploadId {
    /// This upload of that video.
    pub const fn of(self, video_id: VideoId) -> UploadKey {
        UploadKey { video_id, id: self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_trip_through_text() {
        let id = VideoId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let id = VideoId::new();
        assert_eq!(id.as_uuid().simple().to_string().parse::<VideoId>(), Err(InvalidId));
        assert_eq!("../etc".parse::<VideoId>(), Err(InvalidId));
    }

    #[test]
    fn later_ids_sort_later() {
        let ids: Vec<_> = (0..1000).map(|_| JobId::new()).collect();
        assert!(ids.is_sorted());
    }
}

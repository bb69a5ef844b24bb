//! Storage keys: an enum that owns path and media type, so that no path is ever put together elsewhere.

use object_store::path::Path;

use crate::{
    id::{UploadId, VideoId},
    media::SidecarName,
};

/// The text is not a plan's hash, a rendition's name or a part's SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a name that storage keys may hold")]
pub struct InvalidKey;

/// Where an object lies. Only ASCII letters, digits, `-`, `.` and `/` ever stand in a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StorageKey {
    /// One part of a mezzanine; the hash binds the content to the key.
    UploadPart {
        /// The video it belongs to.
        video_id: VideoId,
        /// The upload that brought it.
        upload_id: UploadId,
        /// From 1.
        number: i64,
        /// Lower-case hex.
        sha256: String,
    },
    /// The init segment of a rendition.
    Init {
        /// The video.
        video_id: VideoId,
        /// The plan's hash, lower-case hex.
        plan_hash: String,
        /// As `video-720`.
        rendition: String,
    },
    /// A media segment of a rendition.
    Segment {
        /// The video.
        video_id: VideoId,
        /// The plan's hash, lower-case hex.
        plan_hash: String,
        /// As `video-720`.
        rendition: String,
        /// The index on the segment grid, from 0.
        number: u32,
    },
    /// What is noted of a segment beside its renditions; never served.
    Record {
        /// The video.
        video_id: VideoId,
        /// The plan's hash, lower-case hex.
        plan_hash: String,
        /// The index on the segment grid, from 0.
        number: u32,
    },
    /// A sidecar of a plan.
    Sidecar {
        /// The video.
        video_id: VideoId,
        /// The plan's hash, lower-case hex.
        plan_hash: String,
        /// Which.
        name: SidecarName,
    },
    /// The poster of a plan, JPEG.
    Poster {
        /// The video.
        video_id: VideoId,
        /// The plan's hash, lower-case hex.
        plan_hash: String,
    },
    /// A track of captions, WebVTT.
    Captions {
        /// The video.
        video_id: VideoId,
        /// The plan's hash, lower-case hex.
        plan_hash: String,
        /// As `captions-eng`.
        rendition: String,
    },
}

impl StorageKey {
    /// The path below the storage's root.
    ///
    /// # Errors
    /// [`InvalidKey`] where a name or a hash holds anything but lower-case letters, digits and `-`.
    pub fn path(&self) -> Result<Path, InvalidKey> {
        Ok(Path::from(match self {
            Self::UploadPart { video_id, upload_id, number, sha256 } => {
                // Half the hash tells two contents apart; the whole makes names too long for some file systems that
                // S3 services keep their notes on.
                let sha256 = checked(sha256)?;
                let half = sha256.get(..32).unwrap_or(sha256);
                format!("videos/{video_id}/mezzanine/{upload_id}/{number:05}-{half}")
            }
            Self::Init { video_id, plan_hash, rendition } => {
                format!("videos/{video_id}/plans/{}/{}/init.mp4", checked(plan_hash)?, checked(rendition)?)
            }
            Self::Segment { video_id, plan_hash, rendition, number } => {
                format!("videos/{video_id}/plans/{}/{}/{number:05}.m4s", checked(plan_hash)?, checked(rendition)?)
            }
            Self::Record { video_id, plan_hash, number } => {
                format!("videos/{video_id}/plans/{}/record/{number:05}.bin", checked(plan_hash)?)
            }
            Self::Sidecar { video_id, plan_hash, name } => {
                format!("videos/{video_id}/plans/{}/{}", checked(plan_hash)?, name.file())
            }
            Self::Poster { video_id, plan_hash } => {
                format!("videos/{video_id}/plans/{}/poster.jpg", checked(plan_hash)?)
            }
            Self::Captions { video_id, plan_hash, rendition } => {
                format!("videos/{video_id}/plans/{}/{}.vtt", checked(plan_hash)?, checked(rendition)?)
            }
        }))
    }

    /// The media type it is served under; parts of a mezzanine are never served.
    pub const fn media_type(&self) -> &'static str {
        match self {
            Self::UploadPart { .. } | Self::Record { .. } => "application/octet-stream",
            Self::Sidecar { name, .. } => name.media_type(),
            Self::Init { .. } => "video/mp4",
            Self::Segment { .. } => "video/iso.segment",
            Self::Poster { .. } => "image/jpeg",
            Self::Captions { .. } => "text/vtt",
        }
    }

    /// Everything of a video.
    pub fn video_prefix(video_id: VideoId) -> String {
        format!("videos/{video_id}")
    }

    /// Everything of one upload.
    pub fn upload_prefix(video_id: VideoId, upload_id: UploadId) -> String {
        format!("videos/{video_id}/mezzanine/{upload_id}")
    }

    /// Everything that one plan made.
    ///
    /// # Errors
    /// [`InvalidKey`] where the hash is none.
    pub fn plan_prefix(video_id: VideoId, plan_hash: &str) -> Result<String, InvalidKey> {
        Ok(format!("videos/{video_id}/plans/{}", checked(plan_hash)?))
    }
}

fn checked(name: &str) -> Result<&str, InvalidKey> {
    let fits = !name.is_empty()
        && name.len() <= 128
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    fits.then_some(name).ok_or(InvalidKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_never_leave_its_folder() {
        for rendition in ["..", "a/b", "", "A", "video-720/../../x"] {
            let key = StorageKey::Init {
                video_id: VideoId::new(),
                plan_hash: "00ff".to_owned(),
                rendition: rendition.to_owned(),
            };
            assert_eq!(key.path(), Err(InvalidKey), "{rendition:?}");
        }
    }

    #[test]
    fn everything_of_a_video_lies_below_its_prefix() {
        let video_id = VideoId::new();
        let key = StorageKey::Segment {
            video_id,
            plan_hash: "00ff".to_owned(),
            rendition: "video-720".to_owned(),
            number: 7,
        };
        let path = key.path().unwrap().to_string();
        assert_eq!(path, format!("{}/plans/00ff/video-720/00007.m4s", StorageKey::video_prefix(video_id)));
    }
}

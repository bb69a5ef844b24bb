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
    /// The list of what a copy of the search index is made of, JSON; never served.
    IndexSnapshot {
        /// The index's format.
        format: u32,
        /// The place in the log at which it stands.
        position: i64,
        /// The list's own, lower-case hex; half of it stands in the key.
        sha256: String,
    },
    /// A file of such copies, shared by those that hold the same; never served.
    IndexPiece {
        /// The index's format.
        format: u32,
        /// The file's, lower-case hex; half of it stands in the key.
        sha256: String,
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
    /// Below it lie all copies of search indexes, of whatever format.
    pub const INDEX_PREFIX: &str = "search";

    /// The path below the storage's root.
    ///
    /// # Errors
    /// [`InvalidKey`] where a name or a hash holds anything but lower-case letters, digits and `-`.
    pub fn path(&self) -> Result<Path, InvalidKey> {
        Ok(Path::from(match self {
            Self::UploadPart { video_id, upload_id, number, sha256 } => {
                format!("videos/{video_id}/mezzanine/{upload_id}/{number:05}-{}", half(sha256)?)
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
            Self::IndexSnapshot { format, position, sha256 } => {
                format!("{}/{position:019}-{}.json", Self::index_snapshots_prefix(*format), half(sha256)?)
            }
            Self::IndexPiece { format, sha256 } => {
                format!("{}/{}", Self::index_pieces_prefix(*format), half(sha256)?)
            }
            Self::Captions { video_id, plan_hash, rendition } => {
                format!("videos/{video_id}/plans/{}/{}.vtt", checked(plan_hash)?, checked(rendition)?)
            }
        }))
    }

    /// The media type it is served under; parts of a mezzanine are never served.
    pub const fn media_type(&self) -> &'static str {
        match self {
            Self::UploadPart { .. } | Self::Record { .. } | Self::IndexPiece { .. } => "application/octet-stream",
            Self::IndexSnapshot { .. } => "application/json",
            Self::Sidecar { name, .. } => name.media_type(),
            Self::Init { .. } => "video/mp4",
            Self::Segment { .. } => "video/iso.segment",
            Self::Poster { .. } => "image/jpeg",
            Self::Captions { .. } => "text/vtt",
        }
    }

    /// All copies of search indexes of this format.
    pub fn index_snapshots_prefix(format: u32) -> String {
        format!("{}/{format:05}/snapshots", Self::INDEX_PREFIX)
    }

    /// All files of such copies.
    pub fn index_pieces_prefix(format: u32) -> String {
        format!("{}/{format:05}/pieces", Self::INDEX_PREFIX)
    }

    /// The key of the copy that lies at `path`, with the half of the hash that the path holds; `None` where it is no
    /// such path.
    pub fn index_snapshot_at(path: &str) -> Option<Self> {
        let (folder, name) = path.rsplit_once('/')?;
        let format: u32 = folder.strip_prefix("search/")?.strip_suffix("/snapshots")?.parse().ok()?;
        let (position, sha256) = name.strip_suffix(".json")?.split_once('-')?;
        let key = Self::IndexSnapshot { format, position: position.parse().ok()?, sha256: sha256.to_owned() };
        // Whatever else could be read so was not written by us.
        let is_ours = sha256.len() == HALF_HASH && key.path().is_ok_and(|own| own.as_ref() == path);
        is_ours.then_some(key)
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

/// Half a hash tells two contents apart; the whole makes names too long for some file systems that S3 services keep their
/// notes on.
const HALF_HASH: usize = 32;

fn half(sha256: &str) -> Result<&str, InvalidKey> {
    let sha256 = checked(sha256)?;
    Ok(sha256.get(..HALF_HASH).unwrap_or(sha256))
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
    fn a_copy_of_an_index_is_known_by_its_path() {
        let sha256 = "0f".repeat(32);
        let key = StorageKey::IndexSnapshot { format: 3, position: 12, sha256 };
        let path = key.path().unwrap().to_string();
        assert_eq!(path, format!("search/00003/snapshots/0000000000000000012-{}.json", "0f".repeat(16)));
        let found = StorageKey::index_snapshot_at(&path).unwrap();
        assert_eq!(found.path().unwrap().to_string(), path);
        for other in [
            "",
            "search/00003/snapshots/x",
            "search/00003/snapshots/12-0f.json",
            &path.replace("00003", "3"),
            &path.replace("0f", "0F"),
            &path.replace("-", "-../"),
            &path.replace("0000000000000000012", "-000000000000000012"),
            &format!("x/{path}"),
        ] {
            assert_eq!(StorageKey::index_snapshot_at(other), None, "{other}");
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

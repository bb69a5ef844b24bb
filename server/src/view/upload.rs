//! An upload as its owner's client sees it.

use std::collections::BTreeMap;

use mutoscope_core::{
    db::uploads,
    id::{UploadId, VideoId},
    time::UnixMs,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An upload that has begun.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UploadCreated {
    /// The upload.
    #[schema(value_type = String)]
    pub id: UploadId,
    /// The video that it brings; its state can be asked from now on.
    #[schema(value_type = String)]
    pub video_id: VideoId,
    /// Cut the file into parts of this length; the last one is what is left.
    pub part_size_bytes: i64,
    /// How many parts that are, numbered from 1.
    pub part_count: i64,
    /// Given up after this; every part moves it on.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: UnixMs,
}

/// An upload with the parts that are there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Upload {
    /// The upload.
    #[schema(value_type = String)]
    pub id: UploadId,
    /// The video that it brings.
    #[schema(value_type = String)]
    pub video_id: VideoId,
    /// As the client named it.
    pub file_name: String,
    /// The whole file.
    pub size_bytes: i64,
    /// Every part but the last.
    pub part_size_bytes: i64,
    /// How many parts, numbered from 1.
    pub part_count: i64,
    /// Given up after this; every part moves it on.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: UnixMs,
    /// The parts that are there, by number. All others are still to be sent.
    pub parts: Vec<UploadedPart>,
}

/// A part that is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UploadedPart {
    /// From 1.
    pub number: i64,
    /// Its length.
    pub size_bytes: i64,
    /// Of its content.
    pub sha256_hex: String,
}

/// Links to PUT parts to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Links {
    /// One for each part that was asked for.
    pub links: Vec<PartLink>,
}

/// A link that takes exactly one content.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartLink {
    /// The part.
    pub number: i64,
    /// PUT the part's bytes to this address.
    pub url: String,
    /// Send these headers with them, exactly so.
    pub headers: BTreeMap<String, String>,
    /// Ask for a new link after this.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: UnixMs,
}

/// The upload is complete.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UploadComplete {
    /// The video that it brought.
    #[schema(value_type = String)]
    pub video_id: VideoId,
}

impl From<&uploads::Upload> for UploadCreated {
    fn from(upload: &uploads::Upload) -> Self {
        Self {
            id: upload.id,
            video_id: upload.video_id,
            part_size_bytes: upload.part_size_bytes,
            part_count: upload.part_count,
            expires_at: upload.expires_at,
        }
    }
}

impl Upload {
    /// The upload, with those of `parts` that are stored.
    pub fn new(upload: uploads::Upload, parts: Vec<uploads::UploadPart>) -> Self {
        Self {
            id: upload.id,
            video_id: upload.video_id,
            file_name: upload.file_name,
            size_bytes: upload.size_bytes,
            part_size_bytes: upload.part_size_bytes,
            part_count: upload.part_count,
            expires_at: upload.expires_at,
            parts: parts
                .into_iter()
                .filter(|part| part.stored_at.is_some())
                .map(|part| UploadedPart { number: part.number, size_bytes: part.size_bytes, sha256_hex: part.sha256 })
                .collect(),
        }
    }
}

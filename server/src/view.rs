//! How rows become answers: view models of videos, channels and uploads.

mod hit;
mod upload;
mod video;

pub use hit::{Fragment, Highlight, SearchHit, SearchPage, Suggestion, Suggestions};
pub use upload::{Links, PartLink, Upload, UploadComplete, UploadCreated, UploadedPart};
pub use video::{Channel, ChannelRef, Failure, Privacy, Video, VideoPage, VideoState, Warning, media_path, plan_name};

pub mod account;

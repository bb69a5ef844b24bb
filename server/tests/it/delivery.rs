//! Uploads, videos, playback, search and the sweep, over HTTP, without a transcoder: the tests lay plans and make
//! segments themselves.

mod admin;
mod events;
pub mod films;
mod hostile;
mod import;
mod limits;
mod lists;
mod operation;
mod parts;
pub mod platform;
mod playback;
mod privacy;
mod routes;
mod s3;
mod search;
mod search_service;
mod sidecars;
mod strangers;
mod uploads;
mod videos;

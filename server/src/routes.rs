//! The handlers, one folder a resource; each `router()` is put in its place by [`crate::router`].

pub mod admin;
pub mod auth;
pub mod channels;
pub mod docs;
pub mod gateway;
pub mod health;
pub mod metrics;
pub mod playback;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod uploads;
pub mod users;
pub mod videos;
pub mod views;

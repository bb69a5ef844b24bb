//! The server: HTTP API, delivery and web app, and the roles of the one binary `mutoscope` put together.
//!
//! A reading list: [`config`] is what an operator may set, [`app`] what is built from it once, [`router`] every route on
//! one page, [`extract`] and [`error`] how a request comes in and how a failure goes out, [`auth`] who is asking,
//! [`commands`] the command line, [`doctor`] what is wrong with a deployment.

pub mod app;
pub mod auth;
pub mod commands;
pub mod config;
pub mod doctor;
pub mod error;
pub mod extract;
pub mod library;
pub mod listener;
pub mod middleware;
pub mod openapi;
pub mod reads;
pub mod router;
pub mod routes;
pub mod search_index;
pub mod sweeper;
pub mod telemetry;
pub mod view;
pub mod web_app;

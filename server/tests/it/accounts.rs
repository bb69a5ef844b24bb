//! Accounts, sessions and the administrator's calls, over HTTP, each on both databases; folders mirror the URLs.

mod admin;
mod auth;
mod headers;
mod me;
mod requests;
mod test_app;
mod web_app;

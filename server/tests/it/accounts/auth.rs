//! `auth/..`

mod cookies;
mod login;
mod logout;
mod password;
mod refresh;
mod register;
mod tokens;

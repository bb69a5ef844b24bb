//! Reads that may lag: lists, channels, search, other people's videos. They go to the read replica, where there is one, but
//! for whoever has written what it has not replayed yet.
//!
//! After a change the answer carries the primary's position, for a browser in a cookie, for a program in a header. Brought
//! along, it keeps its bearer from seeing an older state, whichever process is asked. A program that signs in by a header
//! and does not bring it reads from the primary.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};
use mutoscope_core::db::{
    Db, DbError,
    replica::{self, Position},
};

use crate::{app::App, middleware::peer::Peer};

/// In answers to changes, and in requests of programs that want to read from the replica.
const POSITION_HEADER: HeaderName = HeaderName::from_static("x-mutoscope-position");

const COOKIE: &str = "mutoscope_position";

/// By then every replica that answers at all has replayed it.
const COOKIE_LASTS_S: u64 = 60;

/// What the asker has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Nothing of their own.
    Nothing,
    /// Their own write, which ends here.
    Up(Position),
    /// Nobody knows: the primary answers.
    Unknown,
}

impl FromRequestParts<App> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl Seen {
    fn of(headers: &HeaderMap) -> Self {
        let told = headers.get(POSITION_HEADER).map(|value| value.to_str().unwrap_or(""));
        match told.or_else(|| cookie(headers)) {
            Some(text) => text.parse().map_or(Self::Unknown, Self::Up),
            None if headers.contains_key(header::AUTHORIZATION) => Self::Unknown,
            None => Self::Nothing,
        }
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

impl App {
    /// Runs a read that may lag: on the replica where it is far enough, else on the primary.
    pub async fn may_lag<T, F>(&self, seen: Seen, read: impl Fn(Db) -> F) -> Result<T, DbError>
    where
        F: Future<Output = Result<T, DbError>>,
    {
        let position = match seen {
            Seen::Nothing => None,
            Seen::Up(position) => Some(position),
            Seen::Unknown => return read(self.db.clone()).await,
        };
        if let Some(replica) = self.replica.as_ref().filter(|replica| replica.serves(position)) {
            match read(replica.db().clone()).await {
                Err(error) if replica::is_worth_the_primary(&error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "the replica gave no answer");
                    replica.gave_no_answer();
                }
                answer => return answer,
            }
        }
        read(self.db.clone()).await
    }
}

/// Tells whoever has changed something up to where they must be shown the log.
pub async fn tell_position(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads_only = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_secure = Peer::of(request.extensions()).secure;
    let mut response = next.run(request).await;
    if reads_only || app.replica.is_none() || !response.status().is_success() {
        return response;
    }
    let position = match replica::position(&app.db).await {
        Ok(position) => position.unwrap_or(Position::LATEST),
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "the primary's position is not known");
            Position::LATEST
        }
    };
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={position}; Path=/; HttpOnly; SameSite=Strict; Max-Age={COOKIE_LASTS_S}{secure}");
    if let (Ok(cookie), Ok(position)) = (cookie.parse(), HeaderValue::from_str(&position.to_string())) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response.headers_mut().insert(POSITION_HEADER, position);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(headers: &[(&str, &str)]) -> Seen {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        Seen::of(&map)
    }

    #[test]
    fn whoever_wrote_brings_the_position_and_a_program_without_one_reads_from_the_primary() {
        let up = Seen::Up("1/2A".parse().unwrap());
        assert_eq!(seen(&[]), Seen::Nothing);
        assert_eq!(seen(&[("cookie", "a=b; mutoscope_position=1/2A")]), up);
        assert_eq!(seen(&[("authorization", "Bearer x"), ("x-mutoscope-position", "1/2A")]), up);
        assert_eq!(seen(&[("authorization", "Bearer x")]), Seen::Unknown);
        assert_eq!(seen(&[("cookie", "mutoscope_position=soon")]), Seen::Unknown);
    }
}

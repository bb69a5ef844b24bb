//! The cookies of the web app: never readable by a script, never sent from another site.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// A request with this header and the value `cookie` gets its session as cookies.
pub const SESSION_HEADER: HeaderName = HeaderName::from_static("x-mutoscope-session");

/// The two cookies of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionCookie {
    /// The access token.
    Access,
    /// The refresh token.
    Refresh,
}

impl SessionCookie {
    /// Its name. Over TLS the prefix `__Host-` keeps other hosts and plain http from setting it (RFC 6265bis, 4.1.3.2);
    /// over plain http browsers would drop it, or Safari would drop `Secure`, so both are left out.
    pub const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Access, true) => "__Host-mutoscope_access",
            (Self::Refresh, true) => "__Host-mutoscope_refresh",
            (Self::Access, false) => "mutoscope_access",
            (Self::Refresh, false) => "mutoscope_refresh",
        }
    }

    /// Its value in a request.
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let name = self.name(secure);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// Sets it in an answer. The value must be of characters that cookies may hold: ours are base64url and dots.
    pub fn set(self, headers: &mut HeaderMap, secure: bool, value: &str, lifetime: Duration) {
        let mut text =
            format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", self.name(secure), lifetime.as_secs());
        if secure {
            text.push_str("; Secure");
        }
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            value.set_sensitive(true);
            headers.append(header::SET_COOKIE, value);
        }
    }

    /// Takes it away in an answer.
    pub fn clear(self, headers: &mut HeaderMap, secure: bool) {
        self.set(headers, secure, "", Duration::ZERO);
    }
}

/// Whether the client asks for its session as cookies.
pub fn asked_for(headers: &HeaderMap) -> bool {
    headers.get(SESSION_HEADER).is_some_and(|value| value == "cookie")
}

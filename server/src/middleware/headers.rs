//! The headers that keep a browser from doing more with an answer than it should.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use url::Url;

use super::peer::Peer;
use crate::{app::App, config::Config};

/// Puts them on every answer; what a handler has set already stays.
pub async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = Peer::of(request.extensions());
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set_default(headers, header::CONTENT_SECURITY_POLICY, app.policy.clone());
    set_default(headers, header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    set_default(headers, header::X_FRAME_OPTIONS, fixed("DENY"));
    set_default(headers, header::REFERRER_POLICY, fixed("same-origin"));
    set_default(headers, named("cross-origin-opener-policy"), fixed("same-origin"));
    set_default(headers, named("cross-origin-resource-policy"), fixed("same-origin"));
    set_default(
        headers,
        named("permissions-policy"),
        fixed("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    // What an API answers is for whoever asked, now.
    if is_api {
        set_default(headers, header::CACHE_CONTROL, fixed("no-store"));
    }
    if peer.secure {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, fixed("max-age=31536000"));
    }
    response
}

/// The content-security-policy of the platform. Inline styles are for the player's controls; everything else is our own
/// files. Uploads and, later, media may go to the storage's public address. hls.js gives each track of captions that it
/// makes an empty file in a `data:` address before it fills it.
pub fn policy(config: &Config) -> HeaderValue {
    let storage = config.storage_public_origin().unwrap_or_default();
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         media-src 'self' blob: data:; connect-src 'self'{storage}; worker-src 'self' blob:; font-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| fixed("default-src 'none'"))
}

impl Config {
    /// The origin browsers upload to, after a space; `None` where that is this server.
    fn storage_public_origin(&self) -> Option<String> {
        let mutoscope_core::store::StoreSettings::S3(s3) = &self.storage else {
            return None;
        };
        let endpoint = s3.public_endpoint.as_deref().or(s3.endpoint.as_deref());
        let origin = match endpoint {
            Some(endpoint) => Url::parse(endpoint).ok()?.origin().ascii_serialization(),
            None => format!("https://s3.{}.amazonaws.com", s3.region),
        };
        Some(format!(" {origin}"))
    }
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

fn fixed(value: &'static str) -> HeaderValue {
    HeaderValue::from_static(value)
}

fn named(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Sources};

    fn connects_to(flags: &[(&'static str, &str)]) -> String {
        let flags = flags.iter().map(|(key, value)| (*key, "--test", (*value).to_owned())).collect();
        let config = config::load(&Sources { flags, ..Sources::default() }).unwrap();
        let policy = policy(&config);
        let text = policy.to_str().unwrap();
        let (_, after) = text.split_once("connect-src ").unwrap();
        after.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn pages_may_reach_this_server_and_the_storage_that_takes_uploads() {
        assert_eq!(connects_to(&[]), "'self'");
        let bucket = [("storage.url", "s3://films"), ("storage.access_key", "a"), ("storage.secret_key", "b")];
        assert_eq!(connects_to(&bucket), "'self' https://s3.us-east-1.amazonaws.com");
        let own = [("storage.endpoint", "http://10.0.0.9:9000"), ("storage.public_endpoint", "https://s3.example.org")];
        assert_eq!(connects_to(&[&bucket[..], &own[..1]].concat()), "'self' http://10.0.0.9:9000");
        assert_eq!(connects_to(&[&bucket[..], &own[..]].concat()), "'self' https://s3.example.org");
    }
}

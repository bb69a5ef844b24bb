//! The server's own signed links: one part, one content, for some minutes.

use axum::http::{Extensions, HeaderMap, header};
use mutoscope_core::{id::UploadId, time::UnixMs};
use serde::Deserialize;
use url::Url;
use utoipa::IntoParams;

use crate::{
    app::App,
    auth::keys::{KeySet, Purpose},
    error::{ApiError, ApiResult, Code},
    middleware::peer::Peer,
};

/// What a link is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub upload_id: UploadId,
    pub number: i64,
    /// Lower-case hex.
    pub sha256: String,
    pub expires_at_ms: i64,
}

/// What stands behind the question mark of a link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Signed {
    /// The SHA-256 of the only content that the link takes.
    pub sha256: String,
    /// Unix milliseconds.
    pub expires: i64,
    /// Names the signing key.
    pub key: String,
    /// HMAC-SHA-256 in hex.
    pub signature: String,
}

impl Part {
    /// Path and query of a link, below the server's address.
    pub fn sign(&self, keys: &KeySet) -> String {
        let (key, tag) = keys.tag(Purpose::UploadLink, &self.message());
        format!(
            "/api/v1/uploads/{}/parts/{}?sha256={}&expires={}&key={key}&signature={}",
            self.upload_id,
            self.number,
            self.sha256,
            self.expires_at_ms,
            hex::encode(tag)
        )
    }

    /// The part that the link is good for now.
    ///
    /// # Errors
    /// [`Code::LinkInvalid`] where we did not sign it so, [`Code::LinkExpired`] where its time is over.
    pub fn verify(upload_id: UploadId, number: i64, signed: Signed, keys: &KeySet) -> ApiResult<Self> {
        let part = Self { upload_id, number, sha256: signed.sha256, expires_at_ms: signed.expires };
        let tag = hex::decode(&signed.signature).unwrap_or_default();
        if !keys.tag_fits(&signed.key, Purpose::UploadLink, &part.message(), &tag) {
            return Err(ApiError::new(Code::LinkInvalid, "use the link unchanged, or ask for a new one"));
        }
        if part.expires_at_ms < UnixMs::now().0 {
            return Err(ApiError::new(Code::LinkExpired, "the link's time is over; ask for a new one"));
        }
        Ok(part)
    }

    fn message(&self) -> Vec<u8> {
        format!("{}\n{}\n{}\n{}", self.upload_id, self.number, self.sha256, self.expires_at_ms).into_bytes()
    }
}

/// The 32 bytes that 64 lower-case hexadecimal digits stand for.
pub(super) fn sha256_bytes(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// What stands before the path: the address people type; else that of the page that asks; else the one that was asked.
pub(super) fn base(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    if let Some(url) = &app.config.network.public_url {
        return url.origin().ascii_serialization();
    }
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = said(header::ORIGIN).and_then(|origin| Url::parse(origin).ok());
    if let Some(origin) = origin.filter(|url| matches!(url.scheme(), "http" | "https")) {
        return origin.origin().ascii_serialization();
    }
    let scheme = if Peer::of(extensions).secure { "https" } else { "http" };
    let asked = said(header::HOST).and_then(|host| Url::parse(&format!("{scheme}://{host}")).ok());
    // Without a host the link is a path: whoever speaks HTTP/1.0 knows whom it spoke to.
    asked.map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

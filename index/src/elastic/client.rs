//! Requests to the service: JSON there and back, each with a time-out, each answer with a largest size.

use std::time::Duration;

use reqwest::{Method, redirect::Policy};
use serde_json::Value;
use url::Url;

use super::{
    error::ElasticFault,
    settings::{ElasticSettings, ElasticSettingsError},
};

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// A search that takes longer has no reader left.
pub const SEARCH_WITHIN: Duration = Duration::from_secs(5);
/// Small reads and writes.
pub const ASK_WITHIN: Duration = Duration::from_secs(5);
/// Batches, new indexes, refreshes.
pub const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// A page of the longest documents is smaller.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Speaks to one service.
pub struct Client {
    http: reqwest::Client,
    root: Url,
    login: Option<(String, String)>,
}

/// A request.
#[derive(Debug)]
pub struct Call<'a> {
    pub method: Method,
    /// Below the service's address, each part as it is.
    pub path: &'a [&'a str],
    pub parameters: &'a [(&'a str, &'a str)],
    pub body: Body,
    pub within: Duration,
}

/// What goes with it.
#[derive(Debug)]
pub enum Body {
    None,
    Json(Value),
    /// JSON, one a line.
    Lines(String),
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("root", &self.root.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for what the settings name.
    pub fn open(settings: ElasticSettings) -> Result<Self, ElasticSettingsError> {
        if !matches!(settings.url.scheme(), "http" | "https") || settings.url.cannot_be_a_base() {
            return Err(ElasticSettingsError::Address);
        }
        let mut builder =
            reqwest::Client::builder().connect_timeout(CONNECT_WITHIN).redirect(Policy::none()).no_proxy();
        if let Some(pem) = &settings.ca_pem {
            let certificates =
                reqwest::Certificate::from_pem_bundle(pem).map_err(ElasticSettingsError::Certificates)?;
            if certificates.is_empty() {
                return Err(ElasticSettingsError::NoCertificates);
            }
            builder = builder.tls_certs_only(certificates);
        }
        let http = builder.build().map_err(ElasticSettingsError::Client)?;
        Ok(Self { http, root: settings.url, login: settings.login })
    }

    /// Sends the request; whatever status is answered comes back.
    pub async fn send(&self, call: Call<'_>) -> Result<Answer, ElasticFault> {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(call.path);
        }
        if !call.parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(call.parameters);
        }
        let mut request = self.http.request(call.method, url).timeout(call.within);
        if let Some((user, password)) = &self.login {
            request = request.basic_auth(user, Some(password));
        }
        request = match call.body {
            Body::None => request,
            Body::Json(body) => request.json(&body),
            Body::Lines(lines) => request.header("content-type", "application/x-ndjson").body(lines),
        };
        let mut response = request.send().await.map_err(ElasticFault::Away)?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(ElasticFault::Away)? {
            if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(ElasticFault::Answer("it is too long"));
            }
            bytes.extend_from_slice(&chunk);
        }
        // A gateway's error page is no JSON; its status says enough.
        let body = match serde_json::from_slice(&bytes) {
            Ok(body) => body,
            Err(_) if !(200..300).contains(&status) => Value::Null,
            Err(error) => return Err(error.into()),
        };
        Ok(Answer { status, body })
    }

    /// Sends the request; what is no success is a fault.
    pub async fn ask(&self, call: Call<'_>) -> Result<Value, ElasticFault> {
        let answer = self.send(call).await?;
        if answer.is_success() { Ok(answer.body) } else { Err(answer.into_fault()) }
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What a status that is no success means.
    pub fn into_fault(self) -> ElasticFault {
        fault(self.status, &self.body["error"])
    }
}

/// What the service means by a status and an error, of a request or of one line of a batch.
pub fn fault(status: u16, error: &Value) -> ElasticFault {
    let text = |value: &Value| value.as_str().unwrap_or_default().chars().take(300).collect::<String>();
    let kind = text(&error["type"]);
    match status {
        // A full disk makes indexes read-only by a block, which has the status of a lack of rights.
        403 if kind == "cluster_block_exception" => ElasticFault::Unable { status, kind },
        401 | 403 => ElasticFault::Login(status),
        404 if kind == "index_not_found_exception" => ElasticFault::NoIndex,
        300..=399 => ElasticFault::Answer("it sends us elsewhere"),
        409 => ElasticFault::Conflict,
        408 | 429 | 500.. => ElasticFault::Unable { status, kind },
        _ => ElasticFault::Refused { status, kind, reason: text(&error["reason"]) },
    }
}

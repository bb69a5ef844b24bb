//! Settings of traces: off until a collector is named.

use url::Url;

use super::reader::Reader;

/// Where traces go, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetrySettings {
    /// The collector, without the path of traces.
    pub otlp_endpoint: Url,
    /// Of a hundred uploads and requests, so many are traced.
    pub sample_percent: u64,
}

/// `None`: nothing is traced.
pub(super) fn read(reader: &mut Reader) -> Option<TelemetrySettings> {
    let sample_percent = reader.number("telemetry.sample_percent", 1..=100).unwrap_or(100);
    let otlp_endpoint = reader.take_one("telemetry.otlp_endpoint", endpoint)?;
    Some(TelemetrySettings { otlp_endpoint, sample_percent })
}

fn endpoint(text: &str) -> Result<Url, String> {
    let wrong = || "write the address of a collector that takes OTLP over HTTP, as http://127.0.0.1:4318".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let fits = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.query().is_none();
    if fits { Ok(url) } else { Err(wrong()) }
}

//! Traces: our own spans go to a collector by OTLP. The one door to OpenTelemetry.

use std::time::Duration;

use mutoscope_core::trace::{self, TraceParent};
use opentelemetry::{
    Context, KeyValue,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider},
};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::{Span, Subscriber, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use crate::config::TelemetrySettings;

/// The collector must have taken a bundle of spans by then.
const TAKEN_WITHIN: Duration = Duration::from_secs(5);
/// What waits at the end is sent within this, or lost.
const LAST_WITHIN: Duration = Duration::from_secs(2);

/// Where our spans come from. Those of other libraries would trace the sending itself, too.
const OURS: [&str; 4] = ["mutoscope_server", "mutoscope_core", "mutoscope_transcoder", "mutoscope_index"];

/// Sends spans until it is closed.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Nothing is sent yet: the collector may be away.
    ///
    /// # Errors
    /// Where no client can be made of the address.
    pub fn open(settings: &TelemetrySettings) -> Result<Self, ExporterBuildError> {
        let base = settings.otlp_endpoint.as_str().trim_end_matches('/');
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{base}/v1/traces"))
            .with_timeout(TAKEN_WITHIN)
            .build()?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder_empty().with_service_name("mutoscope").with_attribute(version).build();
        let share = settings.sample_percent as f64 / 100.0;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share))))
            .with_resource(resource)
            .build();
        Ok(Self { provider })
    }

    /// What takes spans from the log; from now on they have places in traces.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        trace::set_tracer(Box::new(Places));
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(self.provider.tracer("mutoscope"))
            .with_filter(Targets::new().with_targets(OURS.map(|name| (name, LevelFilter::INFO))))
    }

    /// Sends what waits.
    pub async fn close(self) {
        let closed = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(LAST_WITHIN)).await;
        match closed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = &error as &dyn std::error::Error, "the last spans are lost"),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the last spans are lost"),
        }
    }
}

/// Between our words for a place in a trace and OpenTelemetry's.
struct Places;

impl trace::Tracer for Places {
    fn adopt(&self, span: &Span, parent: &TraceParent) {
        let Some(parent) = context_of(parent) else { return };
        if let Err(error) = span.set_parent(Context::new().with_remote_span_context(parent)) {
            tracing::debug!(error = &error as &dyn std::error::Error, "a span begins a trace of its own");
        }
    }

    fn place(&self, span: &Span) -> Option<TraceParent> {
        let context = span.context();
        let place = context.span().span_context().clone();
        let flags = place.trace_flags().to_u8();
        let text = format!("00-{}-{}-{flags:02x}", place.trace_id(), place.span_id());
        place.is_valid().then(|| text.parse().ok()).flatten()
    }
}

fn context_of(parent: &TraceParent) -> Option<SpanContext> {
    let mut parts = parent.as_str().split('-').skip(1);
    let trace = TraceId::from_hex(parts.next()?).ok()?;
    let span = SpanId::from_hex(parts.next()?).ok()?;
    let flags = TraceFlags::new(u8::from_str_radix(parts.next()?, 16).ok()?);
    Some(SpanContext::new(trace, span, flags, true, TraceState::default()))
}

//! A film's trace, from the request that completes its upload over its plan to its last segment, as a collector gets it.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value::Value as Attribute, trace::v1::Span,
};
use prost::Message;
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpListener;

use crate::{
    gateway::{
        nginx::free_port,
        role::{Running, wait_until_ready},
    },
    whole_way::{client::Client, film},
};

/// What a collector has received; each message as it came.
type Received = Arc<Mutex<Vec<Span>>>;

/// A collector on loopback that takes OTLP over HTTP.
async fn collector() -> (String, Received) {
    let received = Received::default();
    let take = async |State(received): State<Received>, body: Bytes| {
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        received.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
    };
    let app = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&received));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    // Ends with the test's runtime.
    drop(tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }));
    (address, received)
}

/// A span's attributes that are texts.
fn texts(span: &Span) -> BTreeMap<&str, &str> {
    let texts = span.attributes.iter().filter_map(|attribute| match &attribute.value.as_ref()?.value {
        Some(Attribute::StringValue(text)) => Some((attribute.key.as_str(), text.as_str())),
        _ => None,
    });
    texts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_films_trace_goes_from_its_upload_over_its_plan_to_its_segments() {
    let (collector, received) = collector().await;
    let folder = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let process = Command::new(env!("CARGO_BIN_EXE_mutoscope"))
        .args(["run", "--listen", &address, "--data"])
        .arg(folder.path().join("data"))
        .env_clear()
        .env("MUTOSCOPE_TELEMETRY_OTLP_ENDPOINT", &collector)
        // Spans are for traces, whatever the log takes.
        .env("MUTOSCOPE_LOG_LEVEL", "error")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut process = Running(process);
    wait_until_ready(&address).await;
    let owner = Client::new(&format!("http://{address}")).register("edith").await;
    let bytes = film::make(folder.path(), 320, 180, 2);
    let id = owner.upload("reel.mp4", "The praxinoscope", &bytes).await;
    owner.video_when(&id, |video| video["state"] == "ready").await;
    kill_process(Pid::from_child(&process.0), Signal::TERM).unwrap();
    // What waits is sent before it ends.
    let status = tokio::task::spawn_blocking(move || process.wait()).await.unwrap();
    assert!(status.success());

    let spans = received.lock().unwrap().clone();
    let complete = spans.iter().find(|span| span.name == "request" && texts(span)["http.path"].ends_with("/complete"));
    let complete = complete.expect("the request that completes the upload");
    let jobs: Vec<&Span> = spans.iter().filter(|span| span.name == "job").collect();
    assert!(jobs.iter().all(|job| texts(job)["video.id"] == id && texts(job).contains_key("job.id")));
    let of_kind = |kind: &str| jobs.iter().filter(|job| texts(job)["job.kind"] == kind).copied().collect::<Vec<_>>();
    let plans = of_kind("plan");
    assert_eq!(plans.len(), 1);
    assert_eq!((&plans[0].trace_id, &plans[0].parent_span_id), (&complete.trace_id, &complete.span_id));
    let made = of_kind("span");
    assert!(!made.is_empty());
    for job in made {
        assert_eq!((&job.trace_id, &job.parent_span_id), (&complete.trace_id, &plans[0].span_id));
        assert!(job.end_time_unix_nano > job.start_time_unix_nano);
    }
    // Requests are traces of their own, and nothing of other libraries is in them.
    let registered =
        spans.iter().find(|span| span.name == "request" && texts(span)["http.path"].ends_with("/register"));
    assert_ne!(registered.unwrap().trace_id, complete.trace_id);
    assert!(
        spans.iter().all(|span| span.name == "request" || span.name == "job"),
        "{:?}",
        spans.iter().map(|span| &span.name).collect::<Vec<_>>()
    );
}

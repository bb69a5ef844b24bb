//! docs/metrics.md, what a platform that has done something says on /metrics, alerts and dashboard: one list of names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    delivery::{films::planned, platform::Platform},
    gateway::nginx::root,
};

/// There from the start on, or from the first request.
const ALWAYS: [&str; 14] = [
    "mutoscope_http_request_duration_seconds",
    "mutoscope_errors_total",
    "mutoscope_jobs",
    "mutoscope_queue_length",
    "mutoscope_oldest_job_age_seconds",
    "mutoscope_unplaced_events",
    "mutoscope_log_end",
    "mutoscope_open_uploads",
    "mutoscope_failed_videos",
    "mutoscope_garbage_prefixes",
    "mutoscope_search_lag_events",
    "mutoscope_search_documents",
    "process_resident_memory_bytes",
    "mutoscope_build_info",
];

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The documents' table: name, with its type and labels.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let text = read("docs/metrics.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (name, rest) = row.split_once('`').unwrap();
        let (name, labels) = name.split_once('{').unwrap_or((name, ""));
        let labels = labels.trim_end_matches('}').split(',').filter(|label| !label.is_empty()).map(str::to_owned);
        let kind = rest.split('|').nth(1).unwrap().trim();
        (name.to_owned(), (kind.to_owned(), labels.collect()))
    })
    .collect()
}

/// Names of ours in a text, without what Prometheus puts after a histogram's.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| word.starts_with("mutoscope_") || word.starts_with("process_"));
    ours.map(|word| {
        let ends = ["_bucket", "_count", "_sum"];
        ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).to_owned()
    })
    .collect()
}

#[tokio::test]
async fn what_metrics_says_is_what_the_documents_list() {
    let documented = documented();
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make_all(&platform).await;
    let playlist = format!("{}/media/{}/index.m3u8", film.address, &film.hash[..32]);
    ann.get(&playlist).await.expect(reqwest::StatusCode::OK);
    ann.get(&playlist.replace("index.m3u8", "video-360/00000.m4s")).await.expect(reqwest::StatusCode::OK);
    ann.get("/api/v1/videos/none").await.refused(404, "not_found");
    let text = String::from_utf8(ann.get("/metrics").await.body.to_vec()).unwrap();

    let mut met = BTreeSet::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        let (listed, _) = documented.get(name).unwrap_or_else(|| panic!("docs/metrics.md does not list {name}"));
        assert_eq!(listed, kind, "{name}");
        met.insert(name.to_owned());
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, labels)) = line.split_once('{') else { continue };
        let name = named(name).into_iter().next().unwrap();
        for label in labels.split('}').next().unwrap().split("\",").map(|label| label.split('=').next().unwrap()) {
            assert!(label == "le" || documented[&name].1.contains(label), "{name}: the label {label}");
        }
    }
    for name in ALWAYS {
        assert!(met.contains(name), "{name} is not there\n{text}");
    }
    for name in ["mutoscope_media_bytes_total", "mutoscope_segment_wait_seconds"] {
        assert!(met.contains(name), "{name} is not there after a film was played");
    }
    platform.stop().await;
}

#[test]
fn alerts_and_dashboard_ask_for_measures_that_there_are() {
    let documented: BTreeSet<String> = documented().into_keys().collect();
    let alerts = read("deploy/prometheus/alerts.yml");
    let expressions: Vec<&str> = alerts.split("expr:").skip(1).collect();
    assert_eq!(expressions.len(), alerts.matches("- alert:").count());
    assert_eq!(expressions.len(), alerts.matches("summary:").count());
    assert_eq!(expressions.len(), alerts.matches("action:").count());
    let dashboard: Value = serde_json::from_str(&read("deploy/grafana/dashboards/mutoscope.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let shown: String = targets.map(|target| format!("{} ", target["expr"].as_str().unwrap())).collect();
    for (place, text) in [("alerts.yml", &alerts), ("the dashboard", &shown)] {
        let asked = named(text);
        assert!(asked.len() >= 6, "{place}: {asked:?}");
        let unknown: Vec<&String> = asked.difference(&documented).collect();
        assert!(unknown.is_empty(), "{place} asks for {unknown:?}");
    }
    // Whoever looks at the dashboard sees them all.
    let unseen: Vec<String> = documented.difference(&named(&shown)).cloned().collect();
    assert_eq!(unseen, ["mutoscope_build_info", "mutoscope_replica_behind_seconds", "mutoscope_search_documents"]);
}

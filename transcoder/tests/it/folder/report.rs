//! `report.json` is what `schema/report.json` says, field by field.

use std::path::Path;

use serde_json::Value;

use mutoscope_transcoder::plan::CarryOver;

use super::{ffprobe, run, settings};
use crate::support::Films;

#[tokio::test(flavor = "multi_thread")]
async fn the_report_is_what_its_schema_says() {
    let films = Films::new();
    let film = films.sample("a.mp4", "320x240", "25", 3);
    let out = tempfile::tempdir().unwrap();
    let settings = settings(&film, &out.path().join("out"));
    run(&settings).await.unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/report.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let report: Value = serde_json::from_slice(&std::fs::read(settings.out.join("report.json")).unwrap()).unwrap();
    assert_eq!(faults(&schema, &report, "report"), Vec::<String>::new());

    let mut altered = report.clone();
    altered["renditions"][0]["segments"][0]["sha256"] = "no hash".into();
    altered["wall"] = 1.into();
    assert_eq!(faults(&schema, &altered, "report").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_film_that_is_carried_over_says_so_and_the_folder_plays() {
    let films = Films::new();
    let film = crate::carry::fit_film(&films, "a.mp4");
    let out = tempfile::tempdir().unwrap();
    let mut settings = settings(&film, &out.path().join("out"));
    settings.plan.carry_over = CarryOver::Also;
    let (report, _) = run(&settings).await.unwrap();
    let carried: Vec<_> =
        report.renditions.iter().map(|rendition| (&rendition.name[..], rendition.carried_over)).collect();
    assert_eq!(carried, [("video-360", true), ("video-240", false), ("audio", true)]);
    assert!(report.plan.carrying.iter().all(|stream| stream.carried_over && stream.code == "carried"));
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/report.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let written: Value = serde_json::from_slice(&std::fs::read(settings.out.join("report.json")).unwrap()).unwrap();
    assert_eq!(faults(&schema, &written, "report"), Vec::<String>::new());
    for playlist in ["video-360/index.m3u8", "video-240/index.m3u8"] {
        let entries = "-count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0";
        assert_eq!(ffprobe(&settings.out.join(playlist), entries).lines().next(), Some("325"), "{playlist}");
    }
    for index in ["index.m3u8", "index.mpd"] {
        let streams = ffprobe(&settings.out.join(index), "-show_entries stream=codec_name,width,height -of csv=p=0");
        for part in ["h264,640,360", "h264,426,240", "aac"] {
            assert!(streams.contains(part), "{index}: {streams}");
        }
    }
}

/// What the schema has against a report that was written.
pub fn faults_of(folder: &Path) -> Vec<String> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/report.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let report: Value = serde_json::from_slice(&std::fs::read(folder.join("report.json")).unwrap()).unwrap();
    faults(&schema, &report, "report")
}

/// The part of JSON Schema 2020-12 that our schemas use.
fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().filter(|choice| faults(choice, value, at).is_empty()).count();
        return if fitting == 1 { Vec::new() } else { vec![format!("{at} fits {fitting} of the choices")] };
    }
    let mut found = Vec::new();
    if let Some(only) = schema.get("const")
        && only != value
    {
        found.push(format!("{at} is not {only}"));
    }
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        found.push(format!("{at} is none of {choices:?}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| is_of_type(value, name)) {
        found.push(format!("{at} is none of {types:?}"));
    }
    if schema["pattern"] == "^[0-9a-f]{64}$"
        && !value.as_str().is_some_and(|text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        found.push(format!("{at} is no hash"));
    }
    if let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                found.push(format!("{at}.{name} is missing"));
            }
        }
        for (name, value) in object {
            match properties.get(name) {
                Some(schema) => found.extend(faults(schema, value, &format!("{at}.{name}"))),
                None => found.push(format!("{at}.{name} is not in the schema")),
            }
        }
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(faults(&schema["items"], item, &format!("{at}[{n}]")));
    }
    found
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

//! `report.json` is what `schema/report.json` says, field by field.

use std::path::Path;

use serde_json::Value;

use super::{run, settings};
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

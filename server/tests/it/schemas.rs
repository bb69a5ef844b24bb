//! What lies in `schema/` is what the code says.

use mutoscope_server::{error, openapi};

const OPENAPI: &str = include_str!("../../../schema/openapi.json");
const ERRORS: &str = include_str!("../../../schema/errors.json");

#[test]
fn the_description_of_the_api_is_up_to_date() {
    let made = openapi::text().unwrap();
    assert!(made == OPENAPI, "run: mutoscope openapi > schema/openapi.json");
    let document: serde_json::Value = serde_json::from_str(&made).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn every_error_code_is_listed_once() {
    assert!(error::listing() == ERRORS, "run: mutoscope openapi --errors > schema/errors.json");
    let mut codes: Vec<&str> = error::Code::ALL.iter().map(|code| code.as_str()).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

#[test]
fn every_warning_is_explained_in_the_documents() {
    let documents = include_str!("../../../docs/api.md");
    for kind in mutoscope_transcoder::error::WARNINGS {
        assert!(documents.contains(&format!("\n| `{}` | ", kind.code)), "{}", kind.code);
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    let document: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a local reference");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a serde_json::Value, found: &mut Vec<&'a str>) {
    match value {
        serde_json::Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(|reference| reference.as_str()));
            fields.values().for_each(|value| collect(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

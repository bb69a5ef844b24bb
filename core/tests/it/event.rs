//! The golden events: what we write is what `schema/events/examples` shows, and we read it back.

use std::{fs, path::PathBuf};

use mutoscope_core::{
    event::{self, Body, DeadLetter, Event, Reason, What},
    id::{EventId, PlanId, VideoId},
    time::UnixMs,
};
use uuid::Uuid;

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schema/events/examples")
}

fn one_of_each() -> Vec<(&'static str, Event)> {
    let plan_id = PlanId::from_uuid(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0003));
    [
        ("upload_completed", What::UploadCompleted { attempt: 1 }),
        ("video_planned", What::VideoPlanned { plan_id }),
        ("video_ready", What::VideoReady { plan_id }),
        ("video_failed", What::VideoFailed { code: "not_media".to_owned() }),
        ("video_changed", What::VideoChanged),
        ("video_deleted", What::VideoDeleted),
        ("spans_planned", What::SpansPlanned { plan_id }),
    ]
    .into_iter()
    .map(|(name, what)| {
        let event = Event {
            id: EventId::from_uuid(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001)),
            what,
            version: 1,
            occurred_at: UnixMs(1_700_000_000_123),
            video_id: VideoId::from_uuid(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0002)),
        };
        (name, event)
    })
    .collect()
}

#[test]
fn every_kind_of_event_is_written_and_read_as_its_golden_example() {
    let mut names = Vec::new();
    for (name, event) in one_of_each() {
        let file = examples().join(format!("{name}.v1.json"));
        let text = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{name} has an example"));
        let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), golden, "written: {name}");
        assert_eq!(event::read(text.as_bytes()).unwrap(), event, "read: {name}");
        names.push(format!("{name}.v1.json"));
    }
    names.push("dead_letter.v1.json".to_owned());
    let mut there: Vec<String> =
        fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    names.sort();
    assert_eq!(there, names, "no example without an event");
}

#[test]
fn a_dead_letter_is_written_and_read_as_its_golden_example() {
    let text = fs::read_to_string(examples().join("dead_letter.v1.json")).unwrap();
    let message = "version 2 of video_ready events is not known to this version".to_owned();
    let body = br#"{"type":"video_ready","version":2}"#;
    let place = ("mutoscope.videos.v1", 3, 1702);
    let new = DeadLetter::new("mutoscope.transcode", place.0, place.1, place.2, Reason::UnknownVersion, message, body);
    assert_eq!(new.id, DeadLetter::new("mutoscope.transcode", place.0, 3, 1702, Reason::Failed, String::new(), b"").id);
    let letter = DeadLetter {
        id: EventId::from_uuid(Uuid::from_u128(0x0192_0000_0000_8000_8000_0000_0000_0004)),
        occurred_at: UnixMs(1_700_000_000_123),
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        ..new
    };
    let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(&letter).unwrap(), golden);
    assert_eq!(serde_json::from_str::<DeadLetter>(&text).unwrap(), letter);
}

#[test]
fn any_bytes_of_a_dead_letter_come_back() {
    for bytes in [&b"{}"[..], b"", b"\xff\x00\xfe"] {
        let body = Body::of(bytes);
        let text = serde_json::to_string(&DeadLetter {
            body,
            ..DeadLetter::new("c", "t", 0, 1, Reason::Malformed, String::new(), b"")
        });
        let read: DeadLetter = serde_json::from_str(&text.unwrap()).unwrap();
        assert_eq!(read.body.bytes().unwrap(), bytes);
    }
}

//! The golden events: what we write is what `schema/events/examples` shows, and we read it back.

use std::{fs, path::PathBuf};

use mutoscope_core::{
    event::{Event, What},
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
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "read: {name}");
        names.push(format!("{name}.v1.json"));
    }
    let mut there: Vec<String> =
        fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    names.sort();
    assert_eq!(there, names, "no example without an event");
}

//! What travels beside an event: its place, its id, its trace.

use rdkafka::message::{BorrowedMessage, Header, Headers, Message, OwnedHeaders};

use crate::{
    bus::{Delivery, Placed, Source},
    db::outbox::Row,
    event,
    trace::TraceParent,
};

/// The place in the log, in decimal.
const POSITION: &str = "position";
const EVENT_ID: &str = "event-id";
const TRACEPARENT: &str = "traceparent";
/// The dead letter that a message came back from.
const REPLAYED: &str = "replayed-from";

/// Of an event that the relay sends.
pub(super) fn of_row(row: &Row) -> OwnedHeaders {
    let headers = OwnedHeaders::new()
        .insert(Header { key: POSITION, value: Some(&row.position.to_string()) })
        .insert(Header { key: EVENT_ID, value: Some(&row.id.to_string()) });
    with_trace(headers, row.traceparent.as_deref())
}

/// Of a message that comes back from the dead letters. It has no place: who follows has passed it by.
pub(super) fn of_replayed(letter: &event::DeadLetter) -> OwnedHeaders {
    let headers = OwnedHeaders::new().insert(Header { key: REPLAYED, value: Some(&letter.id.to_string()) });
    with_trace(headers, letter.traceparent.as_deref())
}

/// The message with its place; `None` where it has none: whoever wrote it, no relay did.
pub(super) fn placed(message: &BorrowedMessage<'_>) -> Option<Placed> {
    let position = header(message, POSITION)?.parse().ok()?;
    let video_id = std::str::from_utf8(message.key()?).ok()?.parse().ok()?;
    Some(Placed { position, video_id, event: event::read(message.payload().unwrap_or_default()) })
}

/// The message as a member gets it.
pub(super) fn delivery(message: &BorrowedMessage<'_>) -> Delivery {
    let body = message.payload().unwrap_or_default();
    Delivery {
        source: Source { topic: message.topic().to_owned(), partition: message.partition(), offset: message.offset() },
        event: event::read(body),
        body: body.to_vec(),
        traceparent: header(message, TRACEPARENT).and_then(|text| text.parse::<TraceParent>().ok()),
    }
}

fn with_trace(headers: OwnedHeaders, traceparent: Option<&str>) -> OwnedHeaders {
    match traceparent {
        Some(traceparent) => headers.insert(Header { key: TRACEPARENT, value: Some(traceparent) }),
        None => headers,
    }
}

fn header<'a>(message: &'a BorrowedMessage<'_>, key: &str) -> Option<&'a str> {
    let found = message.headers()?.iter().find(|header| header.key == key)?;
    std::str::from_utf8(found.value?).ok()
}

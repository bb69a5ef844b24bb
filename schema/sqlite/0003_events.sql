-- Events through Kafka: how far the relay has come, what consumers have taken in, and what they could not.

ALTER TABLE outbox ADD COLUMN traceparent TEXT;  -- of the work that wrote it (W3C Trace Context); NULL: not traced

-- How far Kafka's partitions were filled when every event up to the position was there: who follows begins there.
CREATE TABLE relay_marks (
    position INTEGER PRIMARY KEY,
    offsets TEXT NOT NULL                   -- JSON: [[topic, partition, next offset], ..]
) STRICT;

-- What a consumer's effects were made of: an event that comes again has none.
CREATE TABLE inbox (
    consumer TEXT NOT NULL,
    event_id BLOB NOT NULL,
    taken_at_ms INTEGER NOT NULL,
    PRIMARY KEY (consumer, event_id)
) STRICT;
CREATE INDEX inbox_by_age ON inbox (taken_at_ms);

-- What a consumer of the embedded log could not take in.
CREATE TABLE dead_letters (
    id BLOB PRIMARY KEY,
    body TEXT NOT NULL,                     -- JSON, as schema/events says
    buried_at_ms INTEGER NOT NULL
) STRICT;

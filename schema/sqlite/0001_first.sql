-- Ids are UUIDv7; instants are Unix milliseconds (..._at_ms); sizes are bytes. The PostgreSQL twin has the same columns.

CREATE TABLE users (
    id BLOB PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL CONSTRAINT users_username_key UNIQUE, -- folded; also the channel's handle
    email TEXT NOT NULL,
    email_key TEXT NOT NULL CONSTRAINT users_email_key UNIQUE,
    display_name TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    quota_bytes INTEGER,                     -- NULL: the setting decides
    created_at_ms INTEGER NOT NULL,
    password_changed_at_ms INTEGER NOT NULL,
    blocked_at_ms INTEGER
) STRICT;

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    refresh_sha256 TEXT NOT NULL CONSTRAINT sessions_refresh_sha256 UNIQUE,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    last_used_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, last_used_at_ms);

-- A refresh token that comes back after it was exchanged was stolen: its session ends.
CREATE TABLE spent_refresh_tokens (
    sha256 TEXT PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    spent_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX spent_refresh_tokens_by_session ON spent_refresh_tokens (session_id);

CREATE TABLE invitations (
    id BLOB PRIMARY KEY,
    code_sha256 TEXT NOT NULL CONSTRAINT invitations_code_sha256 UNIQUE,
    note TEXT NOT NULL,
    created_by BLOB REFERENCES users (id) ON DELETE SET NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_by BLOB REFERENCES users (id) ON DELETE SET NULL,
    used_at_ms INTEGER,
    revoked_at_ms INTEGER
) STRICT;

CREATE TABLE videos (
    id BLOB PRIMARY KEY,
    owner_id BLOB NOT NULL REFERENCES users (id),
    upload_id BLOB NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    tags TEXT NOT NULL,                      -- JSON array of strings
    privacy TEXT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    completed_at_ms INTEGER,                 -- the mezzanine is whole
    plan_id BLOB,                            -- the plan that is served
    probe_report TEXT,                       -- JSON
    duration_ms INTEGER,
    width INTEGER,                           -- as displayed
    height INTEGER,
    attempt INTEGER NOT NULL DEFAULT 1,      -- grows with every retry
    failed_at_ms INTEGER,
    failure_code TEXT,
    failure_message TEXT,
    views INTEGER NOT NULL DEFAULT 0,
    published_at_ms INTEGER,                 -- when it first could be watched
    version INTEGER NOT NULL DEFAULT 1,      -- grows with every change that search or a cache must see
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX videos_by_owner ON videos (owner_id, created_at_ms, id);
CREATE INDEX videos_by_publication ON videos (privacy, published_at_ms, id);
CREATE INDEX videos_by_views ON videos (privacy, views, id);
CREATE INDEX videos_by_failure ON videos (failed_at_ms);

CREATE TABLE uploads (
    id BLOB PRIMARY KEY,
    video_id BLOB NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    owner_id BLOB NOT NULL REFERENCES users (id),
    size_bytes INTEGER NOT NULL,
    part_size_bytes INTEGER NOT NULL,
    part_count INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,          -- moved on by every part
    completed_at_ms INTEGER
) STRICT;
CREATE INDEX uploads_by_expiry ON uploads (completed_at_ms, expires_at_ms);
CREATE INDEX uploads_by_owner ON uploads (owner_id);

-- The mezzanine is the list of these by number. A row is a promise (a link was signed for this hash) until it is stored.
CREATE TABLE upload_parts (
    upload_id BLOB NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,                 -- from 1
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    stored_at_ms INTEGER,
    changes INTEGER NOT NULL DEFAULT 0,       -- how often another content was promised
    PRIMARY KEY (upload_id, number)
) STRICT;

CREATE TABLE plans (
    id BLOB PRIMARY KEY,
    video_id BLOB NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,                      -- SHA-256 of body, the fingerprint in it
    fingerprint TEXT NOT NULL,
    body TEXT NOT NULL,                      -- JSON
    segments_planned INTEGER NOT NULL,       -- of all renditions together
    created_at_ms INTEGER NOT NULL,
    completed_at_ms INTEGER,                 -- set with the last segment, in its transaction
    CONSTRAINT plans_video_hash UNIQUE (video_id, hash)
) STRICT;

CREATE TABLE renditions (
    plan_id BLOB NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    name TEXT NOT NULL,                      -- video-720, audio
    init_sha256 TEXT NOT NULL,
    init_bytes INTEGER NOT NULL,
    PRIMARY KEY (plan_id, name)
) STRICT;

CREATE TABLE segments (
    plan_id BLOB NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    rendition TEXT NOT NULL,
    number INTEGER NOT NULL,                 -- the index on the grid, from 0
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    made_at_ms INTEGER NOT NULL,
    PRIMARY KEY (plan_id, rendition, number)
) STRICT;

-- Poster, and later captions and storyboards.
CREATE TABLE sidecars (
    plan_id BLOB NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    made_at_ms INTEGER NOT NULL,
    PRIMARY KEY (plan_id, name)
) STRICT;

CREATE TABLE warnings (
    video_id BLOB NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    code TEXT NOT NULL,
    at_ms INTEGER NOT NULL,                  -- -1: the whole film
    message TEXT NOT NULL,
    PRIMARY KEY (video_id, attempt, code, at_ms)
) STRICT;

CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    work_key TEXT NOT NULL CONSTRAINT jobs_work_key UNIQUE, -- names the work: asking twice is asking once
    kind TEXT NOT NULL,
    video_id BLOB NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    plan_id BLOB,
    first_segment INTEGER,
    end_segment INTEGER,                     -- exclusive
    turn INTEGER NOT NULL,                   -- fair order: a film's work is spread over turns, equal turns take turns
    demanded_at_ms INTEGER,                  -- a viewer waits
    demanded_segment INTEGER,                -- the one that is made first,
    demanded_rendition TEXT,                 -- of this rendition
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before_ms INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_token BLOB,
    lease_until_ms INTEGER,
    created_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER,
    ended_at_ms INTEGER,                     -- done, or given up
    error_code TEXT,
    error_message TEXT
) STRICT;
CREATE INDEX jobs_open ON jobs (ended_at_ms, turn);
CREATE INDEX jobs_by_video ON jobs (video_id);
CREATE INDEX jobs_by_plan ON jobs (plan_id, first_segment);

-- An event is a row here in the transaction that made it true. Its place in the log is given after the commit.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL CONSTRAINT outbox_id UNIQUE,
    topic TEXT NOT NULL,
    video_id BLOB NOT NULL,
    body TEXT NOT NULL,                      -- JSON, as schema/events says
    occurred_at_ms INTEGER NOT NULL,
    position INTEGER CONSTRAINT outbox_position UNIQUE
) STRICT;
CREATE INDEX outbox_unplaced ON outbox (seq) WHERE position IS NULL;

CREATE TABLE cursors (
    consumer TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;

-- Rights that one process at a time holds (the sequencer's, the sweeper's).
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    token BLOB NOT NULL,
    fence INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE views (
    video_id BLOB NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,                    -- in UTC, from the epoch
    viewer TEXT NOT NULL,                    -- a keyed hash
    PRIMARY KEY (video_id, day, viewer)
) STRICT;

-- Objects that nothing names any more, for the sweeper.
CREATE TABLE garbage (
    prefix TEXT PRIMARY KEY,
    not_before_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL DEFAULT 0         -- swept again and again until then: a late object may still come
) STRICT;

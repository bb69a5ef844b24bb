-- Ids are UUIDv7; instants are Unix milliseconds (..._at_ms); sizes are bytes. The SQLite twin has the same columns.

CREATE TABLE users (
    id UUID PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL CONSTRAINT users_username_key UNIQUE, -- folded; also the channel's handle
    email TEXT NOT NULL,
    email_key TEXT NOT NULL CONSTRAINT users_email_key UNIQUE,
    display_name TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    quota_bytes BIGINT,                     -- NULL: the setting decides
    created_at_ms BIGINT NOT NULL,
    password_changed_at_ms BIGINT NOT NULL,
    blocked_at_ms BIGINT
);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    refresh_sha256 TEXT NOT NULL CONSTRAINT sessions_refresh_sha256 UNIQUE,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_used_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id, last_used_at_ms);

-- A refresh token that comes back after it was exchanged was stolen: its session ends.
CREATE TABLE spent_refresh_tokens (
    sha256 TEXT PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    spent_at_ms BIGINT NOT NULL
);
CREATE INDEX spent_refresh_tokens_by_session ON spent_refresh_tokens (session_id);

CREATE TABLE invitations (
    id UUID PRIMARY KEY,
    code_sha256 TEXT NOT NULL CONSTRAINT invitations_code_sha256 UNIQUE,
    note TEXT NOT NULL,
    created_by UUID REFERENCES users (id) ON DELETE SET NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used_by UUID REFERENCES users (id) ON DELETE SET NULL,
    used_at_ms BIGINT,
    revoked_at_ms BIGINT
);

CREATE TABLE videos (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES users (id),
    upload_id UUID NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    tags TEXT NOT NULL,                      -- JSON array of strings
    privacy TEXT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    completed_at_ms BIGINT,                 -- the mezzanine is whole
    plan_id UUID,                            -- the plan that is served
    probe_report TEXT,                       -- JSON
    duration_ms BIGINT,
    width BIGINT,                           -- as displayed
    height BIGINT,
    attempt BIGINT NOT NULL DEFAULT 1,      -- grows with every retry
    failed_at_ms BIGINT,
    failure_code TEXT,
    failure_message TEXT,
    views BIGINT NOT NULL DEFAULT 0,
    published_at_ms BIGINT,                 -- when it first could be watched
    version BIGINT NOT NULL DEFAULT 1,      -- grows with every change that search or a cache must see
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE INDEX videos_by_owner ON videos (owner_id, created_at_ms, id);
CREATE INDEX videos_by_publication ON videos (privacy, published_at_ms, id);
CREATE INDEX videos_by_views ON videos (privacy, views, id);
CREATE INDEX videos_by_failure ON videos (failed_at_ms);

CREATE TABLE uploads (
    id UUID PRIMARY KEY,
    video_id UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    owner_id UUID NOT NULL REFERENCES users (id),
    size_bytes BIGINT NOT NULL,
    part_size_bytes BIGINT NOT NULL,
    part_count BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,          -- moved on by every part
    completed_at_ms BIGINT
);
CREATE INDEX uploads_by_expiry ON uploads (completed_at_ms, expires_at_ms);
CREATE INDEX uploads_by_owner ON uploads (owner_id);

-- The mezzanine is the list of these by number. A row is a promise (a link was signed for this hash) until it is stored.
CREATE TABLE upload_parts (
    upload_id UUID NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,                 -- from 1
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    stored_at_ms BIGINT,
    changes BIGINT NOT NULL DEFAULT 0,       -- how often another content was promised
    PRIMARY KEY (upload_id, number)
);

CREATE TABLE plans (
    id UUID PRIMARY KEY,
    video_id UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,                      -- SHA-256 of body, the fingerprint in it
    fingerprint TEXT NOT NULL,
    body TEXT NOT NULL,                      -- JSON
    segments_planned BIGINT NOT NULL,       -- of all renditions together
    created_at_ms BIGINT NOT NULL,
    completed_at_ms BIGINT,                 -- set with the last segment, in its transaction
    CONSTRAINT plans_video_hash UNIQUE (video_id, hash)
);

CREATE TABLE renditions (
    plan_id UUID NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    name TEXT NOT NULL,                      -- video-720, audio
    init_sha256 TEXT NOT NULL,
    init_bytes BIGINT NOT NULL,
    PRIMARY KEY (plan_id, name)
);

CREATE TABLE segments (
    plan_id UUID NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    rendition TEXT NOT NULL,
    number BIGINT NOT NULL,                 -- the index on the grid, from 0
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    PRIMARY KEY (plan_id, rendition, number)
);

-- Poster, and later captions and storyboards.
CREATE TABLE sidecars (
    plan_id UUID NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    PRIMARY KEY (plan_id, name)
);

CREATE TABLE warnings (
    video_id UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    attempt BIGINT NOT NULL,
    code TEXT NOT NULL,
    at_ms BIGINT NOT NULL,                  -- -1: the whole film
    message TEXT NOT NULL,
    PRIMARY KEY (video_id, attempt, code, at_ms)
);

CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    work_key TEXT NOT NULL CONSTRAINT jobs_work_key UNIQUE, -- names the work: asking twice is asking once
    kind TEXT NOT NULL,
    video_id UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    plan_id UUID,
    first_segment BIGINT,
    end_segment BIGINT,                     -- exclusive
    turn BIGINT NOT NULL,                   -- fair order: a film's work is spread over turns, equal turns take turns
    demanded_at_ms BIGINT,                  -- a viewer waits
    demanded_segment BIGINT,                -- the one that is made first,
    demanded_rendition TEXT,                 -- of this rendition
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before_ms BIGINT NOT NULL,
    fence BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_token UUID,
    lease_until_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    started_at_ms BIGINT,
    ended_at_ms BIGINT,                     -- done, or given up
    error_code TEXT,
    error_message TEXT
);
CREATE INDEX jobs_open ON jobs (ended_at_ms, turn);
CREATE INDEX jobs_by_video ON jobs (video_id);
CREATE INDEX jobs_by_plan ON jobs (plan_id, first_segment);

-- An event is a row here in the transaction that made it true. Its place in the log is given after the commit.
CREATE TABLE outbox (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL CONSTRAINT outbox_id UNIQUE,
    topic TEXT NOT NULL,
    video_id UUID NOT NULL,
    body TEXT NOT NULL,                      -- JSON, as schema/events says
    occurred_at_ms BIGINT NOT NULL,
    position BIGINT CONSTRAINT outbox_position UNIQUE
);
CREATE INDEX outbox_unplaced ON outbox (seq) WHERE position IS NULL;

CREATE TABLE cursors (
    consumer TEXT PRIMARY KEY,
    position BIGINT NOT NULL
);

-- Rights that one process at a time holds (the sequencer's, the sweeper's).
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    token UUID NOT NULL,
    fence BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);

CREATE TABLE views (
    video_id UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,                    -- in UTC, from the epoch
    viewer TEXT NOT NULL,                    -- a keyed hash
    PRIMARY KEY (video_id, day, viewer)
);

-- Objects that nothing names any more, for the sweeper.
CREATE TABLE garbage (
    prefix TEXT PRIMARY KEY,
    not_before_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL DEFAULT 0         -- swept again and again until then: a late object may still come
);

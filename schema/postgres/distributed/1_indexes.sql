-- The keys of a database of many servers (docs/database.md), built beside the running platform:
--
--     psql "$MUTOSCOPE_DATABASE_URL" -f 1_indexes.sql
--
-- Each statement is a transaction of its own. One that was cut leaves an index marked INVALID (\d shows it): drop that, and
-- run this again.

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS upload_parts_by_video ON upload_parts (video_id, upload_id, number);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS renditions_by_video ON renditions (video_id, plan_id, name);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS segments_by_video ON segments (video_id, plan_id, rendition, number);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS sidecars_by_video ON sidecars (video_id, plan_id, name);
CREATE INDEX CONCURRENTLY IF NOT EXISTS uploads_by_id ON uploads (id);

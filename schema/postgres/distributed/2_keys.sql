-- Narrows: every key of a film's rows begins with, or is, its video. Run once, with the platform stopped:
--
--     psql "$MUTOSCOPE_DATABASE_URL" --single-transaction -v ON_ERROR_STOP=1 -f 2_keys.sql
--
-- Processes of versions that don't know schema 7 can't work on the result, and refuse to start on it.

INSERT INTO library (name, value, set_at_ms) VALUES ('oldest_schema', '7', 0)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE CAST(library.value AS BIGINT) < 7;

-- Nobody writes rows without their video any more, and distributed tables have no triggers.
DROP TRIGGER upload_parts_video ON upload_parts;
DROP TRIGGER renditions_video ON renditions;
DROP TRIGGER segments_video ON segments;
DROP TRIGGER sidecars_video ON sidecars;
DROP FUNCTION video_of_upload();
DROP FUNCTION video_of_plan();

-- References are made again by 4_references.sql, by the new keys; that of jobs is not: they stay on one server, and whoever
-- removes a film removes its jobs.
ALTER TABLE jobs DROP CONSTRAINT jobs_video_id_fkey;
ALTER TABLE upload_parts DROP CONSTRAINT upload_parts_upload_id_fkey;
ALTER TABLE renditions DROP CONSTRAINT renditions_plan_id_fkey;
ALTER TABLE segments DROP CONSTRAINT segments_plan_id_fkey;
ALTER TABLE sidecars DROP CONSTRAINT sidecars_plan_id_fkey;
ALTER TABLE uploads DROP CONSTRAINT uploads_video_id_fkey, DROP CONSTRAINT uploads_owner_id_fkey;
ALTER TABLE plans DROP CONSTRAINT plans_video_id_fkey;
ALTER TABLE warnings DROP CONSTRAINT warnings_video_id_fkey;
ALTER TABLE views DROP CONSTRAINT views_video_id_fkey;
ALTER TABLE videos DROP CONSTRAINT videos_owner_id_fkey;
ALTER TABLE sessions DROP CONSTRAINT sessions_user_id_fkey;
ALTER TABLE invitations DROP CONSTRAINT invitations_created_by_fkey, DROP CONSTRAINT invitations_used_by_fkey;

ALTER TABLE uploads DROP CONSTRAINT uploads_pkey, ADD CONSTRAINT uploads_pkey PRIMARY KEY USING INDEX uploads_by_video;
ALTER TABLE plans DROP CONSTRAINT plans_pkey, ADD CONSTRAINT plans_pkey PRIMARY KEY USING INDEX plans_by_video;
ALTER TABLE upload_parts DROP CONSTRAINT upload_parts_pkey,
    ADD CONSTRAINT upload_parts_pkey PRIMARY KEY USING INDEX upload_parts_by_video;
ALTER TABLE renditions DROP CONSTRAINT renditions_pkey,
    ADD CONSTRAINT renditions_pkey PRIMARY KEY USING INDEX renditions_by_video;
ALTER TABLE segments DROP CONSTRAINT segments_pkey,
    ADD CONSTRAINT segments_pkey PRIMARY KEY USING INDEX segments_by_video;
ALTER TABLE sidecars DROP CONSTRAINT sidecars_pkey,
    ADD CONSTRAINT sidecars_pkey PRIMARY KEY USING INDEX sidecars_by_video;

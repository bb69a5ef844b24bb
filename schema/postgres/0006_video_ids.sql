-- Widens (docs/database.md): every row of a film says which video it belongs to, so that a database of many servers can
-- keep a film's rows together. Rows that are there get theirs in 0007; those that processes of the version before write,
-- which don't name it, get theirs by triggers. The old keys stay until no such process runs any more.

ALTER TABLE upload_parts ADD COLUMN video_id UUID;
ALTER TABLE renditions ADD COLUMN video_id UUID;
ALTER TABLE segments ADD COLUMN video_id UUID;
ALTER TABLE sidecars ADD COLUMN video_id UUID;

CREATE FUNCTION video_of_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.video_id := (SELECT video_id FROM uploads WHERE id = NEW.upload_id);
    RETURN NEW;
END $$;
CREATE FUNCTION video_of_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.video_id := (SELECT video_id FROM plans WHERE id = NEW.plan_id);
    RETURN NEW;
END $$;
CREATE TRIGGER upload_parts_video BEFORE INSERT ON upload_parts
    FOR EACH ROW WHEN (NEW.video_id IS NULL) EXECUTE FUNCTION video_of_upload();
CREATE TRIGGER renditions_video BEFORE INSERT ON renditions
    FOR EACH ROW WHEN (NEW.video_id IS NULL) EXECUTE FUNCTION video_of_plan();
CREATE TRIGGER segments_video BEFORE INSERT ON segments
    FOR EACH ROW WHEN (NEW.video_id IS NULL) EXECUTE FUNCTION video_of_plan();
CREATE TRIGGER sidecars_video BEFORE INSERT ON sidecars
    FOR EACH ROW WHEN (NEW.video_id IS NULL) EXECUTE FUNCTION video_of_plan();

-- The new keys of the two tables with a row a film. Those of the tables with many rows are built where films are spread
-- over servers (schema/postgres/distributed): one server has no use for a second index over each segment.
CREATE UNIQUE INDEX uploads_by_video ON uploads (video_id, id);
CREATE UNIQUE INDEX plans_by_video ON plans (video_id, id);

-- Widens (docs/database.md): every row of a film says which video it belongs to, so that a database of many servers can
-- keep a film's rows together. Rows that are there get theirs in 0007; those that a process of the version before writes,
-- which does not name it, get theirs by triggers.

ALTER TABLE upload_parts ADD COLUMN video_id BLOB;
ALTER TABLE renditions ADD COLUMN video_id BLOB;
ALTER TABLE segments ADD COLUMN video_id BLOB;
ALTER TABLE sidecars ADD COLUMN video_id BLOB;

CREATE TRIGGER upload_parts_video AFTER INSERT ON upload_parts WHEN NEW.video_id IS NULL BEGIN
    UPDATE upload_parts SET video_id = (SELECT video_id FROM uploads WHERE id = NEW.upload_id) WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER renditions_video AFTER INSERT ON renditions WHEN NEW.video_id IS NULL BEGIN
    UPDATE renditions SET video_id = (SELECT video_id FROM plans WHERE id = NEW.plan_id) WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER segments_video AFTER INSERT ON segments WHEN NEW.video_id IS NULL BEGIN
    UPDATE segments SET video_id = (SELECT video_id FROM plans WHERE id = NEW.plan_id) WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER sidecars_video AFTER INSERT ON sidecars WHEN NEW.video_id IS NULL BEGIN
    UPDATE sidecars SET video_id = (SELECT video_id FROM plans WHERE id = NEW.plan_id) WHERE rowid = NEW.rowid;
END;

CREATE UNIQUE INDEX uploads_by_video ON uploads (video_id, id);
CREATE UNIQUE INDEX plans_by_video ON plans (video_id, id);

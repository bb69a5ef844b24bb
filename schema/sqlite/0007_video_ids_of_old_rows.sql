-- Names the video of the rows that were there before 0006.

UPDATE upload_parts SET video_id = (SELECT video_id FROM uploads WHERE id = upload_id) WHERE video_id IS NULL;
UPDATE renditions SET video_id = (SELECT video_id FROM plans WHERE id = plan_id) WHERE video_id IS NULL;
UPDATE segments SET video_id = (SELECT video_id FROM plans WHERE id = plan_id) WHERE video_id IS NULL;
UPDATE sidecars SET video_id = (SELECT video_id FROM plans WHERE id = plan_id) WHERE video_id IS NULL;

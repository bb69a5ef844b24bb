-- no-transaction
-- Names the video of the rows that were there before 0006, ten films at a time, beside running processes: each film's row
-- is taken first, as every writer takes it, and nobody waits for longer than these ten take. Cut, it begins again with what is left.

DO $$
DECLARE
    behind UUID := '00000000-0000-0000-0000-000000000000';
    films UUID[];
BEGIN
    LOOP
        films := ARRAY(SELECT id FROM videos WHERE id > behind ORDER BY id LIMIT 10);
        EXIT WHEN cardinality(films) = 0;
        PERFORM 1 FROM videos WHERE id = ANY (films) ORDER BY id FOR NO KEY UPDATE;
        UPDATE upload_parts r SET video_id = o.video_id FROM uploads o
            WHERE o.video_id = ANY (films) AND r.upload_id = o.id AND r.video_id IS NULL;
        UPDATE renditions r SET video_id = o.video_id FROM plans o
            WHERE o.video_id = ANY (films) AND r.plan_id = o.id AND r.video_id IS NULL;
        UPDATE segments r SET video_id = o.video_id FROM plans o
            WHERE o.video_id = ANY (films) AND r.plan_id = o.id AND r.video_id IS NULL;
        UPDATE sidecars r SET video_id = o.video_id FROM plans o
            WHERE o.video_id = ANY (films) AND r.plan_id = o.id AND r.video_id IS NULL;
        behind := films[cardinality(films)];
        COMMIT;
    END LOOP;
END $$;

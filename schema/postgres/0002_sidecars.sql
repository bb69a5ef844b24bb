-- What is merged from the records of a plan's segments, and the poster that an owner chose.

ALTER TABLE plans ADD COLUMN has_records BIGINT NOT NULL DEFAULT 0;      -- 1: its last segment asks for the sidecars
ALTER TABLE plans ADD COLUMN loudness_lufs_hundredths BIGINT;            -- integrated; NULL: silence, no sound, or not merged
ALTER TABLE plans ADD COLUMN true_peak_dbfs_hundredths BIGINT;
ALTER TABLE videos ADD COLUMN poster_at_ms BIGINT;                       -- in the film; NULL: the plan's own choice

-- The trace of a film goes on over its jobs.

ALTER TABLE jobs ADD COLUMN traceparent TEXT;  -- of the work that asked for it (W3C Trace Context); NULL: not traced

-- What is noted of the library as a whole: `arriving` while a move or a restore brings it here, `moved` once it went
-- elsewhere, `oldest_schema` where binaries that know only older migrations can't work on it (docs/database.md).

CREATE TABLE library (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    set_at_ms INTEGER NOT NULL
) STRICT;

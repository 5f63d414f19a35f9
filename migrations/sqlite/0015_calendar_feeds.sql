-- Secret links to a calendar of expiries, each stored as its hash.
CREATE TABLE calendar_feeds (
    id           TEXT    NOT NULL PRIMARY KEY,
    token_hash   BLOB NOT NULL,
    note         TEXT    NOT NULL,
    made_by_kind TEXT    NOT NULL,
    made_by_name TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX calendar_feeds_by_time ON calendar_feeds (created_at, id);

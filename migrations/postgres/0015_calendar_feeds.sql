-- Secret links to a calendar of expiries, each stored as its hash.
CREATE TABLE calendar_feeds (
    id           TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    token_hash   BYTEA NOT NULL,
    note         TEXT    NOT NULL,
    made_by_kind TEXT    NOT NULL,
    made_by_name TEXT    NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX calendar_feeds_by_time ON calendar_feeds (created_at, id);

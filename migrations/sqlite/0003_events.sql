-- History. It outlives the account that it speaks of, so account_id is no foreign key.
CREATE TABLE events (
    id          TEXT    NOT NULL PRIMARY KEY,
    occurred_at INTEGER NOT NULL,
    action      TEXT    NOT NULL,
    actor_kind  TEXT    NOT NULL,
    actor_name  TEXT    NOT NULL,
    account_id  TEXT,
    request_id  TEXT,
    address     TEXT,
    detail      TEXT    NOT NULL
) STRICT;

CREATE INDEX events_by_time ON events (occurred_at, id);
CREATE INDEX events_by_account ON events (account_id, occurred_at, id);

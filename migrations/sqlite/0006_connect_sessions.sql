-- Short-lived permissions to link. What is not chosen is an empty text; a flag is the instant since which it holds.
CREATE TABLE connect_sessions (
    id                TEXT    NOT NULL PRIMARY KEY,
    token_hash        BLOB    NOT NULL,
    owner_id          TEXT    NOT NULL,
    owner_name        TEXT    NOT NULL,
    owner_username    TEXT    NOT NULL,
    -- The account that it renews; otherwise it makes one.
    account_id        TEXT,
    multiple_at       INTEGER,
    reusable_at       INTEGER,
    label             TEXT    NOT NULL,
    metadata          TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    categories        TEXT    NOT NULL,
    allowed_origins   TEXT    NOT NULL,
    success_url       TEXT,
    language          TEXT,
    note              TEXT    NOT NULL,
    made_by_kind      TEXT    NOT NULL,
    made_by_name      TEXT    NOT NULL,
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    opened_at         INTEGER,
    completed_at      INTEGER,
    linked_account_id TEXT,
    revoked_at        INTEGER,
    -- How many keys Qlik has refused with it.
    refusals          INTEGER NOT NULL
) STRICT;

CREATE INDEX connect_sessions_by_time ON connect_sessions (created_at, id);
CREATE INDEX connect_sessions_by_expiry ON connect_sessions (expires_at, id);
CREATE INDEX connect_sessions_by_account ON connect_sessions (account_id, id);

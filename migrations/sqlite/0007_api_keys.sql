-- Keys of back ends, each stored as its hash.
CREATE TABLE api_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    token_hash   BLOB    NOT NULL,
    scopes       TEXT    NOT NULL,
    made_by_kind TEXT    NOT NULL,
    made_by_name TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE INDEX api_keys_by_time ON api_keys (created_at, id);

-- Answers to requests that carried an Idempotency-Key, sealed because they may hold a token.
CREATE TABLE idempotency_keys (
    api_key_id  TEXT    NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    -- SHA-256 of method, path and body.
    fingerprint BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    -- NULL while the first request is under way.
    answered_at INTEGER,
    status      INTEGER,
    key_id      TEXT,
    wrapped_key BLOB,
    ciphertext  BLOB,
    PRIMARY KEY (api_key_id, name)
) STRICT;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at, api_key_id, name);

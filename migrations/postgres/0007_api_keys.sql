-- Keys of back ends, each stored as its hash.
CREATE TABLE api_keys (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    token_hash   BYTEA   NOT NULL,
    scopes       TEXT    NOT NULL,
    made_by_kind TEXT    NOT NULL,
    made_by_name TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

CREATE INDEX api_keys_by_time ON api_keys (created_at, id);

-- Answers to requests that carried an Idempotency-Key, sealed because they may hold a token.
CREATE TABLE idempotency_keys (
    api_key_id  TEXT COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    name        TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of method, path and body.
    fingerprint BYTEA   NOT NULL,
    created_at  BIGINT  NOT NULL,
    -- NULL while the first request is under way.
    answered_at BIGINT,
    status      BIGINT,
    key_id      TEXT,
    wrapped_key BYTEA,
    ciphertext  BYTEA,
    PRIMARY KEY (api_key_id, name)
);

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at, api_key_id, name);

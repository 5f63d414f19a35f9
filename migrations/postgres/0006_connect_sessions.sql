-- Short-lived permissions to link. What is not chosen is an empty text; a flag is the instant since which it holds.
CREATE TABLE connect_sessions (
    id                TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_hash        BYTEA   NOT NULL,
    owner_id          TEXT    NOT NULL,
    owner_name        TEXT    NOT NULL,
    owner_username    TEXT    NOT NULL,
    -- The account that it renews; otherwise it makes one.
    account_id        TEXT,
    multiple_at       BIGINT,
    reusable_at       BIGINT,
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
    created_at        BIGINT  NOT NULL,
    expires_at        BIGINT  NOT NULL,
    opened_at         BIGINT,
    completed_at      BIGINT,
    linked_account_id TEXT,
    revoked_at        BIGINT,
    -- How many keys Qlik has refused with it.
    refusals          BIGINT  NOT NULL
);

CREATE INDEX connect_sessions_by_time ON connect_sessions (created_at, id);
CREATE INDEX connect_sessions_by_expiry ON connect_sessions (expires_at, id);
CREATE INDEX connect_sessions_by_account ON connect_sessions (account_id, id);

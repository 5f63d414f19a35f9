-- The history's actions have the names that webhooks carry.
UPDATE events SET action = 'account.created' WHERE action = 'account.linked';
UPDATE events SET action = 'account.updated' WHERE action = 'account.edited';
UPDATE events SET action = 'account.deleted' WHERE action = 'account.unlinked';

CREATE TABLE webhook_endpoints (
    id                TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    version           BIGINT NOT NULL,
    url               TEXT    NOT NULL,
    description       TEXT    NOT NULL,
    -- Names of events as a JSON list; ["*"] for all.
    events            TEXT    NOT NULL,
    key_id            TEXT COLLATE "C"    NOT NULL,
    wrapped_key       BYTEA NOT NULL,
    ciphertext        BYTEA NOT NULL,
    -- The secret before the last rotation, which signs too until it ends.
    old_key_id        TEXT,
    old_wrapped_key   BYTEA,
    old_ciphertext    BYTEA,
    old_ends_at       BIGINT,
    made_by_kind      TEXT    NOT NULL,
    made_by_name      TEXT    NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    disabled_at       BIGINT,
    -- 'admin', 'failures' or 'gone'.
    disabled_by       TEXT,
    -- Since when no attempt has succeeded, although there were some.
    failing_since     BIGINT
);
CREATE INDEX webhook_endpoints_by_time ON webhook_endpoints (created_at, id);

-- The outbox: written in the transaction of the change that it tells of.
CREATE TABLE webhook_deliveries (
    endpoint_id     TEXT COLLATE "C"    NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    event_id        TEXT COLLATE "C"    NOT NULL,
    event_type      TEXT    NOT NULL,
    -- What is delivered in order: an account, or a connect session.
    ordering_key    TEXT    NOT NULL,
    position        BIGINT NOT NULL,
    payload         TEXT    NOT NULL,
    -- What only the receiver may read, such as a link; it goes into the payload when that is sent.
    sealed_key_id   TEXT,
    sealed_wrapped_key BYTEA,
    sealed_ciphertext  BYTEA,
    created_at      BIGINT NOT NULL,
    -- 'pending', 'delivered' or 'failed'.
    state           TEXT    NOT NULL,
    attempts        BIGINT NOT NULL,
    -- NULL while an earlier one of the same order waits, and at the end.
    next_attempt_at BIGINT,
    claim           TEXT,
    finished_at     BIGINT,
    PRIMARY KEY (endpoint_id, event_id)
);
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (endpoint_id, ordering_key, position);
-- The state stands in it too, so that SQLite prefers it to webhook_deliveries_by_state, which finds all that is pending.
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint_id, state, ordering_key, position, event_id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at, event_id) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_claim ON webhook_deliveries (claim, endpoint_id, event_id) WHERE claim IS NOT NULL;
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (endpoint_id, created_at, event_id);
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (endpoint_id, state, created_at, event_id);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (finished_at, endpoint_id, event_id) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_attempts (
    id           TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    endpoint_id  TEXT COLLATE "C"    NOT NULL,
    event_id     TEXT COLLATE "C"    NOT NULL,
    attempted_at BIGINT NOT NULL,
    duration_ms  BIGINT NOT NULL,
    url          TEXT    NOT NULL,
    -- NULL if no answer came.
    status       BIGINT,
    error        TEXT,
    answer       TEXT    NOT NULL,
    FOREIGN KEY (endpoint_id, event_id) REFERENCES webhook_deliveries (endpoint_id, event_id) ON DELETE CASCADE
);
CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (endpoint_id, event_id, attempted_at, id);

-- Linked accounts. Instants are milliseconds since 1970; what is unknown is NULL.
CREATE TABLE accounts (
    id              TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    version         BIGINT  NOT NULL,
    owner_id        TEXT    NOT NULL,
    owner_name      TEXT    NOT NULL,
    label           TEXT    NOT NULL,
    host            TEXT    NOT NULL,
    tenant_id       TEXT    NOT NULL,
    tenant_name     TEXT    NOT NULL,
    tenant_hostname TEXT    NOT NULL,
    region          TEXT    NOT NULL,
    user_id         TEXT    NOT NULL,
    user_name       TEXT    NOT NULL,
    user_email      TEXT,
    tenant_admin_at BIGINT,
    key_id          TEXT,
    key_created_at  BIGINT,
    key_expires_at  BIGINT,
    status          TEXT    NOT NULL,
    status_reasons  TEXT    NOT NULL,
    linked_at       BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    last_checked_at BIGINT  NOT NULL,
    unchecked_since BIGINT,
    -- What the list sorts by, folded to lower case.
    name_key        TEXT COLLATE "C"    NOT NULL,
    owner_key       TEXT COLLATE "C"    NOT NULL
);

CREATE UNIQUE INDEX accounts_identity ON accounts (owner_id, tenant_id, user_id);
CREATE INDEX accounts_by_linked ON accounts (linked_at, id);
CREATE INDEX accounts_by_expiry ON accounts ((COALESCE(key_expires_at, 9223372036854775807)), id);
CREATE INDEX accounts_by_checked ON accounts (last_checked_at, id);
CREATE INDEX accounts_by_name ON accounts (name_key, id);
CREATE INDEX accounts_by_owner ON accounts (owner_key, id);
CREATE INDEX accounts_status_linked ON accounts (status, linked_at, id);
CREATE INDEX accounts_status_expiry ON accounts (status, (COALESCE(key_expires_at, 9223372036854775807)), id);
CREATE INDEX accounts_status_checked ON accounts (status, last_checked_at, id);
CREATE INDEX accounts_status_name ON accounts (status, name_key, id);
CREATE INDEX accounts_status_owner ON accounts (status, owner_key, id);

-- The words by which an account is found, each searched by its beginning.
CREATE TABLE account_terms (
    term       TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (term, account_id)
);

CREATE INDEX account_terms_by_account ON account_terms (account_id, term);

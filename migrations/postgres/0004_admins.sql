CREATE TABLE admins (
    id            TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    version       BIGINT  NOT NULL,
    name          TEXT    NOT NULL UNIQUE,
    password_hash TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL,
    updated_at    BIGINT  NOT NULL
);

CREATE TABLE sessions (
    id           TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    admin_id     TEXT COLLATE "C"    NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
    token_hash   BYTEA    NOT NULL,
    created_at   BIGINT  NOT NULL,
    last_seen_at BIGINT  NOT NULL
);

CREATE INDEX sessions_by_admin ON sessions (admin_id, created_at, id);
CREATE INDEX sessions_by_use ON sessions (last_seen_at, id);

-- One-time links that set the first admin's password; only the newest is valid.
CREATE TABLE setup_links (
    id         TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    token_hash BYTEA    NOT NULL,
    created_at BIGINT  NOT NULL
);

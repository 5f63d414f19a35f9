CREATE TABLE admins (
    id            TEXT    NOT NULL PRIMARY KEY,
    version       INTEGER NOT NULL,
    name          TEXT    NOT NULL UNIQUE,
    password_hash TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id           TEXT    NOT NULL PRIMARY KEY,
    admin_id     TEXT    NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
    token_hash   BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_admin ON sessions (admin_id, created_at, id);
CREATE INDEX sessions_by_use ON sessions (last_seen_at, id);

-- One-time links that set the first admin's password; only the newest is valid.
CREATE TABLE setup_links (
    id         TEXT    NOT NULL PRIMARY KEY,
    token_hash BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Sealed secrets, apart from the accounts so that no list ever touches them.
CREATE TABLE credentials (
    account_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    -- The key of the ring that wraps this secret's own data key.
    key_id      TEXT COLLATE "C" NOT NULL,
    wrapped_key BYTEA NOT NULL,
    ciphertext  BYTEA NOT NULL
);

CREATE INDEX credentials_by_key ON credentials (key_id, account_id);

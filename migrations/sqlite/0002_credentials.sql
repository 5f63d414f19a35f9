-- Sealed secrets, apart from the accounts so that no list ever touches them.
CREATE TABLE credentials (
    account_id  TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    -- The key of the ring that wraps this secret's own data key.
    key_id      TEXT NOT NULL,
    wrapped_key BLOB NOT NULL,
    ciphertext  BLOB NOT NULL
) STRICT;

CREATE INDEX credentials_by_key ON credentials (key_id, account_id);

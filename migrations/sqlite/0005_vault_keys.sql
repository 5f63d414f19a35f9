-- For every key of the ring a sealed canary, opened at each start: another key is noticed before it is used.
CREATE TABLE vault_keys (
    key_id      TEXT    NOT NULL PRIMARY KEY,
    wrapped_key BLOB    NOT NULL,
    ciphertext  BLOB    NOT NULL,
    -- How often the key has sealed something; random nonces are good for 2^32 times.
    seals       INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- Written when writes have failed, to notice that they work again.
CREATE TABLE write_probes (
    id        TEXT    NOT NULL PRIMARY KEY,
    probed_at INTEGER NOT NULL
) STRICT;

-- Renewal: since when somebody has allowed it, when it is next, and why it does not work.
ALTER TABLE accounts ADD COLUMN renewal_allowed_at INTEGER;
ALTER TABLE accounts ADD COLUMN renewal_problem TEXT;
ALTER TABLE accounts ADD COLUMN renewal_problem_at INTEGER;
ALTER TABLE accounts ADD COLUMN next_renewal_at INTEGER;
ALTER TABLE accounts ADD COLUMN renewal_claim TEXT;
CREATE INDEX accounts_by_next_renewal ON accounts (next_renewal_at, id) WHERE next_renewal_at IS NOT NULL;
CREATE INDEX accounts_by_renewal_claim ON accounts (renewal_claim, id) WHERE renewal_claim IS NOT NULL;

-- Keys to be deleted at Qlik.
CREATE TABLE retired_keys (
    account_id TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_id     TEXT    NOT NULL,
    -- NULL: a successor that has not become the stored key.
    retired_at INTEGER,
    delete_at  INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    claim      TEXT,
    PRIMARY KEY (account_id, key_id)
) STRICT;
CREATE INDEX retired_keys_due ON retired_keys (delete_at, account_id, key_id);
CREATE INDEX retired_keys_by_claim ON retired_keys (claim, account_id, key_id) WHERE claim IS NOT NULL;

-- A key that any account still uses is not deleted at Qlik.
CREATE INDEX accounts_by_key ON accounts (key_id, id) WHERE key_id IS NOT NULL;

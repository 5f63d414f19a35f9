-- When an account is looked at again. Each plan has an index, so that a round costs what is due.
ALTER TABLE accounts ADD COLUMN key_stored_at INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET key_stored_at = updated_at;

-- The next check by itself; while a hub carries it out, the end of that hub's claim.
ALTER TABLE accounts ADD COLUMN next_check_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN checks_alike INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN check_claim TEXT;
UPDATE accounts SET next_check_at = last_checked_at;
CREATE INDEX accounts_by_next_check ON accounts (next_check_at, id);
CREATE INDEX accounts_by_check_claim ON accounts (check_claim, id) WHERE check_claim IS NOT NULL;

-- The share of the key's life, in per cent, of which people have been told last; 100 for none.
ALTER TABLE accounts ADD COLUMN warned_percent INTEGER NOT NULL DEFAULT 100;
-- When time alone changes something: a warning, or the key's expiry.
ALTER TABLE accounts ADD COLUMN next_notice_at INTEGER;
UPDATE accounts SET next_notice_at = key_stored_at WHERE status = 'active' AND key_expires_at IS NOT NULL;
CREATE INDEX accounts_by_next_notice ON accounts (next_notice_at, id) WHERE next_notice_at IS NOT NULL;

-- How soon a tenant may be asked again, for all hubs on this database together.
CREATE TABLE tenant_budgets (
    tenant_id    TEXT    NOT NULL PRIMARY KEY,
    ready_at     INTEGER NOT NULL,
    -- The next free place in the queue of those for whom nothing was left.
    put_off_to   INTEGER NOT NULL,
    -- Until when Qlik has asked to be left alone.
    paused_until INTEGER NOT NULL
) STRICT;

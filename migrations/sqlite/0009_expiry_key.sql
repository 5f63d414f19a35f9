-- What the list sorts expiries by: an unknown one last. A column, because SQLite finds no place in an index
-- on an expression by the pair (expiry, id), and would read the list from its beginning for every page.
ALTER TABLE accounts ADD COLUMN expiry_key INTEGER NOT NULL DEFAULT 9223372036854775807;
UPDATE accounts SET expiry_key = key_expires_at WHERE key_expires_at IS NOT NULL;

DROP INDEX accounts_by_expiry;
DROP INDEX accounts_status_expiry;
CREATE INDEX accounts_by_expiry ON accounts (expiry_key, id);
CREATE INDEX accounts_status_expiry ON accounts (status, expiry_key, id);

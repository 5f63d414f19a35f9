-- Whose key it is and when it dies by itself: a key of another user than the account's is not deleted so easily.
-- From now on the key_id '' is that of a successor which is being made, so that nobody knows its id yet.
ALTER TABLE retired_keys ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE retired_keys ADD COLUMN expires_at INTEGER;
UPDATE retired_keys SET user_id = (SELECT user_id FROM accounts WHERE id = account_id);

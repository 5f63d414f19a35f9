-- What pictures of an account are drawn from, found without reading the rest of its history.
CREATE INDEX events_of_checks ON events (account_id, occurred_at, id) WHERE action = 'account.checked';
CREATE INDEX events_of_keys ON events (account_id, occurred_at, id)
    WHERE action = 'account.created' OR action = 'account.renewed';

-- Accounts of which no check has found out anything for a while.
CREATE INDEX accounts_by_unchecked ON accounts (unchecked_since, id) WHERE unchecked_since IS NOT NULL;

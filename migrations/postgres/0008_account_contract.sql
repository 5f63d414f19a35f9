-- What a back end says of an account when it makes the connect session.
ALTER TABLE accounts ADD COLUMN owner_username TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE accounts ADD COLUMN kind TEXT NOT NULL DEFAULT 'production';

CREATE INDEX accounts_by_owner_id ON accounts (owner_id, linked_at, id);

-- Every line of history holds the hash of the line before it, in the order in which they were chained.
ALTER TABLE events ADD COLUMN chain_seq BIGINT;
ALTER TABLE events ADD COLUMN chain_hash BYTEA;
CREATE UNIQUE INDEX events_by_chain ON events (chain_seq) WHERE chain_seq IS NOT NULL;
CREATE INDEX events_unchained ON events (occurred_at, id) WHERE chain_seq IS NULL;
CREATE INDEX events_by_action ON events (action, occurred_at, id);
CREATE INDEX events_by_actor ON events (actor_kind, occurred_at, id);

-- 'head' is the last chained line, 'root' the last one that was removed because of its age.
CREATE TABLE event_chain (
    name TEXT    NOT NULL PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

-- Every line of history holds the hash of the line before it, in the order in which they were chained.
ALTER TABLE events ADD COLUMN chain_seq INTEGER;
ALTER TABLE events ADD COLUMN chain_hash BLOB;
CREATE UNIQUE INDEX events_by_chain ON events (chain_seq) WHERE chain_seq IS NOT NULL;
CREATE INDEX events_unchained ON events (occurred_at, id) WHERE chain_seq IS NULL;
CREATE INDEX events_by_action ON events (action, occurred_at, id);
CREATE INDEX events_by_actor ON events (actor_kind, occurred_at, id);
CREATE INDEX events_by_request ON events (request_id, occurred_at, id) WHERE request_id IS NOT NULL;

-- 'head' is the last chained line, 'root' the last one that was removed because of its age. Both begin before
-- the first line.
CREATE TABLE event_chain (
    name TEXT    NOT NULL PRIMARY KEY,
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO event_chain (name, seq, hash) VALUES ('head', 0, zeroblob(32)), ('root', 0, zeroblob(32));

-- History is append-only: a line gets its place in the chain once, and goes only when 'root' has passed it.
CREATE TRIGGER events_unchanged BEFORE UPDATE ON events
WHEN OLD.chain_seq IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.occurred_at IS NOT OLD.occurred_at
    OR NEW.action IS NOT OLD.action OR NEW.actor_kind IS NOT OLD.actor_kind
    OR NEW.actor_name IS NOT OLD.actor_name OR NEW.account_id IS NOT OLD.account_id
    OR NEW.request_id IS NOT OLD.request_id OR NEW.address IS NOT OLD.address OR NEW.detail IS NOT OLD.detail
BEGIN
    SELECT RAISE(ABORT, 'a line of history is never changed');
END;
CREATE TRIGGER events_kept BEFORE DELETE ON events
WHEN OLD.chain_seq IS NULL OR OLD.chain_seq > (SELECT seq FROM event_chain WHERE name = 'root')
BEGIN
    SELECT RAISE(ABORT, 'a line of history is not deleted');
END;

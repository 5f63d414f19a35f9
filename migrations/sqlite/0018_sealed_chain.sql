-- The ends of the chain are sealed with the hub's key, which is not in the database: who takes away the last lines, or
-- computes the chain anew, cannot write its end.
ALTER TABLE event_chain ADD COLUMN key_id TEXT;
ALTER TABLE event_chain ADD COLUMN wrapped_key BLOB;
ALTER TABLE event_chain ADD COLUMN ciphertext BLOB;

-- What was chained without such an end is chained once more.
DROP TRIGGER events_unchanged;
UPDATE events SET chain_seq = NULL, chain_hash = NULL WHERE chain_seq IS NOT NULL;
UPDATE event_chain SET seq = 0, hash = zeroblob(32);
CREATE TRIGGER events_unchanged BEFORE UPDATE ON events
WHEN OLD.chain_seq IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.occurred_at IS NOT OLD.occurred_at
    OR NEW.action IS NOT OLD.action OR NEW.actor_kind IS NOT OLD.actor_kind
    OR NEW.actor_name IS NOT OLD.actor_name OR NEW.account_id IS NOT OLD.account_id
    OR NEW.request_id IS NOT OLD.request_id OR NEW.address IS NOT OLD.address OR NEW.detail IS NOT OLD.detail
BEGIN
    SELECT RAISE(ABORT, 'a line of history is never changed');
END;

-- A line is written without a place, and none takes the place of another: INSERT OR REPLACE deletes without asking.
CREATE TRIGGER events_new BEFORE INSERT ON events
WHEN NEW.chain_seq IS NOT NULL OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a line of history is written once, and chained later');
END;
-- The ends only move on.
CREATE TRIGGER event_chain_moves BEFORE UPDATE ON event_chain WHEN NEW.name IS NOT OLD.name OR NEW.seq < OLD.seq
BEGIN
    SELECT RAISE(ABORT, 'the chain of history only grows');
END;
CREATE TRIGGER event_chain_kept BEFORE DELETE ON event_chain
BEGIN
    SELECT RAISE(ABORT, 'the chain of history only grows');
END;

-- The lines of one API key, whose id stands before its name.
CREATE INDEX events_by_api_key ON events (substr(actor_name, 1, 36), occurred_at, id) WHERE actor_kind = 'api_key';

-- The ends of the chain are sealed with the hub's key, which is not in the database: who takes away the last lines, or
-- computes the chain anew, cannot write its end.
ALTER TABLE event_chain ADD COLUMN key_id TEXT;
ALTER TABLE event_chain ADD COLUMN wrapped_key BYTEA;
ALTER TABLE event_chain ADD COLUMN ciphertext BYTEA;

-- What was chained without such an end is chained once more.
ALTER TABLE events DISABLE TRIGGER events_unchanged;
UPDATE events SET chain_seq = NULL, chain_hash = NULL WHERE chain_seq IS NOT NULL;
UPDATE event_chain SET seq = 0, hash = decode(repeat('00', 32), 'hex');
ALTER TABLE events ENABLE TRIGGER events_unchanged;

-- A line is written without a place.
CREATE FUNCTION events_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of history is written once, and chained later';
END $$;
CREATE TRIGGER events_new BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.chain_seq IS NOT NULL)
EXECUTE FUNCTION events_new();
-- The ends only move on.
CREATE FUNCTION event_chain_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the chain of history only grows';
END $$;
CREATE TRIGGER event_chain_moves BEFORE UPDATE ON event_chain FOR EACH ROW
WHEN (NEW.name <> OLD.name OR NEW.seq < OLD.seq) EXECUTE FUNCTION event_chain_grows();
CREATE TRIGGER event_chain_kept BEFORE DELETE ON event_chain FOR EACH ROW EXECUTE FUNCTION event_chain_grows();
-- TRUNCATE deletes without asking row by row.
CREATE TRIGGER events_not_emptied BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION event_chain_grows();
CREATE TRIGGER event_chain_not_emptied BEFORE TRUNCATE ON event_chain
FOR EACH STATEMENT EXECUTE FUNCTION event_chain_grows();

-- The lines of one API key, whose id stands before its name.
CREATE INDEX events_by_api_key ON events (substr(actor_name, 1, 36), occurred_at, id) WHERE actor_kind = 'api_key';

-- Every line of history holds the hash of the line before it, in the order in which they were chained.
ALTER TABLE events ADD COLUMN chain_seq BIGINT;
ALTER TABLE events ADD COLUMN chain_hash BYTEA;
CREATE UNIQUE INDEX events_by_chain ON events (chain_seq) WHERE chain_seq IS NOT NULL;
CREATE INDEX events_unchained ON events (occurred_at, id) WHERE chain_seq IS NULL;
CREATE INDEX events_by_action ON events (action, occurred_at, id);
CREATE INDEX events_by_actor ON events (actor_kind, occurred_at, id);
CREATE INDEX events_by_request ON events (request_id, occurred_at, id) WHERE request_id IS NOT NULL;

-- 'head' is the last chained line, 'root' the last one that was removed because of its age. Both begin before
-- the first line.
CREATE TABLE event_chain (
    name TEXT    NOT NULL PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
INSERT INTO event_chain (name, seq, hash)
VALUES ('head', 0, decode(repeat('00', 32), 'hex')), ('root', 0, decode(repeat('00', 32), 'hex'));

-- History is append-only: a line gets its place in the chain once, and goes only when 'root' has passed it.
CREATE FUNCTION events_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of history is never changed';
END $$;
CREATE FUNCTION events_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.chain_seq IS NULL OR OLD.chain_seq > (SELECT seq FROM event_chain WHERE name = 'root') THEN
        RAISE EXCEPTION 'a line of history is not deleted';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER events_unchanged BEFORE UPDATE ON events FOR EACH ROW
WHEN (OLD.chain_seq IS NOT NULL OR (NEW.id, NEW.occurred_at, NEW.action, NEW.actor_kind, NEW.actor_name,
    NEW.account_id, NEW.request_id, NEW.address, NEW.detail) IS DISTINCT FROM (OLD.id, OLD.occurred_at, OLD.action,
    OLD.actor_kind, OLD.actor_name, OLD.account_id, OLD.request_id, OLD.address, OLD.detail))
EXECUTE FUNCTION events_unchanged();
CREATE TRIGGER events_kept BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_kept();

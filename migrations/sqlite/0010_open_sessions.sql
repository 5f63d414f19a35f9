-- What can still be used is found without a look at what has ended, which is kept for a while.
CREATE INDEX connect_sessions_open ON connect_sessions (created_at, id)
    WHERE revoked_at IS NULL AND (reusable_at IS NOT NULL OR completed_at IS NULL);
CREATE INDEX connect_sessions_by_owner ON connect_sessions (owner_id, created_at, id);

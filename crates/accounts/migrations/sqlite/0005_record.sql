-- The record: what happened to accounts, sessions and keys, and who did it. It holds numbers, never an address, a name or a token of
-- anybody. Rows are added, in the transaction of what they tell, and removed by the pruning alone.

CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Unix seconds.
    at         BIGINT NOT NULL,
    event      TEXT   NOT NULL,
    outcome    TEXT   NOT NULL,
    reason     TEXT,
    actor_kind TEXT   NOT NULL,
    actor      TEXT,
    user_id    BIGINT,
    token_id   BIGINT,
    client     TEXT,
    request_id TEXT,
    -- A JSON object.
    details    TEXT
);

CREATE INDEX audit_by_user ON audit (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_with_client ON audit (at) WHERE client IS NOT NULL;
-- A token expires once, whichever replica notices first.
CREATE UNIQUE INDEX audit_of_expiry ON audit (token_id) WHERE event IN ('session.expired', 'key.expired');

-- While a row is here, in the transaction of a pruning, what is older may go.
CREATE TABLE audit_pruning (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    before BIGINT NOT NULL
);

CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_pruning WHERE OLD.at < before)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;

-- A pruning forgets addresses, and nothing else.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_pruning WHERE OLD.at < before) OR NEW.client IS NOT NULL
    OR NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.event IS NOT OLD.event OR NEW.outcome IS NOT OLD.outcome
    OR NEW.reason IS NOT OLD.reason OR NEW.actor_kind IS NOT OLD.actor_kind OR NEW.actor IS NOT OLD.actor
    OR NEW.user_id IS NOT OLD.user_id OR NEW.token_id IS NOT OLD.token_id OR NEW.request_id IS NOT OLD.request_id
    OR NEW.details IS NOT OLD.details
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;

-- When somebody was last seen by a token that is gone since: a login, or the use of a key. Of live tokens, the table `tokens` knows.
ALTER TABLE users ADD COLUMN last_seen BIGINT;
UPDATE users SET last_seen = coalesce(
    (SELECT max(at) FROM audit WHERE user_id = users.id AND actor_kind = 'person'), updated
) WHERE sub IS NOT NULL;

-- The accounts that are gone because an operator merged them into others: their events belong to those.
CREATE TABLE merged_accounts (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    old_id  BIGINT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX merged_accounts_by_user ON merged_accounts (user_id);

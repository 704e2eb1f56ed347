-- One table for what lets somebody in: sessions, minted by logins, and keys, made by their owners.

ALTER TABLE tokens ADD COLUMN kind         TEXT   NOT NULL DEFAULT 'session';
ALTER TABLE tokens ADD COLUMN name         TEXT;
-- The first eight characters and the last four.
ALTER TABLE tokens ADD COLUMN hint         TEXT   NOT NULL DEFAULT '';
-- How many seconds it was to live. `expires` of a token without end is the largest number there is, so that whether a
-- token has expired, and which expires first, is one comparison.
ALTER TABLE tokens ADD COLUMN lifetime     BIGINT;
-- True to ten minutes.
ALTER TABLE tokens ADD COLUMN last_used    BIGINT;
ALTER TABLE tokens ADD COLUMN last_address TEXT;
ALTER TABLE tokens ADD COLUMN browser      TEXT;
ALTER TABLE tokens ADD COLUMN system       TEXT;
-- The origin that a session is of; absent for the playground.
ALTER TABLE tokens ADD COLUMN application  TEXT;
ALTER TABLE tokens ADD COLUMN acr          TEXT;
-- When it was ended before it expired; in the future while a replaced key has its grace.
ALTER TABLE tokens ADD COLUMN revoked      BIGINT;
ALTER TABLE tokens ADD COLUMN revoked_by   TEXT;
ALTER TABLE tokens ADD COLUMN replaced_by  BIGINT;
-- The SHA-256 of the `Idempotency-Key` that it was made with.
ALTER TABLE tokens ADD COLUMN idempotency  TEXT;

-- So that a person who has logged in a thousand times lists their keys as fast as anybody.
CREATE INDEX keys_by_user ON tokens (user_id) WHERE kind = 'key';
CREATE INDEX tokens_by_revocation ON tokens (revoked) WHERE revoked IS NOT NULL;
CREATE INDEX tokens_by_use ON tokens (last_used) WHERE last_address IS NOT NULL;

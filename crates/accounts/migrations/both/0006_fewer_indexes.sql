-- Every index is one more page that each login writes. The address of a session that lives for less than 30 days need not be
-- found to be forgotten: it goes with the session.
DROP INDEX tokens_by_use;
CREATE INDEX tokens_with_old_address ON tokens (last_used)
    WHERE last_address IS NOT NULL AND (kind = 'key' OR expires - created > 2592000);

-- The SHA-256 of the ID token that was handed out with a session, in hexadecimal: so that it stays good for the logout when the
-- issuer, the client or the algorithms have changed since.

ALTER TABLE tokens ADD COLUMN id_token_hash TEXT;

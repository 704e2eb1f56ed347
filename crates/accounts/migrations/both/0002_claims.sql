-- What the provider says of how and through whom somebody logs in. The lists are JSON.

ALTER TABLE users ADD COLUMN idp_id TEXT;
ALTER TABLE users ADD COLUMN roles  TEXT;
ALTER TABLE users ADD COLUMN acr    TEXT;
ALTER TABLE users ADD COLUMN amr    TEXT;

-- To find who may be the same person: another subject with the same address, or the same subject of another issuer.
CREATE INDEX users_by_email ON users (lower(email)) WHERE sub IS NOT NULL;
CREATE INDEX users_by_sub ON users (sub) WHERE sub IS NOT NULL;

-- What the provider says of how and through whom somebody logs in. The lists are JSON.

ALTER TABLE users ADD COLUMN idp_id TEXT;
ALTER TABLE users ADD COLUMN roles  TEXT;
ALTER TABLE users ADD COLUMN acr    TEXT;
ALTER TABLE users ADD COLUMN amr    TEXT;

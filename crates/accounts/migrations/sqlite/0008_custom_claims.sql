-- The claims that a rule of `oauth2.access.custom` names, and no others.
CREATE TABLE custom_claims (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name    TEXT   NOT NULL,
    -- As JSON.
    value   TEXT   NOT NULL,
    UNIQUE (user_id, name)
);

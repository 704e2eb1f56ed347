-- Times are whole seconds since 1970-01-01T00:00:00Z.

CREATE TABLE roles (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL UNIQUE,
    -- A JSON list of the names of what the role may do.
    permissions TEXT    NOT NULL DEFAULT '[]',
    created     BIGINT  NOT NULL
);

CREATE TABLE users (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Who somebody is: the issuer and the subject it gave them. Both are absent on an account that an
    -- operator prepared and nobody has logged in to yet.
    issuer       TEXT,
    sub          TEXT,
    email        TEXT,
    given_name   TEXT,
    usual_name   TEXT,
    organization TEXT,
    siret        TEXT,
    role_id      BIGINT  NOT NULL REFERENCES roles (id),
    disabled     BIGINT  NOT NULL DEFAULT 0,
    created      BIGINT  NOT NULL,
    updated      BIGINT  NOT NULL,
    UNIQUE (issuer, sub)
);

CREATE INDEX users_without_subject ON users (lower(email)) WHERE sub IS NULL;

CREATE TABLE tokens (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The SHA-256 of the token; the token itself is shown once and never stored.
    hash    BLOB   NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX tokens_by_user ON tokens (user_id);
CREATE INDEX tokens_by_end ON tokens (expires);

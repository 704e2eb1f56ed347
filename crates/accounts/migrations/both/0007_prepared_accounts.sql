-- Whether an operator prepared the account, or confirmed it, by `users prepare`.
ALTER TABLE users ADD COLUMN prepared BIGINT NOT NULL DEFAULT 0;
UPDATE users SET prepared = 1 WHERE sub IS NULL OR id IN (
    SELECT user_id FROM audit WHERE event = 'user.created' AND details LIKE '%"prepared":true%'
);

-- A digest of the rules of access at the last start of any replica.
CREATE TABLE access_rules (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    digest TEXT   NOT NULL
);

-- What has expired is recorded 500 at a time, in this order. Of tokens that end in the same second there may be many more.
CREATE INDEX tokens_by_end_and_id ON tokens (expires, id);
DROP INDEX tokens_by_end;

CREATE TABLE activity_shard (
  shard integer NOT NULL PRIMARY KEY,
  head bigint NOT NULL
) {hot};
INSERT INTO activity_shard (shard, head)
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 63)
SELECT n, 0 FROM numbers;

CREATE TABLE activity (
  shard integer NOT NULL,
  position bigint NOT NULL,
  id {uuid} NOT NULL,
  kind {text} NOT NULL,
  aggregate {uuid} NOT NULL,
  home {uuid} NOT NULL,
  actor {uuid},
  visibility {text} NOT NULL CHECK (visibility IN ('public', 'restricted', 'private')),
  payload {text} NOT NULL,
  counts {text},
  source {text} NOT NULL,
  traceparent {text},
  happened_at bigint NOT NULL,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (shard, position)
) {log};

CREATE TABLE activity_consumer (
  name {text} NOT NULL,
  shard integer NOT NULL,
  position bigint NOT NULL,
  fence bigint NOT NULL DEFAULT 0,
  worker {uuid},
  moved_at bigint NOT NULL,
  PRIMARY KEY (name, shard)
) {hot};

CREATE TABLE activity_worker (
  name {text} NOT NULL,
  worker {uuid} NOT NULL,
  host {text} NOT NULL,
  alive_until bigint NOT NULL,
  PRIMARY KEY (name, worker)
) {hot};

CREATE TABLE activity_parked (
  consumer {text} NOT NULL,
  shard integer NOT NULL,
  position bigint NOT NULL,
  id {uuid} NOT NULL,
  kind {text} NOT NULL,
  aggregate {uuid} NOT NULL,
  home {uuid} NOT NULL,
  actor {uuid},
  visibility {text} NOT NULL,
  payload {text} NOT NULL,
  counts {text},
  source {text} NOT NULL,
  traceparent {text},
  happened_at bigint NOT NULL,
  recorded_at bigint NOT NULL,
  reason {text} NOT NULL,
  attempts integer NOT NULL,
  parked_at bigint NOT NULL,
  is_due boolean NOT NULL DEFAULT FALSE,
  PRIMARY KEY (consumer, shard, position)
);
CREATE INDEX activity_parked_due ON activity_parked (consumer, shard, position) WHERE is_due;

CREATE TABLE personid (
  person_id {uuid} NOT NULL PRIMARY KEY REFERENCES person(id),
  personid {uuid} NOT NULL
);
CREATE UNIQUE INDEX personid_once ON personid (personid);
INSERT INTO personid (person_id, personid) SELECT id, {random} FROM person WHERE deleted_at IS NULL;

CREATE INDEX reaction_by_emoji ON reaction (subject_id, emoji, created_at);

ALTER TABLE post_hashtag ADD COLUMN is_counted boolean NOT NULL DEFAULT FALSE;
UPDATE post_hashtag SET is_counted = TRUE WHERE is_public AND EXISTS (SELECT 1 FROM post JOIN person ON person.id = post.author_id WHERE post.id = post_hashtag.post_id AND NOT person.is_private);

ALTER TABLE post ADD COLUMN content_warning {text};
ALTER TABLE post ADD COLUMN language {text};
ALTER TABLE post_edit ADD COLUMN content_warning {text};

CREATE TABLE poll (
  post_id {uuid} NOT NULL PRIMARY KEY REFERENCES post(id),
  is_multiple_choice boolean NOT NULL,
  hides_totals boolean NOT NULL,
  closes_at bigint NOT NULL,
  closed_recorded_at bigint
);
CREATE INDEX poll_to_close ON poll (closes_at) WHERE closed_recorded_at IS NULL;

CREATE TABLE poll_option (
  id {uuid} NOT NULL PRIMARY KEY,
  post_id {uuid} NOT NULL REFERENCES poll(post_id),
  position integer NOT NULL,
  body {text} NOT NULL
);
CREATE UNIQUE INDEX poll_option_place ON poll_option (post_id, position);

CREATE TABLE poll_vote (
  post_id {uuid} NOT NULL REFERENCES poll(post_id),
  person_id {uuid} NOT NULL REFERENCES person(id),
  choices bigint NOT NULL CHECK (choices > 0),
  created_at bigint NOT NULL,
  PRIMARY KEY (post_id, person_id)
);
CREATE INDEX poll_vote_of_person ON poll_vote (person_id);

CREATE TABLE pinned_post (
  person_id {uuid} NOT NULL PRIMARY KEY REFERENCES person(id),
  post_id {uuid} NOT NULL REFERENCES post(id),
  created_at bigint NOT NULL
);

CREATE TABLE draft (
  id {uuid} NOT NULL PRIMARY KEY,
  author_id {uuid} NOT NULL REFERENCES person(id),
  body {text} NOT NULL,
  visibility {text} NOT NULL CHECK (visibility IN ('PUBLIC', 'UNLISTED', 'FOLLOWERS', 'MENTIONED')),
  reply_policy {text} NOT NULL CHECK (reply_policy IN ('EVERYONE', 'FOLLOWERS', 'MENTIONED', 'NOBODY')),
  content_warning {text},
  language {text},
  publish_at bigint,
  publish_failure {text} CHECK (publish_failure IN ('NOT_ALLOWED', 'MEDIA', 'INVALID')),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  deleted_at bigint,
  idempotency_key {text},
  request_hash {text}
);
CREATE INDEX draft_page ON draft (author_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX draft_to_publish ON draft (publish_at, id) WHERE publish_at IS NOT NULL;
CREATE UNIQUE INDEX draft_idempotency ON draft (author_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE media_attachment_of_more (
  parent_id {uuid} NOT NULL,
  parent_kind {text} NOT NULL CHECK (parent_kind IN ('POST', 'DRAFT', 'MESSAGE', 'AVATAR', 'BANNER')),
  media_id {uuid} NOT NULL REFERENCES media(id),
  position bigint NOT NULL,
  PRIMARY KEY (parent_id, parent_kind, media_id)
);
INSERT INTO media_attachment_of_more (parent_id, parent_kind, media_id, position) SELECT parent_id, parent_kind, media_id, position FROM media_attachment;
DROP TABLE media_attachment;
ALTER TABLE media_attachment_of_more RENAME TO media_attachment;
CREATE INDEX media_attachment_of ON media_attachment (media_id);

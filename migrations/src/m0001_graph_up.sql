CREATE TABLE person (
  id {uuid} NOT NULL PRIMARY KEY,
  handle {text} NOT NULL,
  display_name {text} NOT NULL,
  bio {text} NOT NULL DEFAULT '',
  created_at bigint NOT NULL,
  deleted_at bigint
);

CREATE TABLE handle (
  key {text} NOT NULL PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person(id),
  released_at bigint
);
CREATE INDEX handle_of_person ON handle (person_id);

CREATE TABLE account (
  person_id {uuid} NOT NULL PRIMARY KEY REFERENCES person(id),
  email {text} NOT NULL,
  email_key {text} NOT NULL,
  email_verified_at bigint,
  password_hash {text} NOT NULL,
  role {text} NOT NULL CHECK (role IN ('MEMBER', 'MODERATOR', 'ADMIN'))
);
CREATE INDEX account_by_email ON account (email_key);

CREATE TABLE session (
  id {uuid} NOT NULL PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person(id),
  user_agent {text},
  created_at bigint NOT NULL,
  last_used_at bigint NOT NULL,
  revoked_at bigint
);
CREATE INDEX session_of_person ON session (person_id, created_at, id);

CREATE TABLE refresh_token (
  hash {text} NOT NULL PRIMARY KEY,
  session_id {uuid} NOT NULL REFERENCES session(id),
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint
);
CREATE INDEX refresh_token_of_session ON refresh_token (session_id);

CREATE TABLE following (
  person_id {uuid} NOT NULL,
  followed_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (person_id, followed_id)
);
CREATE INDEX following_page ON following (person_id, created_at, id);

CREATE TABLE follower (
  person_id {uuid} NOT NULL,
  follower_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (person_id, follower_id)
);
CREATE INDEX follower_page ON follower (person_id, created_at, id);

CREATE TABLE post (
  id {uuid} NOT NULL PRIMARY KEY,
  author_id {uuid} NOT NULL REFERENCES person(id),
  body {text} NOT NULL,
  visibility {text} NOT NULL CHECK (visibility IN ('PUBLIC', 'UNLISTED', 'FOLLOWERS', 'MENTIONED')),
  created_at bigint NOT NULL,
  edited_at bigint,
  deleted_at bigint,
  created_by {text} NOT NULL,
  idempotency_key {text},
  request_hash {text}
);
CREATE INDEX post_by_author ON post (author_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX post_public ON post (created_at, id) WHERE visibility = 'PUBLIC' AND deleted_at IS NULL;
CREATE UNIQUE INDEX post_idempotency ON post (author_id, created_by, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE post_edit (
  id {uuid} NOT NULL PRIMARY KEY,
  post_id {uuid} NOT NULL REFERENCES post(id),
  body {text} NOT NULL,
  edited_at bigint NOT NULL
);
CREATE INDEX post_edit_page ON post_edit (post_id, edited_at, id);

CREATE TABLE hashtag (
  id {uuid} NOT NULL PRIMARY KEY,
  name {text} NOT NULL UNIQUE,
  created_at bigint NOT NULL
);

CREATE TABLE post_hashtag (
  hashtag_id {uuid} NOT NULL REFERENCES hashtag(id),
  post_id {uuid} NOT NULL REFERENCES post(id),
  position integer NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (post_id, hashtag_id)
);
CREATE INDEX post_hashtag_page ON post_hashtag (hashtag_id, created_at, post_id);

CREATE TABLE post_mention (
  person_id {uuid} NOT NULL REFERENCES person(id),
  post_id {uuid} NOT NULL REFERENCES post(id),
  position integer NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (post_id, person_id)
);
CREATE INDEX post_mention_page ON post_mention (person_id, created_at, post_id);

CREATE TABLE comment (
  id {uuid} NOT NULL PRIMARY KEY,
  post_id {uuid} NOT NULL REFERENCES post(id),
  parent_id {uuid} REFERENCES comment(id),
  author_id {uuid} NOT NULL REFERENCES person(id),
  depth integer NOT NULL,
  body {text} NOT NULL,
  score bigint NOT NULL DEFAULT 0,
  created_at bigint NOT NULL,
  edited_at bigint,
  deleted_at bigint,
  is_gone boolean NOT NULL DEFAULT FALSE,
  idempotency_key {text},
  request_hash {text}
);
CREATE INDEX comment_top_level ON comment (post_id, created_at, id) WHERE parent_id IS NULL AND NOT is_gone;
CREATE INDEX comment_top_level_by_score ON comment (post_id, score, id) WHERE parent_id IS NULL AND NOT is_gone;
CREATE INDEX comment_replies ON comment (parent_id, created_at, id) WHERE parent_id IS NOT NULL AND NOT is_gone;
CREATE INDEX comment_replies_by_score ON comment (parent_id, score, id) WHERE parent_id IS NOT NULL AND NOT is_gone;
CREATE INDEX comment_of_post ON comment (post_id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX comment_idempotency ON comment (author_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE comment_edit (
  id {uuid} NOT NULL PRIMARY KEY,
  comment_id {uuid} NOT NULL REFERENCES comment(id),
  body {text} NOT NULL,
  edited_at bigint NOT NULL
);
CREATE INDEX comment_edit_page ON comment_edit (comment_id, edited_at, id);

CREATE TABLE comment_mention (
  person_id {uuid} NOT NULL REFERENCES person(id),
  comment_id {uuid} NOT NULL REFERENCES comment(id),
  position integer NOT NULL,
  PRIMARY KEY (comment_id, person_id)
);
CREATE INDEX comment_mention_of_person ON comment_mention (person_id);

CREATE TABLE reaction (
  id {uuid} NOT NULL PRIMARY KEY,
  home_id {uuid} NOT NULL,
  subject_kind {text} NOT NULL CHECK (subject_kind IN ('POST', 'COMMENT')),
  subject_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL REFERENCES person(id),
  emoji {text} NOT NULL,
  created_at bigint NOT NULL
);
CREATE UNIQUE INDEX reaction_once ON reaction (subject_id, person_id, emoji);
CREATE INDEX reaction_page ON reaction (subject_id, created_at, id);
CREATE INDEX reaction_of_person ON reaction (person_id);

CREATE TABLE reaction_group (
  subject_id {uuid} NOT NULL,
  emoji {text} NOT NULL,
  count bigint NOT NULL,
  first_at bigint NOT NULL,
  PRIMARY KEY (subject_id, emoji)
);

CREATE TABLE counter (
  subject_id {uuid} NOT NULL,
  kind {text} NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (subject_id, kind)
);

CREATE TABLE installation (
  name {text} NOT NULL PRIMARY KEY,
  value {text} NOT NULL
);

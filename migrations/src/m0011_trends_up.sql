CREATE TABLE trend_score (
  subject_id {uuid} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL CHECK (kind IN ('POST', 'HASHTAG')),
  score bigint NOT NULL
);
CREATE INDEX trend_score_best ON trend_score (kind, score, subject_id);

CREATE TABLE trend_list (
  kind {text} NOT NULL CHECK (kind IN ('POST', 'HASHTAG')),
  as_of bigint NOT NULL,
  PRIMARY KEY (kind, as_of)
);

CREATE TABLE trend_place (
  kind {text} NOT NULL CHECK (kind IN ('POST', 'HASHTAG')),
  place bigint NOT NULL,
  subject_id {uuid} NOT NULL,
  PRIMARY KEY (kind, place)
);

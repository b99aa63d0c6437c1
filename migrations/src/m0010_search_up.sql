CREATE TABLE search_word (
  kind {text} NOT NULL CHECK (kind IN ('PUBLIC', 'FOLLOWERS', 'MENTIONED')),
  term {text} NOT NULL,
  place bigint NOT NULL,
  subject_id {uuid} NOT NULL,
  PRIMARY KEY (kind, term, place, subject_id)
) {keyed};
CREATE INDEX search_word_of ON search_word (subject_id);

CREATE TABLE search_prefix (
  kind {text} NOT NULL CHECK (kind IN ('USER', 'HASHTAG')),
  term {text} NOT NULL,
  place bigint NOT NULL,
  subject_id {uuid} NOT NULL,
  PRIMARY KEY (kind, term, place, subject_id)
) {keyed};
CREATE INDEX search_prefix_of ON search_prefix (subject_id, term, place);

CREATE TABLE totp (
  person_id {uuid} NOT NULL PRIMARY KEY REFERENCES person(id),
  secret {text} NOT NULL,
  key_id {text} NOT NULL,
  confirmed_at bigint,
  last_step bigint NOT NULL,
  failed_count bigint NOT NULL,
  blocked_until bigint NOT NULL
);

CREATE TABLE recovery_code (
  person_id {uuid} NOT NULL REFERENCES person(id),
  hash {text} NOT NULL,
  PRIMARY KEY (person_id, hash)
) {keyed};

CREATE TABLE bucket (
  key {text} NOT NULL PRIMARY KEY,
  full_at bigint NOT NULL
) {keyed};

CREATE TABLE activity_rebuild (
  name {text} NOT NULL PRIMARY KEY,
  after_id {uuid},
  steps bigint NOT NULL DEFAULT 0
);

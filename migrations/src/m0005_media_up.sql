CREATE TABLE media (
  id {uuid} NOT NULL PRIMARY KEY,
  uploader_id {uuid} NOT NULL REFERENCES person(id),
  purpose {text} NOT NULL CHECK (purpose IN ('POST', 'MESSAGE', 'AVATAR', 'BANNER')),
  status {text} NOT NULL CHECK (status IN ('PENDING', 'PROCESSING', 'READY', 'FAILED')),
  failure_reason {text} CHECK ((failure_reason IS NOT NULL) = (status = 'FAILED')),
  raw_name {text} NOT NULL UNIQUE,
  private_name {text} NOT NULL UNIQUE,
  public_name {text} UNIQUE,
  format {text} NOT NULL,
  byte_size bigint NOT NULL,
  width bigint,
  height bigint,
  duration_ms bigint,
  has_variants boolean NOT NULL DEFAULT FALSE,
  blurhash {text},
  alt_text {text},
  attempts bigint NOT NULL DEFAULT 0,
  created_at bigint NOT NULL,
  upload_until bigint NOT NULL,
  loose_since bigint,
  deleted_at bigint,
  sweep_at bigint,
  idempotency_key {text},
  request_hash {text}
);
CREATE UNIQUE INDEX media_idempotency ON media (uploader_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX media_of_uploader ON media (uploader_id);
CREATE INDEX media_to_sweep ON media (sweep_at) WHERE sweep_at IS NOT NULL;

CREATE TABLE media_attachment (
  parent_id {uuid} NOT NULL,
  parent_kind {text} NOT NULL CHECK (parent_kind IN ('POST', 'MESSAGE', 'AVATAR', 'BANNER')),
  media_id {uuid} NOT NULL REFERENCES media(id),
  position bigint NOT NULL,
  PRIMARY KEY (parent_id, parent_kind, media_id)
);
CREATE INDEX media_attachment_of ON media_attachment (media_id);

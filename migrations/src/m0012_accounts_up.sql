ALTER TABLE account ADD COLUMN new_email {text};
ALTER TABLE account ADD COLUMN new_email_key {text};

CREATE TABLE email_address (
  key {text} NOT NULL PRIMARY KEY,
  person_id {uuid} NOT NULL UNIQUE REFERENCES person(id)
);
INSERT INTO email_address (key, person_id) SELECT email_key, person_id FROM account WHERE email_verified_at IS NOT NULL;

CREATE TABLE mailed_token (
  hash {text} NOT NULL PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person(id),
  purpose {text} NOT NULL CHECK (purpose IN ('VERIFY_EMAIL', 'RESET_PASSWORD')),
  email_key {text} NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX mailed_token_of_person ON mailed_token (person_id, purpose);
CREATE INDEX mailed_token_ended ON mailed_token (expires_at);

CREATE TABLE letter (
  id {uuid} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL CHECK (kind IN ('VERIFY_EMAIL', 'RESET_PASSWORD', 'EMAIL_CHANGE_ASKED', 'EMAIL_CHANGED', 'PASSWORD_CHANGED', 'SECOND_FACTOR_ENABLED', 'SECOND_FACTOR_DISABLED')),
  person_id {uuid} REFERENCES person(id),
  address {text} NOT NULL,
  created_at bigint NOT NULL,
  attempts integer NOT NULL,
  due_at bigint NOT NULL
);
CREATE INDEX letter_due ON letter (due_at, id);

CREATE INDEX session_live ON session (person_id, created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX refresh_token_ended ON refresh_token (expires_at);

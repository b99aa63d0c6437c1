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

CREATE TABLE identity (
  issuer {text} NOT NULL,
  subject {text} NOT NULL,
  person_id {uuid} NOT NULL REFERENCES person(id),
  linked_at bigint NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX identity_of_person ON identity (person_id, issuer);

CREATE TABLE oidc_sign_in (
  state_hash {text} NOT NULL PRIMARY KEY,
  secret_hash {text} NOT NULL,
  redirect_uri {text} NOT NULL,
  nonce {text} NOT NULL,
  verifier {text} NOT NULL,
  expires_at bigint NOT NULL,
  code_hash {text},
  identity {text}
);
CREATE INDEX oidc_sign_in_expired ON oidc_sign_in (expires_at);

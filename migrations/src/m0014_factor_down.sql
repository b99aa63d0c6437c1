DROP TABLE oidc_sign_in;
DROP TABLE identity;
DROP TABLE recovery_code;
DROP TABLE totp;

DROP INDEX refresh_token_ended;
DROP INDEX session_live;
DROP TABLE letter;
DROP TABLE mailed_token;
DROP TABLE email_address;
ALTER TABLE account DROP COLUMN new_email_key;
ALTER TABLE account DROP COLUMN new_email;

CREATE TABLE media_attachment_of_more (
  parent_id {uuid} NOT NULL,
  parent_kind {text} NOT NULL CHECK (parent_kind IN ('POST', 'MESSAGE', 'AVATAR', 'BANNER')),
  media_id {uuid} NOT NULL REFERENCES media(id),
  position bigint NOT NULL,
  PRIMARY KEY (parent_id, parent_kind, media_id)
);
INSERT INTO media_attachment_of_more (parent_id, parent_kind, media_id, position) SELECT parent_id, parent_kind, media_id, position FROM media_attachment WHERE parent_kind <> 'DRAFT';
DROP TABLE media_attachment;
ALTER TABLE media_attachment_of_more RENAME TO media_attachment;
CREATE INDEX media_attachment_of ON media_attachment (media_id);
DROP TABLE draft;
DROP TABLE pinned_post;
DELETE FROM counter WHERE kind = 'VOTES';
DROP TABLE poll_vote;
DROP TABLE poll_option;
DROP TABLE poll;
ALTER TABLE post_edit DROP COLUMN content_warning;
ALTER TABLE post DROP COLUMN language;
ALTER TABLE post DROP COLUMN content_warning;

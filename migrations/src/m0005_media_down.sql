DROP TABLE media_attachment;
DROP TABLE media;

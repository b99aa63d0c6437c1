ALTER TABLE post_hashtag DROP COLUMN is_counted;
DROP INDEX reaction_by_emoji;
DROP TABLE personid;
DROP TABLE activity_parked;
DROP TABLE activity_worker;
DROP TABLE activity_consumer;
DROP TABLE activity;
DROP TABLE activity_shard;

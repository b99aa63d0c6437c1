DROP TABLE activity_rebuild;

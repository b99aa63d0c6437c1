DROP TABLE trend_place;
DROP TABLE trend_list;
DROP TABLE trend_score;

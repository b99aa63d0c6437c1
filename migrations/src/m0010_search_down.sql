DROP TABLE search_prefix;
DROP TABLE search_word;

-- What the peers read: the living rows of rookery's tables without anything that its rules of
-- visibility need, in narrow tables with the best indexes for the six queries. Counts are stored
-- counters, as rookery's are. Made anew by each run of the bench.

DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;

CREATE TABLE peer.person AS
SELECT p.id, p.handle, p.display_name, p.bio, p.created_at,
       coalesce((SELECT value FROM counter WHERE subject_id = p.id AND kind = 'FOLLOWERS'), 0)::integer AS follower_count
FROM person p WHERE p.deleted_at IS NULL AND p.handle <> '';
ALTER TABLE peer.person ADD PRIMARY KEY (id), ADD UNIQUE (handle),
    ALTER handle SET NOT NULL, ALTER display_name SET NOT NULL, ALTER bio SET NOT NULL,
    ALTER created_at SET NOT NULL, ALTER follower_count SET NOT NULL;

-- Without reposts, and the queries are asked about people who have none.
CREATE TABLE peer.post AS
SELECT p.id, p.author_id, p.body, p.created_at,
       coalesce((SELECT value FROM counter WHERE subject_id = p.id AND kind = 'COMMENTS'), 0)::integer AS comment_count,
       coalesce((SELECT value FROM counter WHERE subject_id = p.id AND kind = 'REACTIONS'), 0)::integer AS reaction_count
FROM post p JOIN peer.person ON person.id = p.author_id
WHERE p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.repost_of_id IS NULL;
ALTER TABLE peer.post ADD PRIMARY KEY (id), ADD FOREIGN KEY (author_id) REFERENCES peer.person (id),
    ALTER author_id SET NOT NULL, ALTER body SET NOT NULL, ALTER created_at SET NOT NULL,
    ALTER comment_count SET NOT NULL, ALTER reaction_count SET NOT NULL;
CREATE INDEX ON peer.post (created_at, id);
CREATE INDEX ON peer.post (author_id, created_at, id);

-- Comments of the top level, which are all that the six queries show.
CREATE TABLE peer.comment AS
SELECT c.id, c.post_id, c.author_id, c.body, c.created_at
FROM comment c JOIN peer.post ON post.id = c.post_id JOIN peer.person ON person.id = c.author_id
WHERE c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.hidden_by_author_at IS NULL AND c.parent_id IS NULL;
ALTER TABLE peer.comment ADD PRIMARY KEY (id), ALTER id SET DEFAULT gen_random_uuid(),
    ADD FOREIGN KEY (post_id) REFERENCES peer.post (id), ADD FOREIGN KEY (author_id) REFERENCES peer.person (id),
    ALTER post_id SET NOT NULL, ALTER author_id SET NOT NULL, ALTER body SET NOT NULL, ALTER created_at SET NOT NULL;
CREATE INDEX ON peer.comment (post_id, created_at, id);

CREATE TABLE peer.follow AS
SELECT f.person_id, f.followed_id FROM following f
JOIN peer.person a ON a.id = f.person_id JOIN peer.person b ON b.id = f.followed_id;
ALTER TABLE peer.follow ADD PRIMARY KEY (person_id, followed_id),
    ADD FOREIGN KEY (person_id) REFERENCES peer.person (id), ADD FOREIGN KEY (followed_id) REFERENCES peer.person (id);

CREATE TABLE peer.conversation AS
SELECT c.id, c.title, c.updated_at, m.id AS last_message_id
FROM conversation c LEFT JOIN message m ON m.conversation_id = c.id AND m.sequence = c.last_sequence
    AND m.deleted_at IS NULL AND m.hidden_at IS NULL;
ALTER TABLE peer.conversation ADD PRIMARY KEY (id), ALTER updated_at SET NOT NULL;

CREATE TABLE peer.member AS
SELECT m.conversation_id, row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.joined_at, m.id)::integer AS place, m.person_id
FROM conversation_member m JOIN peer.person ON person.id = m.person_id
WHERE m.standing = 'ACTIVE';
ALTER TABLE peer.member ADD PRIMARY KEY (conversation_id, place),
    ADD FOREIGN KEY (conversation_id) REFERENCES peer.conversation (id), ADD FOREIGN KEY (person_id) REFERENCES peer.person (id),
    ALTER person_id SET NOT NULL;
CREATE INDEX ON peer.member (person_id, conversation_id);

CREATE TABLE peer.message AS
SELECT m.id, m.conversation_id, m.sequence, m.sender_id, m.body, m.created_at
FROM message m JOIN peer.person ON person.id = m.sender_id
WHERE m.deleted_at IS NULL AND m.hidden_at IS NULL;
ALTER TABLE peer.message ADD PRIMARY KEY (id), ADD UNIQUE (conversation_id, sequence),
    ADD FOREIGN KEY (conversation_id) REFERENCES peer.conversation (id), ADD FOREIGN KEY (sender_id) REFERENCES peer.person (id),
    ALTER conversation_id SET NOT NULL, ALTER sequence SET NOT NULL, ALTER sender_id SET NOT NULL,
    ALTER body SET NOT NULL, ALTER created_at SET NOT NULL;
ALTER TABLE peer.conversation ADD FOREIGN KEY (last_message_id) REFERENCES peer.message (id);

-- What PostGraphile cannot derive from tables, as functions of the database: its documentation's
-- way. Mercurius sends the same statements.

CREATE FUNCTION peer.conversations_of(reader uuid) RETURNS SETOF peer.conversation LANGUAGE sql STABLE ROWS 20 AS $$
    SELECT c.* FROM peer.member m JOIN peer.conversation c ON c.id = m.conversation_id
    WHERE m.person_id = reader ORDER BY c.updated_at DESC, c.id DESC LIMIT 20
$$;

-- For a reader of many: from the newest posts, until enough are by whom they follow.
CREATE FUNCTION peer.home_feed_of_many(reader uuid) RETURNS SETOF peer.post LANGUAGE sql STABLE ROWS 20 AS $$
    SELECT p.* FROM peer.post p
    WHERE EXISTS (SELECT FROM peer.follow f WHERE f.person_id = reader AND f.followed_id = p.author_id OFFSET 0)
    ORDER BY p.created_at DESC, p.id DESC LIMIT 20
$$;

-- For a reader of few: the newest of each whom they follow, by the index alone.
CREATE FUNCTION peer.home_feed_of_few(reader uuid) RETURNS SETOF peer.post LANGUAGE sql STABLE ROWS 20 AS $$
    SELECT p.* FROM (
        SELECT n.id FROM peer.follow f CROSS JOIN LATERAL (
            SELECT created_at, id FROM peer.post WHERE author_id = f.followed_id ORDER BY created_at DESC, id DESC LIMIT 20
        ) n WHERE f.person_id = reader ORDER BY n.created_at DESC, n.id DESC LIMIT 20
    ) newest JOIN peer.post p USING (id) ORDER BY p.created_at DESC, p.id DESC
$$;

CREATE FUNCTION peer.add_comment(post_id uuid, author_id uuid, body text) RETURNS peer.comment LANGUAGE sql VOLATILE AS $$
    WITH counted AS (UPDATE peer.post SET comment_count = comment_count + 1 WHERE id = add_comment.post_id)
    INSERT INTO peer.comment (post_id, author_id, body, created_at)
    VALUES (add_comment.post_id, add_comment.author_id, add_comment.body, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
    RETURNING *
$$;

SELECT json_build_array(json_agg(json_build_object(
    'id', p.id, 'body', p.body, 'commentCount', p.comment_count, 'reactionCount', p.reaction_count,
    'author', (SELECT json_build_object('id', id, 'handle', handle, 'displayName', display_name) FROM seen_person WHERE id = p.author_id),
    'comments', json_build_object('nodes', (
        SELECT coalesce(json_agg(json_build_object('id', c.id, 'body', c.body,
            'author', (SELECT json_build_object('id', id, 'handle', handle, 'displayName', display_name) FROM seen_person WHERE id = c.author_id)
        ) ORDER BY c.created_at, c.id), '[]')
        FROM (SELECT * FROM seen_comment WHERE post_id = p.id ORDER BY created_at, id LIMIT 5) c))
) ORDER BY p.created_at DESC, p.id DESC))::text AS it
FROM (
    SELECT seen_post.* FROM seen_post, asked
    WHERE is_listed AND NOT is_muted
      AND (asked.about IS NULL OR (seen_post.created_at, seen_post.id) < (SELECT created_at, id FROM anchor))
    ORDER BY seen_post.created_at DESC, seen_post.id DESC LIMIT 20
) p

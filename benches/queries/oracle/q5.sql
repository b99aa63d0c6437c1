SELECT json_build_array(json_agg(json_build_object(
    'id', p.id, 'body', p.body, 'commentCount', p.comment_count, 'reactionCount', p.reaction_count,
    'author', (SELECT json_build_object('id', id, 'handle', handle, 'displayName', display_name) FROM seen_person WHERE id = p.author_id)
) ORDER BY p.created_at DESC, p.id DESC))::text AS it
FROM (
    SELECT seen_post.* FROM seen_post, asked
    WHERE NOT is_muted AND is_for_many AND author_id IN (SELECT id FROM followed)
    ORDER BY created_at DESC, seen_post.id DESC LIMIT 20
) p

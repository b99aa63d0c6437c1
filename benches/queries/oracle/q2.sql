SELECT json_build_array(json_build_object('id', u.id, 'handle', u.handle, 'displayName', u.display_name,
    'posts', json_build_object('nodes', (
        SELECT coalesce(json_agg(json_build_object('id', p.id, 'body', p.body,
            -- A repost has none of its own.
            'comments', CASE WHEN p.body IS NOT NULL THEN json_build_object('nodes', (
                SELECT coalesce(json_agg(json_build_object('id', c.id, 'body', c.body,
                    'author', (
                        SELECT json_build_object('id', a.id, 'handle', a.handle, 'displayName', a.display_name,
                            'posts', json_build_object('nodes', (
                                SELECT coalesce(json_agg(json_build_object('id', o.id, 'body', o.body,
                                    'author', json_build_object('id', a.id, 'handle', a.handle, 'displayName', a.display_name)
                                ) ORDER BY o.created_at DESC, o.id DESC), '[]')
                                FROM (SELECT * FROM seen_post WHERE author_id = a.id ORDER BY created_at DESC, id DESC LIMIT 3) o)))
                        FROM seen_person a WHERE a.id = c.author_id)
                ) ORDER BY c.created_at, c.id), '[]')
                FROM (SELECT * FROM seen_comment WHERE post_id = p.id ORDER BY created_at, id LIMIT 10) c)) END
        ) ORDER BY p.created_at DESC, p.id DESC), '[]')
        FROM (SELECT * FROM seen_post WHERE author_id = u.id ORDER BY created_at DESC, id DESC LIMIT 10) p))
))::text AS it
FROM seen_person u, asked WHERE u.handle = asked.about

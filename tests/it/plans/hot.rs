//! The queries that a frontend sends all day find their rows by an index.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::json;

use super::society::Society;
use crate::support::{Caller, on_postgres};

const PAGE: &str = "{ nodes { id } pageInfo { hasNextPage } }";

/// Asks, and adds one line: the indexes that the answer was read by. The session's are left out.
async fn tell(seen: &mut String, name: &str, caller: &Caller, query: &str) {
    let app = &caller.app;
    app.forget_seen().await;
    let data = caller.query(&query.replace("PAGE", PAGE), json!({})).await;
    let found = ["\"id\"", "totalCount", "handle"];
    let found = found.iter().any(|label| data.to_string().contains(label));
    assert!(found, "{name} found nothing: {data}");
    let mut indexes = BTreeSet::new();
    for plan in app.plans().await {
        if plan.sql.contains("FROM \"session\"") {
            continue;
        }
        let (scanned, sql) = (&plan.scanned, &plan.sql);
        assert!(
            scanned.is_empty(),
            "{name} reads all of {scanned:?}: {sql}\n{}",
            plan.told
        );
        indexes.extend(plan.indexes);
    }
    let indexes: Vec<_> = indexes.iter().map(String::as_str).collect();
    writeln!(seen, "{name}: {}", indexes.join(" ")).unwrap();
}

/// Lists of posts, for everybody who has indexes of their own.
async fn tell_posts(seen: &mut String, society: &Society) {
    let Society {
        app,
        author,
        follower,
        stranger,
        ..
    } = society;
    let guest = &app.guest();
    let explore = "{ explore(first: 20) PAGE }";
    tell(seen, "explore, guest", guest, explore).await;
    tell(seen, "explore, member", stranger, explore).await;
    let profile = "{ user(handle: \"author\") { posts(first: 20) PAGE } }";
    for viewer in [guest, stranger, follower, author] {
        let name = format!("user.posts, {}", viewer.handle);
        tell(seen, &name, viewer, profile).await;
    }
    let hashtag = "{ hashtag(name: \"sun\") { posts(first: 20) PAGE } }";
    tell(seen, "hashtag.posts", follower, hashtag).await;
    tell(seen, "homeFeed", follower, "{ viewer { homeFeed PAGE } }").await;
}

/// What hangs on a post or a person, one by one and together.
async fn tell_the_rest(seen: &mut String, society: &Society) {
    let Society {
        author,
        follower,
        post,
        comment,
        ..
    } = society;
    let of = |id: &str, kind: &str, list: &str| {
        format!("{{ node(id: \"{id}\") {{ ... on {kind} {{ {list} }} }} }}")
    };
    for order in ["OLDEST", "NEWEST", "TOP"] {
        let query = of(post, "Post", &format!("comments(order: {order}) PAGE"));
        let name = format!("post.comments, {order}");
        tell(seen, &name, follower, &query).await;
    }
    let counts = format!(
        "{{ user(handle: \"author\") {{ followers {{ totalCount }} following {{ totalCount }} }} \
         node(id: \"{post}\") {{ ... on Post {{ comments {{ totalCount }} reactions {{ totalCount \
         }} }} }} }}"
    );
    let nodes = format!(
        "{{ nodes(ids: [\"{post}\", \"{comment}\", \"{}\"]) {{ id }} }}",
        author.id
    );
    let thread = "{ explore(first: 20) { nodes { author { handle } comments(first: 20) { nodes { \
                  author { handle } replyCount } } } } }";
    for (name, query) in [
        ("comment.replies", &*of(comment, "Comment", "replies PAGE")),
        ("reactions", &*of(post, "Post", "reactions PAGE")),
        (
            "followers",
            "{ user(handle: \"author\") { followers PAGE } }",
        ),
        (
            "following",
            "{ user(handle: \"follower\") { following PAGE } }",
        ),
        ("node", &*of(post, "Post", "id")),
        ("nodes", &*nodes),
        ("totalCount", &*counts),
        ("comments of many posts", thread),
    ] {
        tell(seen, name, follower, query).await;
    }
}

#[tokio::test]
async fn no_hot_query_reads_a_big_table_from_end_to_end() {
    let society = Society::build().await;
    let mut seen = String::new();
    tell_posts(&mut seen, &society).await;
    tell_the_rest(&mut seen, &society).await;
    if on_postgres() {
        insta::assert_snapshot!(seen, @r"
        explore, guest: person_pkey post_public
        explore, member: following_pkey person_pkey post_mention_pkey post_public
        user.posts, guest: handle_pkey person_pkey post_by_author_open post_pkey
        user.posts, stranger: following_pkey handle_pkey person_pkey post_by_author post_by_author_followers post_by_author_open post_mention_by_author post_mention_pkey post_pkey
        user.posts, follower: following_pkey handle_pkey person_pkey post_by_author post_by_author_followers post_by_author_open post_mention_by_author post_mention_pkey post_pkey
        user.posts, author: following_pkey handle_pkey person_pkey post_by_author post_by_author_followers post_by_author_open post_mention_by_author post_mention_pkey post_pkey
        hashtag.posts: following_pkey hashtag_name_key person_pkey post_hashtag_page post_hashtag_public post_mention_pkey post_pkey
        homeFeed: feed_entry_pkey feed_reader_pkey following_page following_pkey following_pulled person_pkey post_by_author post_by_author_for_many post_for_many post_mention_pkey post_pkey
        post.comments, OLDEST: comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey
        post.comments, NEWEST: comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey
        post.comments, TOP: comment_replies_by_score comment_top_level_by_score following_pkey person_pkey post_mention_pkey post_pkey
        comment.replies: comment_pkey comment_replies comment_replies_by_score following_pkey person_pkey post_mention_pkey post_pkey
        reactions: following_pkey person_pkey post_mention_pkey post_pkey reaction_page
        followers: follower_page following_pkey handle_pkey person_pkey
        following: following_page following_pkey handle_pkey person_pkey
        node: following_pkey person_pkey post_mention_pkey post_pkey
        nodes: comment_pkey comment_replies_by_score following_pkey person_pkey post_mention_pkey post_pkey
        totalCount: comment_replies_by_score comment_top_level follower_page following_page following_pkey handle_pkey person_pkey post_mention_pkey post_pkey reaction_page
        comments of many posts: comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey post_public
        ");
    } else {
        insta::assert_snapshot!(seen, @r"
        explore, guest: key_person_1 key_post_1 post_public
        explore, member: key_blocked_by_1 key_blocking_1 key_following_1 key_person_1 key_post_1 key_post_mention_1 mute_page post_public
        user.posts, guest: key_handle_1 key_person_1 key_post_1 post_by_author_open
        user.posts, stranger: key_blocked_by_1 key_blocking_1 key_following_1 key_handle_1 key_person_1 key_post_1 key_post_mention_1 post_by_author post_by_author_followers post_by_author_open post_mention_by_author
        user.posts, follower: key_blocked_by_1 key_blocking_1 key_following_1 key_handle_1 key_person_1 key_post_1 key_post_mention_1 post_by_author post_by_author_followers post_by_author_open post_mention_by_author
        user.posts, author: key_blocked_by_1 key_blocking_1 key_following_1 key_handle_1 key_person_1 key_post_1 key_post_mention_1 post_by_author post_by_author_followers post_by_author_open post_mention_by_author
        hashtag.posts: key_blocked_by_1 key_blocking_1 key_following_1 key_person_1 key_post_1 key_post_mention_1 post_hashtag_page post_hashtag_public
        homeFeed: following_page following_pulled key_blocked_by_1 key_blocking_1 key_feed_entry_1 key_feed_reader_1 key_following_1 key_person_1 key_post_1 key_post_mention_1 mute_page post_by_author post_by_author_for_many post_for_many post_not_fanned_out
        post.comments, OLDEST: comment_replies_by_score comment_top_level key_blocked_by_1 key_blocking_1 key_comment_1 key_following_1 key_person_1 key_post_1 key_post_mention_1
        post.comments, NEWEST: comment_replies_by_score comment_top_level key_blocked_by_1 key_blocking_1 key_comment_1 key_following_1 key_person_1 key_post_1 key_post_mention_1
        post.comments, TOP: comment_replies_by_score comment_top_level_by_score key_blocked_by_1 key_blocking_1 key_comment_1 key_following_1 key_person_1 key_post_1 key_post_mention_1
        comment.replies: comment_replies comment_replies_by_score key_blocked_by_1 key_blocking_1 key_comment_1 key_following_1 key_person_1 key_post_1 key_post_mention_1
        reactions: key_blocked_by_1 key_blocking_1 key_following_1 key_person_1 key_post_1 key_post_mention_1 key_reaction_1 reaction_page
        followers: follower_page key_blocked_by_1 key_blocking_1 key_following_1 key_handle_1 key_person_1
        following: following_page key_blocked_by_1 key_blocking_1 key_following_1 key_handle_1 key_person_1
        node: key_blocked_by_1 key_blocking_1 key_following_1 key_person_1 key_post_1 key_post_mention_1
        nodes: comment_replies_by_score key_blocked_by_1 key_blocking_1 key_comment_1 key_following_1 key_person_1 key_post_1 key_post_mention_1
        totalCount: comment_replies_by_score comment_top_level follower_page following_page key_blocked_by_1 key_blocking_1 key_comment_1 key_following_1 key_handle_1 key_person_1 key_post_1 key_post_mention_1 key_reaction_1 reaction_page
        comments of many posts: comment_replies_by_score comment_top_level key_blocked_by_1 key_blocking_1 key_comment_1 key_counter_1 key_following_1 key_person_1 key_post_1 key_post_mention_1 mute_page post_public
        ");
    }
}

//! The queries that a frontend sends all day find their rows by an index.

use std::fmt::Write as _;

use serde_json::json;

use super::society::Society;
use crate::support::{Caller, on_postgres};

const PAGE: &str = "{ nodes { id } pageInfo { hasNextPage } }";

/// Asks, and adds one line for each query of the answer: the indexes that it reads.
async fn tell(seen: &mut String, name: &str, caller: &Caller, query: &str) {
    let app = &caller.app;
    app.forget_statements().await;
    let data = caller.query(&query.replace("PAGE", PAGE), json!({})).await;
    let found = ["\"id\"", "totalCount", "handle"];
    let found = found.iter().any(|label| data.to_string().contains(label));
    assert!(found, "{name} found nothing: {data}");
    // Statements of one level end in any order.
    let mut lines = Vec::new();
    for plan in app.plans().await {
        let indexes: Vec<_> = plan.indexes.iter().map(String::as_str).collect();
        lines.push(match indexes.is_empty() {
            true => "  none".to_owned(),
            false => format!("  {}", indexes.join(" ")),
        });
        if std::env::var("SHOW_PLANS").is_ok_and(|wanted| name.contains(&wanted)) {
            println!("{name}\n{}\n{}\n{}", plan.sql, plan.told, plan.cost);
        }
        if !plan.scanned.is_empty() {
            lines.push(format!("  {:?} READ WHOLLY", plan.scanned));
        }
    }
    lines.sort();
    writeln!(seen, "{name}\n{}", lines.join("\n")).unwrap();
}

#[tokio::test]
async fn no_hot_query_reads_a_big_table_from_end_to_end() {
    let society = Society::build().await;
    let Society {
        app,
        author,
        follower,
        stranger,
        post,
        comment,
    } = &society;
    let guest = &app.guest();
    let mut seen = String::new();
    let explore = "{ explore(first: 20) PAGE }";
    tell(&mut seen, "explore, guest", guest, explore).await;
    tell(&mut seen, "explore, member", stranger, explore).await;
    let profile = "{ user(handle: \"author\") { posts(first: 20) PAGE } }";
    for viewer in [guest, stranger, follower, author] {
        let name = format!("user.posts, {}", viewer.handle);
        tell(&mut seen, &name, viewer, profile).await;
    }
    let hashtag = "{ hashtag(name: \"sun\") { posts(first: 20) PAGE } }";
    tell(&mut seen, "hashtag.posts", follower, hashtag).await;
    for order in ["OLDEST", "NEWEST", "TOP"] {
        let query = format!(
            "{{ node(id: \"{post}\") {{ ... on Post {{ comments(first: 20, order: {order}) PAGE }} }} }}"
        );
        tell(
            &mut seen,
            &format!("post.comments, {order}"),
            follower,
            &query,
        )
        .await;
    }
    for (name, query) in [
        (
            "comment.replies",
            format!("{{ node(id: \"{comment}\") {{ ... on Comment {{ replies PAGE }} }} }}"),
        ),
        (
            "reactions",
            format!("{{ node(id: \"{post}\") {{ ... on Post {{ reactions PAGE }} }} }}"),
        ),
        (
            "followers",
            "{ user(handle: \"author\") { followers PAGE } }".to_owned(),
        ),
        (
            "following",
            "{ user(handle: \"follower\") { following PAGE } }".to_owned(),
        ),
        ("homeFeed", "{ viewer { homeFeed PAGE } }".to_owned()),
        (
            "nodes",
            format!(
                "{{ nodes(ids: [\"{post}\", \"{comment}\", \"{}\"]) {{ id }} }}",
                author.id
            ),
        ),
        (
            "counts",
            format!(
                "{{ user(handle: \"author\") {{ followers {{ totalCount }} following {{ totalCount }} }} \
             node(id: \"{post}\") {{ ... on Post {{ comments {{ totalCount }} reactions {{ totalCount }} }} }} }}"
            ),
        ),
        (
            "a thread",
            "{ explore(first: 20) { nodes { author { handle } comments(first: 20) { nodes \
                      { author { handle } replyCount } } } } }"
                .to_owned(),
        ),
    ] {
        tell(&mut seen, name, follower, &query).await;
    }
    if on_postgres() {
        insta::assert_snapshot!(seen, @r"
        explore, guest
          person_pkey post_pkey post_public
        explore, member
          following_pkey person_pkey post_mention_pkey post_pkey post_public
          person_pkey
        user.posts, guest
          handle_pkey person_pkey
          person_pkey post_by_author_open post_pkey
        user.posts, stranger
          following_pkey person_pkey post_by_author post_by_author_followers post_by_author_open post_mention_by_author post_mention_pkey post_pkey
          handle_pkey person_pkey
          person_pkey
        user.posts, follower
          following_pkey person_pkey post_by_author post_by_author_followers post_by_author_open post_mention_by_author post_mention_pkey post_pkey
          handle_pkey person_pkey
          person_pkey
        user.posts, author
          following_pkey person_pkey post_by_author post_by_author_followers post_by_author_open post_mention_by_author post_mention_pkey post_pkey
          handle_pkey person_pkey
          person_pkey
        hashtag.posts
          following_pkey hashtag_name_key person_pkey post_hashtag_page post_hashtag_public post_mention_pkey post_pkey
          following_pkey person_pkey post_hashtag_public post_mention_pkey post_pkey
          person_pkey
        post.comments, OLDEST
          comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey
          following_pkey person_pkey post_mention_pkey post_pkey
          person_pkey
        post.comments, NEWEST
          comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey
          following_pkey person_pkey post_mention_pkey post_pkey
          person_pkey
        post.comments, TOP
          comment_replies_by_score comment_top_level_by_score following_pkey person_pkey post_mention_pkey post_pkey
          following_pkey person_pkey post_mention_pkey post_pkey
          person_pkey
        comment.replies
          comment_pkey comment_replies comment_replies_by_score following_pkey person_pkey post_mention_pkey post_pkey
          comment_pkey comment_replies_by_score following_pkey person_pkey post_mention_pkey post_pkey
          person_pkey
        reactions
          following_pkey person_pkey post_mention_pkey post_pkey
          person_pkey
          person_pkey reaction_page
        followers
          follower_page following_pkey person_pkey
          handle_pkey person_pkey
          person_pkey
        following
          following_page following_pkey person_pkey
          handle_pkey person_pkey
          person_pkey
        homeFeed
          following_pkey person_pkey post_by_author post_mention_pkey post_pkey
          person_pkey
        nodes
          comment_pkey comment_replies_by_score following_pkey person_pkey post_mention_pkey post_pkey
          following_pkey person_pkey post_mention_pkey post_pkey
          person_pkey
          person_pkey
        counts
          comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey
          comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey
          follower_page following_pkey person_pkey
          follower_page following_pkey person_pkey
          following_page following_pkey person_pkey
          following_page following_pkey person_pkey
          following_pkey person_pkey post_mention_pkey post_pkey
          handle_pkey person_pkey
          person_pkey
          person_pkey reaction_page
          person_pkey reaction_page
        a thread
          comment_replies_by_score comment_top_level following_pkey person_pkey post_mention_pkey post_pkey
          following_pkey person_pkey post_mention_pkey post_pkey post_public
          none
          person_pkey
          person_pkey
          person_pkey
        ");
    } else {
        insta::assert_snapshot!(seen, @"");
    }
}

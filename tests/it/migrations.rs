//! The schema of the database: up, down, up again, and the same on both engines.

use std::collections::BTreeMap;

use migrations::{Migrator, MigratorTrait};
use rookery::{app, platform::db::Db};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::support::{TestApp, TestDatabase, number, on_postgres};

const POSTGRES: &str = "SELECT table_name AS owner, column_name || \
    CASE is_nullable WHEN 'NO' THEN '!' ELSE '' END AS part FROM information_schema.columns \
    WHERE table_schema = 'public' \
    AND table_name IN (SELECT tablename FROM pg_tables) ORDER BY ordinal_position";
const POSTGRES_INDEXES: &str = "SELECT tablename AS owner, indexname AS part FROM pg_indexes \
    WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key' \
    ORDER BY indexname";
const SQLITE: &str = "SELECT m.name AS owner, c.name || \
    CASE c.\"notnull\" WHEN 1 THEN '!' ELSE '' END AS part \
    FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
    AND m.name NOT LIKE 'sqlite%' ORDER BY c.cid";
const SQLITE_INDEXES: &str = "SELECT tbl_name AS owner, name AS part FROM sqlite_master \
    WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";

async fn parts(db: &Db, sql: &str) -> BTreeMap<String, Vec<String>> {
    let statement = Statement::from_string(db.backend(), sql);
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in db.background().query_all_raw(statement).await.unwrap() {
        let owner: String = row.try_get("", "owner").unwrap();
        if owner != "seaql_migrations" {
            parts
                .entry(owner)
                .or_default()
                .push(row.try_get("", "part").unwrap());
        }
    }
    parts
}

/// Every table on a line, with its columns (`!`: not null) and after `|` its indexes.
async fn schema(db: &Db) -> Vec<String> {
    let (columns, indexes) = match on_postgres() {
        true => (POSTGRES, POSTGRES_INDEXES),
        false => (SQLITE, SQLITE_INDEXES),
    };
    let indexes = parts(db, indexes).await;
    let tables = parts(db, columns)
        .await
        .into_iter()
        .map(|(table, columns)| match indexes.get(&table) {
            None => format!("{table}: {}", columns.join(" ")),
            Some(indexes) => format!("{table}: {} | {}", columns.join(" "), indexes.join(" ")),
        });
    tables.collect()
}

#[tokio::test]
async fn the_schema_is_the_same_on_both_engines() {
    let database = TestDatabase::create().await;
    let db = app::connect(&database.config, None).await.unwrap();
    insta::assert_snapshot!(schema(&db).await.join("\n"), @r"
    account: person_id! email! email_key! email_verified_at password_hash! role! allow_messages_from! share_read_receipts! new_email new_email_key | account_by_email
    activity: shard! position! id! kind! aggregate! home! actor visibility! payload! counts source! traceparent happened_at! recorded_at!
    activity_consumer: name! shard! position! fence! worker moved_at!
    activity_parked: consumer! shard! position! id! kind! aggregate! home! actor visibility! payload! counts source! traceparent happened_at! recorded_at! reason! attempts! parked_at! is_due! | activity_parked_due
    activity_rebuild: name! after_id steps!
    activity_shard: shard! head!
    activity_worker: name! worker! host! alive_until!
    blocked_by: person_id! blocker_id!
    blocking: person_id! blocked_id! id! created_at! | blocking_page
    bookmark: person_id! post_id! id! created_at! | bookmark_page
    bucket: key! full_at!
    comment: id! post_id! parent_id author_id! depth! body! score! created_at! edited_at deleted_at is_gone! idempotency_key request_hash hidden_at hidden_by_author_at | comment_by_author comment_idempotency comment_of_post comment_replies comment_replies_by_score comment_top_level comment_top_level_by_score comment_under_post
    comment_edit: id! comment_id! body! edited_at! | comment_edit_page
    comment_mention: person_id! comment_id! position! | comment_mention_of_person
    conversation: id! kind! title pair creator_id! outside_id! last_sequence! created_at! updated_at! idempotency_key request_hash | conversation_idempotency
    conversation_member: conversation_id! person_id! id! role! standing! joined_at! reads_after! read_up_to! is_muted! muted_until added_by_id! was_asked! | conversation_member_of conversation_member_once conversation_member_owner conversation_member_page
    counter: subject_id! kind! value!
    draft: id! author_id! body! visibility! reply_policy! content_warning language publish_at publish_failure created_at! updated_at! deleted_at idempotency_key request_hash | draft_idempotency draft_page draft_to_publish
    email_address: key! person_id!
    feed_author: author_id! reached_id! is_marked!
    feed_entry: reader_id! created_at! post_id!
    feed_fan_out: post_id! reached_id!
    feed_reader: person_id! floor_at!
    follow_request: person_id! requester_id! id! created_at! | follow_request_page
    follower: person_id! follower_id! id! created_at! was_requested! | follower_page
    following: person_id! followed_id! id! created_at! was_requested! is_pulled! | following_page following_pulled
    handle: key! person_id! released_at | handle_of_person
    hashtag: id! name! created_at!
    identity: issuer! subject! person_id! linked_at! | identity_of_person
    installation: name! value!
    letter: id! kind! person_id address! created_at! attempts! due_at! | letter_due
    mailed_token: hash! person_id! purpose! email_key! expires_at! | mailed_token_ended mailed_token_of_person
    media: id! uploader_id! purpose! status! failure_reason raw_name! private_name! public_name format! byte_size! width height duration_ms has_variants! blurhash alt_text attempts! created_at! upload_until! loose_since deleted_at sweep_at idempotency_key request_hash | media_idempotency media_of_uploader media_to_sweep
    media_attachment: parent_id! parent_kind! media_id! position! | media_attachment_of
    message: id! conversation_id! sequence! sender_id! body! reply_to_id shared_post_id created_at! edited_at deleted_at hidden_at idempotency_key request_hash | message_idempotency message_sequence
    mute: person_id! muted_id! id! created_at! until | mute_page
    notification: id! recipient_id! kind! subject_kind! subject_id! latest_at! latest_actor_id! told_at! | notification_by_actor notification_of_subject notification_once notification_page notification_told
    notification_marker: person_id! up_to! up_to_id! marked_at!
    notification_off: person_id! kind! since!
    oidc_sign_in: state_hash! secret_hash! redirect_uri! nonce! verifier! expires_at! code_hash identity | oidc_sign_in_expired
    person: id! handle! display_name! bio! created_at! deleted_at is_private! suspended_until!
    personid: person_id! personid! | personid_once
    pinned_post: person_id! post_id! created_at!
    poll: post_id! is_multiple_choice! hides_totals! closes_at! closed_recorded_at | poll_to_close
    poll_option: id! post_id! position! body! | poll_option_place
    poll_vote: post_id! person_id! choices! created_at! | poll_vote_of_person
    post: id! author_id! body! visibility! created_at! edited_at deleted_at created_by! idempotency_key request_hash reply_policy! is_locked! hidden_at quote_of_id repost_of_id content_warning language fan_out! is_fanned_out! | post_by_author post_by_author_followers post_by_author_for_many post_by_author_open post_for_many post_idempotency post_not_fanned_out post_public post_quotes post_quotes_by_author post_repost_once post_reposts post_reposts_page
    post_edit: id! post_id! body! edited_at! content_warning | post_edit_page
    post_hashtag: hashtag_id! post_id! position! created_at! is_public! is_counted! | post_hashtag_page post_hashtag_public
    post_mention: person_id! post_id! position! created_at! author_id! visibility! | post_mention_by_author post_mention_page
    reaction: id! home_id! subject_kind! subject_id! person_id! emoji! created_at! | reaction_by_emoji reaction_of_person reaction_once reaction_page
    reaction_group: subject_id! emoji! count! first_at!
    recovery_code: person_id! hash!
    refresh_token: hash! session_id! created_at! expires_at! used_at | refresh_token_ended refresh_token_of_session
    search_prefix: kind! term! place! subject_id! | search_prefix_of
    search_word: kind! term! place! subject_id! | search_word_of
    session: id! person_id! user_agent created_at! last_used_at! revoked_at | session_live session_of_person
    thread_mute: person_id! post_id! id! created_at!
    totp: person_id! secret! key_id! confirmed_at last_step! failed_count! blocked_until!
    trend_list: kind! as_of!
    trend_place: kind! place! subject_id!
    trend_score: subject_id! kind! score! | trend_score_best
    ");
    db.close().await;
}

#[tokio::test]
async fn an_empty_database_goes_down_and_up_again() {
    let database = TestDatabase::create().await;
    let db = app::connect(&database.config, None).await.unwrap();
    let before = schema(&db).await;
    assert!(!before.is_empty());
    for _ in 0..2 {
        Migrator::down(db.background(), None).await.unwrap();
        assert_eq!(schema(&db).await, Vec::<String>::new());
        assert!(!app::is_up_to_date(&db).await.unwrap());
        app::migrate(&db).await.unwrap();
        assert_eq!(schema(&db).await, before);
        assert!(app::is_up_to_date(&db).await.unwrap());
    }
    app::migrate(&db).await.unwrap();
    assert_eq!(schema(&db).await, before, "nothing is left to do");
    db.close().await;
}

#[tokio::test]
async fn a_filled_database_goes_down_and_up_again_and_serves() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    let post = ada.post("a post #tag @bob").await;
    let comment = bob.comment(&post, "a comment @ada").await;
    ada.reply(&post, &comment, "a reply").await;
    bob.react(&comment, "👍").await;
    let poll = json!({ "options": ["a", "b"], "closesAt": "2026-05-01T13:00:00Z" });
    let asks = json!({ "body": "a question", "poll": poll });
    let asking = "postEdge { node { poll { id options { id } } } }";
    let asked = ada.mutate("createPost", asks, asking).await;
    let poll = &asked["postEdge"]["node"]["poll"];
    let vote = json!({ "pollId": poll["id"], "optionIds": [poll["options"][0]["id"]] });
    assert_eq!(
        crate::support::attempt(&bob, "votePoll", vote).await,
        "done"
    );
    let edits = [
        ("editPost", json!({ "postId": post, "body": "edited @bob" })),
        ("pinPost", json!({ "postId": post })),
        ("saveDraft", json!({ "body": "a draft" })),
        ("changeHandle", json!({ "handle": "ada_2" })),
    ];
    for (field, input) in edits {
        assert_eq!(crate::support::attempt(&ada, field, input).await, "done");
    }
    let db = &app.platform().db;
    let before = schema(db).await;
    Migrator::down(db.background(), None).await.unwrap();
    assert_eq!(schema(db).await, Vec::<String>::new());
    app::migrate(db).await.unwrap();
    assert_eq!(schema(db).await, before);
    let ada = app.user("ada").await;
    ada.post("a new beginning").await;
    let data = app
        .guest()
        .query("{ explore { nodes { body } } }", json!({}))
        .await;
    assert_eq!(
        data["explore"]["nodes"],
        json!([{ "body": "a new beginning" }])
    );
}

#[tokio::test]
async fn posts_that_are_there_already_get_their_copies() {
    let app = TestApp::start().await;
    let [ada, _] = app.users(["ada", "bob"]).await;
    for level in ["PUBLIC", "MENTIONED"] {
        ada.post_to("For @bob #sun", level).await;
    }
    let db = app.platform().db.background();
    // Back to the first step; the second one makes the copies.
    let steps = u32::try_from(Migrator::migrations().len()).unwrap();
    Migrator::down(db, Some(steps - 1)).await.unwrap();
    Migrator::up(db, None).await.unwrap();
    let wrong = "SELECT (SELECT COUNT(*) FROM post_mention m JOIN post p ON p.id = m.post_id \
                 WHERE m.author_id <> p.author_id OR m.visibility <> p.visibility) \
                 + (SELECT COUNT(*) FROM post_hashtag h JOIN post p ON p.id = h.post_id \
                 WHERE h.is_public <> (p.visibility = 'PUBLIC')) AS n";
    assert_eq!(number(&app, wrong).await, 0);
    let kept =
        "SELECT (SELECT COUNT(*) FROM post_mention) + (SELECT COUNT(*) FROM post_hashtag) AS n";
    assert_eq!(number(&app, kept).await, 4);
}

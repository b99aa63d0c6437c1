//! Lists below a post: comments, replies, reactions and earlier texts.

use serde_json::json;

use super::{
    listing::Listing,
    lists::{LENGTH, NOON, key, ordered},
};
use crate::support::{Caller, TestApp};

/// `ada` with a post, and another post that nothing under test belongs to.
async fn two_posts(app: &TestApp) -> (Caller, [String; 2]) {
    let ada = app.user("ada_01").await;
    let posts = [ada.post("Here").await, ada.post("There").await];
    (ada, posts)
}

/// Gives the rows that `of` finds for each number their keys.
async fn set_keys(app: &TestApp, table: &str, column: &str, base: i64, of: &str) {
    for n in 0..LENGTH {
        let condition = of.replace("{n}", &n.to_string());
        let key = base + key(n);
        let sql = format!("UPDATE {table} SET {column} = {key} WHERE {condition}");
        app.sql(&sql).await;
    }
}

async fn delete(ada: &Caller, comment: &str) {
    let input = json!({ "commentId": comment });
    ada.act("deleteComment", input, "deletedCommentId").await;
}

/// Writes a comment under `post`, a reply where `parent` is one.
async fn write(ada: &Caller, post: &str, parent: Option<&str>, body: &str) -> String {
    match parent {
        Some(parent) => ada.reply(post, parent, body).await,
        None => ada.comment(post, body).await,
    }
}

/// Comments in `order` (or replies to one, with `is_below`), others of all kinds between them.
pub async fn comments(app: &TestApp, order: &str, is_below: bool) -> Listing {
    let (ada, [here, there]) = two_posts(app).await;
    let parent = match is_below {
        true => Some(ada.comment(&here, "Parent").await),
        false => None,
    };
    let sibling = ada.comment(&there, "Elsewhere").await;
    let mut made = Vec::new();
    for n in 0..LENGTH {
        let body = format!("Comment {n}");
        let listed = write(&ada, &here, parent.as_deref(), &body).await;
        ada.reply(&here, &listed, &body).await;
        ada.reply(&there, &sibling, &body).await;
        ada.comment(&there, &body).await;
        if is_below {
            ada.comment(&here, &body).await;
        }
        // Leaves nothing behind.
        let gone = write(&ada, &here, parent.as_deref(), &body).await;
        delete(&ada, &gone).await;
        made.push(body);
    }
    let (column, base) = match order {
        "TOP" => ("score", 0),
        _ => ("created_at", NOON),
    };
    set_keys(app, "comment", column, base, "body = 'Comment {n}'").await;
    let (id, on, field) = match &parent {
        Some(parent) => (parent, "Comment", "replies"),
        None => (&here, "Post", "comments"),
    };
    Listing {
        caller: app.guest(),
        around: format!("{{ node(id: \"{id}\") {{ ... on {on} {{ {field}{{page}} }} }} }}"),
        order: Some(order.to_owned()),
        at: if is_below {
            "/node/replies"
        } else {
            "/node/comments"
        },
        label: ("body", "/body"),
        is_counted: true,
        rows: ordered(made, order != "OLDEST"),
    }
}

/// One reaction by each of many people, on a post or on a comment.
pub async fn reactions(app: &TestApp, is_on_comment: bool) -> Listing {
    let (ada, [here, there]) = two_posts(app).await;
    let comment = ada.comment(&here, "A comment").await;
    let (subject, other) = match is_on_comment {
        true => (&comment, &here),
        false => (&here, &comment),
    };
    let mut made = Vec::new();
    for n in 0..LENGTH {
        let person = app.user(&format!("person_{n}")).await;
        person.react(subject, ["👍", "🎉"][n % 2]).await;
        person.react(other, "👍").await;
        person.react(&there, "👍").await;
        made.push(person.handle);
    }
    let leaver = app.user("leaver").await;
    leaver.react(subject, "👍").await;
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'leaver'")
        .await;
    let by = "person_id = (SELECT id FROM person WHERE handle = 'person_{n}')";
    set_keys(app, "reaction", "created_at", NOON, by).await;
    let page = "{ reactions{page} }";
    Listing {
        caller: app.guest(),
        around: format!("{{ node(id: \"{subject}\") {{ ... on Reactable {page} }} }}"),
        order: None,
        at: "/node/reactions",
        label: ("user { handle }", "/user/handle"),
        is_counted: true,
        rows: ordered(made, true),
    }
}

/// The earlier texts of a post.
pub async fn edits(app: &TestApp) -> Listing {
    let (ada, [here, there]) = two_posts(app).await;
    let mut made = vec!["Here".to_owned()];
    for n in 0..LENGTH {
        let body = format!("Text {n}");
        for post in [&here, &there] {
            let input = json!({ "postId": post, "body": body });
            ada.act("editPost", input, "").await;
        }
        made.push(body);
    }
    made.pop();
    for (n, body) in made.iter().enumerate() {
        let at = NOON + key(n);
        app.sql(&format!(
            "UPDATE post_edit SET edited_at = {at} WHERE body = '{body}'"
        ))
        .await;
    }
    Listing {
        caller: app.guest(),
        around: format!("{{ node(id: \"{here}\") {{ ... on Post {{ edits{{page}} }} }} }}"),
        order: None,
        at: "/node/edits",
        label: ("body", "/body"),
        is_counted: true,
        rows: ordered(made, true),
    }
}

//! What every mutation there is leaves on the topics.

use std::{collections::BTreeSet, time::Duration};

use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

use super::{
    on_both,
    stage::{Broker, Received, Stage},
};
use crate::{activity::story::tell, events::support::validate, support::TestApp};

/// What must not leave the house: everything that people typed, and who they are inside.
async fn secrets(app: &TestApp) -> BTreeSet<String> {
    let db = app.platform().db.background();
    let mut secrets = BTreeSet::new();
    for sql in [
        "SELECT handle AS s FROM person",
        "SELECT display_name AS s FROM person",
        "SELECT bio AS s FROM person",
        "SELECT key AS s FROM handle",
        "SELECT email AS s FROM account",
        "SELECT password_hash AS s FROM account",
        "SELECT hash AS s FROM refresh_token",
        "SELECT name AS s FROM hashtag",
        "SELECT body AS s FROM post",
        "SELECT body AS s FROM post_edit",
        "SELECT body AS s FROM comment",
        "SELECT body AS s FROM comment_edit",
        "SELECT body AS s FROM message",
        "SELECT title AS s FROM conversation WHERE title IS NOT NULL",
        "SELECT idempotency_key AS s FROM post WHERE idempotency_key IS NOT NULL",
        "SELECT idempotency_key AS s FROM message WHERE idempotency_key IS NOT NULL",
        "SELECT idempotency_key AS s FROM conversation WHERE idempotency_key IS NOT NULL",
    ] {
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            secrets.insert(row.try_get::<String>("", "s").unwrap());
        }
    }
    for sql in [
        "SELECT id FROM person",
        "SELECT id FROM session",
        "SELECT person_id AS id FROM account",
        "SELECT id FROM conversation",
    ] {
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            let id: uuid::Uuid = row.try_get("", "id").unwrap();
            secrets.extend([id.to_string(), id.simple().to_string()]);
        }
    }
    secrets.retain(|secret| !secret.is_empty());
    secrets
}

/// Every text of a message: its key, its headers, and all strings of its JSON.
fn texts(message: &Received) -> Vec<String> {
    let mut texts = vec![message.key.clone()];
    texts.extend(
        message
            .headers
            .iter()
            .flat_map(|(k, v)| [k.clone(), v.clone()]),
    );
    let mut values = vec![&message.json];
    while let Some(value) = values.pop() {
        match value {
            Value::String(text) => texts.push(text.clone()),
            Value::Array(items) => values.extend(items),
            Value::Object(fields) => values.extend(fields.values()),
            _ => {}
        }
    }
    texts
}

/// Words as short as `ada` or `one` stand in ids and names by chance.
fn is_short(secret: &str) -> bool {
    secret.len() < 8
}

async fn every_event_is_as_its_schema_says_and_nobody_s_words_or_account_leave_the_house(
    broker: Broker,
) {
    let (app, tokens) = tell().await;
    let stage = Stage::around(app, broker).await;
    let relay = stage.start(Duration::from_secs(10));
    stage.drained().await;
    relay.stop().await;
    stage.check().await;
    let received = stage.received().await;
    let kinds: BTreeSet<_> = received
        .iter()
        .map(|m| m.json["type"].to_string())
        .collect();
    assert!(kinds.len() > 25, "{kinds:?}");
    let mut secrets = secrets(&stage.app).await;
    secrets.extend(tokens);
    assert!(secrets.len() > 30, "there is something to look for");
    for message in &received {
        validate(&message.json).unwrap_or_else(|why| panic!("{why}: {message:?}"));
        for text in texts(message) {
            for secret in &secrets {
                let is_there = match is_short(secret) {
                    true => text == *secret,
                    false => text.contains(secret.as_str()),
                };
                assert!(!is_there, "{secret:?} is in {message:?}");
            }
        }
    }
}
on_both!(every_event_is_as_its_schema_says_and_nobody_s_words_or_account_leave_the_house);

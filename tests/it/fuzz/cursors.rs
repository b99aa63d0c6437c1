//! Cursors: read back as they were made, never as something else, and never by the database.

use proptest::prelude::*;
use rookery::{
    error::{Code, Error},
    page::{Order, Position, RawPageArgs},
    seal::Seal,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Tally, campaign,
    choices::{changed_text, changes, text},
    stage::{Stage, check},
};

const ORDERS: [Order; 5] = [
    Order("post:created"),
    Order("user:followed"),
    Order("comment:created"),
    Order("reaction:created"),
    Order("search:users"),
];

/// Lists of each of [`ORDERS`].
const LISTS: [&str; 5] = [
    "{ explore(after: $c) { nodes { id } } viewer { homeFeed(before: $c, last: 3) { nodes { id } } } }",
    "{ user(handle: \"ada_01\") { followers(after: $c) { nodes { id } } } }",
    "{ explore(first: 1) { nodes { comments(after: $c) { nodes { id } } } } }",
    "{ explore(first: 2) { nodes { reactions(before: $c, last: 2) { nodes { id } } } } }",
    "{ search(query: \"bo\", type: USERS, after: $c) { nodes { __typename } } }",
];

fn read(text: &str, order: Order, seal: &Seal) -> Result<Position, Error> {
    let raw = RawPageArgs {
        after: Some(text.to_owned()),
        ..RawPageArgs::default()
    };
    raw.check(order, seal)
        .map(|args| args.after.expect("a place"))
}

fn is_bad_cursor(error: &Error) -> bool {
    matches!(error, Error::Refused(refusal) if refusal.code == Code::BadCursor)
}

fn places() -> impl Strategy<Value = Position> {
    let keys = prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)];
    (keys, any::<u128>()).prop_map(|(key, id)| Position {
        key,
        id: Uuid::from_u128(id),
    })
}

#[test]
fn a_cursor_is_read_as_it_was_made_and_a_changed_one_never_as_something_else() {
    let (seal, other) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
    let cases = (
        places(),
        0..ORDERS.len(),
        0..ORDERS.len(),
        changes(4),
        text(),
    );
    campaign(
        "cursors",
        2_000,
        &cases,
        |(place, own, foreign, changes, noise)| {
            let (own, foreign) = (ORDERS[own], ORDERS[foreign]);
            let plain = place.cursor(own);
            let sealed = place.sealed_cursor(own, &seal).unwrap();
            for cursor in [&plain, &sealed] {
                prop_assert_eq!(read(cursor, own, &seal).ok(), Some(place));
                let elsewhere = read(cursor, foreign, &seal);
                prop_assert_eq!(elsewhere.is_ok(), own == foreign);
            }
            prop_assert!(read(&sealed, own, &other).is_err(), "by another key");
            let changed = changed_text(&sealed, &changes);
            if changed != sealed {
                let refused = read(&changed, own, &seal);
                prop_assert!(
                    refused.is_err_and(|error| is_bad_cursor(&error)),
                    "{changed}"
                );
            }
            for text in [changed_text(&plain, &changes), noise] {
                match read(&text, own, &seal) {
                    Ok(place) => prop_assert_eq!(place.cursor(own), text, "one text for one place"),
                    Err(error) => prop_assert!(is_bad_cursor(&error)),
                }
            }
            Ok(())
        },
    );
}

#[test]
fn a_changed_cursor_is_a_place_or_bad_cursor_in_every_list() {
    let (stage, tally) = (Stage::begin(), Tally::default());
    let seal = stage.app.platform().seal.clone();
    let changed = (places(), any::<bool>(), changes(3));
    let cases = (changed, 0..ORDERS.len(), 0..ORDERS.len(), text(), 0..6_u8);
    campaign(
        "cursors in lists",
        60,
        &cases,
        |((place, seals, changes), own, list, noise, which)| {
            let own = if which == 1 { list } else { own };
            let made = match seals {
                true => place.sealed_cursor(ORDERS[own], &seal).unwrap(),
                false => place.cursor(ORDERS[own]),
            };
            let text = match which {
                0 => noise,
                1 | 2 => made.clone(),
                _ => changed_text(&made, &changes),
            };
            let query = format!("query($c: String) {}", LISTS[list]);
            let variables = json!({ "c": text });
            let answer = stage.ask(None, &query, &variables);
            check(&answer)?;
            if variables.to_string().len() > 32 * 1024 {
                prop_assert_eq!(answer.status, 413);
                return Ok(());
            }
            tally.add(answer.outcome());
            prop_assert_eq!(answer.status, 200, "{:?}", answer);
            let errors = answer.body["errors"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let is_place = read(&text, ORDERS[list], &seal).is_ok();
            prop_assert_eq!(errors.is_empty(), is_place, "{:?}", answer);
            let all_bad = errors
                .iter()
                .all(|e| e["extensions"]["code"] == "BAD_CURSOR");
            prop_assert!(all_bad, "{errors:?}");
            Ok(())
        },
    );
    tally.has(&["data", "BAD_CURSOR"]);
}

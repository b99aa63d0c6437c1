//! Any page of any list, asked for in any way, is the slice that a plain list gives.

use proptest::test_runner::{Config, TestRunner};
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    listing::{Listing, Wanted},
    lists, threads,
};
use crate::support::TestApp;

/// Asks for random pages, then walks the whole list in steps of several sizes.
async fn prove(list: &Listing) {
    let cursors = list.cursors().await;
    let config = Config {
        cases: 25,
        failure_persistence: None,
        ..Config::default()
    };
    let asked = TestRunner::new(config).run(&Wanted::any(list.rows.len()), |wanted| {
        block_in_place(|| Handle::current().block_on(list.check(&cursors, &wanted)))
    });
    asked.unwrap_or_else(|error| panic!("{error}"));
    for size in [2, 7] {
        walk(list, &cursors, size, false).await;
        walk(list, &cursors, size, true).await;
    }
}

/// Goes from one end to the other, page by page, by what each page says itself.
async fn walk(list: &Listing, cursors: &[String], size: usize, backwards: bool) {
    let names = match backwards {
        true => ["last", "before", "startCursor", "hasPreviousPage"],
        false => ["first", "after", "endCursor", "hasNextPage"],
    };
    let [size_name, from, end, more] = names;
    let mut met = Vec::new();
    let mut cursor = serde_json::Value::Null;
    loop {
        let page = list
            .ask(serde_json::json!({ size_name: size, from: cursor }))
            .await;
        let labels = list.labels(&page);
        met = match backwards {
            true => [labels, met].concat(),
            false => [met, labels].concat(),
        };
        cursor = page["pageInfo"][end].clone();
        assert!(met.len() <= cursors.len(), "{met:?}");
        if page["pageInfo"][more] == false {
            break;
        }
    }
    assert_eq!(met, list.rows);
}

macro_rules! lists {
    ($($name:ident: $list:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
        async fn $name() {
            let app: TestApp = lists::app().await;
            let list: fn(&TestApp) -> std::pin::Pin<Box<dyn Future<Output = Listing> + '_>> =
                |app| Box::pin($list(app));
            prove(&list(&app).await).await;
        }
    )*};
}

lists! {
    explore_is_sliced_as_asked: lists::explore;
    the_home_feed_is_sliced_as_asked: lists::home_feed;
    posts_of_a_user_are_sliced_as_asked: lists::posts_of_user;
    posts_of_a_hashtag_are_sliced_as_asked: lists::posts_of_hashtag;
    followers_are_sliced_as_asked: lists::followers;
    following_is_sliced_as_asked: lists::following;
    oldest_comments_are_sliced_as_asked: |app| threads::comments(app, "OLDEST", false);
    newest_comments_are_sliced_as_asked: |app| threads::comments(app, "NEWEST", false);
    top_comments_are_sliced_as_asked: |app| threads::comments(app, "TOP", false);
    oldest_replies_are_sliced_as_asked: |app| threads::comments(app, "OLDEST", true);
    newest_replies_are_sliced_as_asked: |app| threads::comments(app, "NEWEST", true);
    top_replies_are_sliced_as_asked: |app| threads::comments(app, "TOP", true);
    reactions_to_a_post_are_sliced_as_asked: |app| threads::reactions(app, false);
    reactions_to_a_comment_are_sliced_as_asked: |app| threads::reactions(app, true);
    edits_of_a_post_are_sliced_as_asked: threads::edits;
}

//! The addresses by which media are loaded: for whom, how long, and what a browser is told.

use serde_json::json;

use super::{
    pictures::photo,
    stage::{Stage, media},
};
use crate::support::{TestApp, attempt, store::TestStore, text_of};

#[tokio::test]
async fn the_same_address_is_given_within_five_minutes_and_it_ends_within_ten() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let id = stage.picture(&ann).await;
    let post = json!({ "body": "look", "mediaIds": [id] });
    assert_eq!(attempt(&ann, "createPost", post).await, "done");
    let first = stage.url(&ann, &id).await.unwrap();
    stage.app.advance(299);
    assert_eq!(stage.url(&ann, &id).await.as_ref(), Some(&first));
    assert_eq!(
        stage.url(&bob, &id).await.as_ref(),
        Some(&first),
        "it tells nothing of who asked"
    );
    stage.app.advance(1);
    let next = stage.url(&ann, &id).await.unwrap();
    assert_ne!(next, first);
    for url in [first, next] {
        assert!(url.contains("X-Amz-Expires=600"), "{url}");
        assert!(url.contains("response-content-type=image%2Fjpeg"), "{url}");
    }
}

#[tokio::test]
async fn an_address_is_good_for_its_object_and_its_words_alone() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let [one, two] = [stage.url(&ann, &one).await, stage.url(&ann, &two).await].map(Option::unwrap);
    assert_eq!(stage.browser.get(&one).await.status, 200);
    let path = |url: &str| url.split('?').next().unwrap().to_owned();
    let query = |url: &str| url.split('?').nth(1).unwrap().to_owned();
    let swapped = format!("{}?{}", path(&two), query(&one));
    let bare = path(&one);
    let html = one.replace("image%2Fjpeg", "text%2Fhtml");
    let longer = one.replace("Expires=600", "Expires=60000");
    for wrong in [swapped, bare, html, longer] {
        assert_eq!(stage.browser.get(&wrong).await.status, 403, "{wrong}");
    }
}

#[tokio::test]
async fn an_address_that_has_ended_is_refused() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let id = stage.picture(&ann).await;
    let url = stage.url(&ann, &id).await.unwrap();
    assert_eq!(stage.browser.get(&url).await.status, 200);
    // As it was given two windows ago.
    stage.app.rewind(1_200);
    let old = stage.url(&ann, &id).await.unwrap();
    assert_ne!(old, url);
    assert_eq!(stage.browser.get(&old).await.status, 403);
}

/// An app whose store has a public address.
async fn with_public_address() -> Stage {
    let store = TestStore::start_with(|config| {
        config.media_url = Some("https://cdn.example".to_owned());
    });
    Stage::over(store.await, |_| ()).await
}

#[tokio::test]
async fn what_hangs_on_public_things_alone_has_a_public_address_and_no_other_key_is_in_it() {
    let stage = with_public_address().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let id = stage.picture(&ann).await;
    let private = stage.url(&ann, &id).await.unwrap();
    assert!(
        private.contains("X-Amz-Signature"),
        "it hangs on nothing: {private}"
    );
    let post = |level: &str| json!({ "body": "look", "visibility": level, "mediaIds": [id] });
    assert_eq!(attempt(&ann, "createPost", post("PUBLIC")).await, "done");
    let public = stage.url(&bob, &id).await.unwrap();
    let name = public
        .strip_prefix("https://cdn.example/public/")
        .expect("a public address");
    let name = name.strip_suffix("/original.jpg").expect("the original");
    let row = stage.row(&id).await;
    assert_eq!(Some(name), row.public_name.as_deref());
    assert_ne!(name, row.private_name);
    assert!(!private.contains(name) && !public.contains(&row.private_name));
    assert!(
        stage
            .objects()
            .await
            .contains(&format!("public/{name}/original.jpg"))
    );

    assert_eq!(attempt(&ann, "createPost", post("FOLLOWERS")).await, "done");
    assert_eq!(
        stage.url(&bob, &id).await,
        Some(private.clone()),
        "it also hangs on something else"
    );
    assert_eq!(stage.url(&stage.app.guest(), &id).await, Some(private));
}

#[tokio::test]
async fn an_avatar_is_public_and_the_post_of_somebody_who_became_private_is_not_any_more() {
    let stage = with_public_address().await;
    let ann = stage.app.user("ann").await;
    let (avatar, picture) = (
        stage.picture_for(&ann, "AVATAR").await,
        stage.picture(&ann).await,
    );
    let input = json!({ "avatarId": avatar });
    assert_eq!(attempt(&ann, "updateProfile", input).await, "done");
    let post = json!({ "body": "look", "mediaIds": [picture] });
    assert_eq!(attempt(&ann, "createPost", post).await, "done");
    let is_public = async |id: &str| {
        stage
            .url(&ann, id)
            .await
            .unwrap()
            .starts_with("https://cdn")
    };
    assert!(is_public(&avatar).await && is_public(&picture).await);
    let private = json!({ "isPrivate": true });
    assert_eq!(attempt(&ann, "updateProfile", private).await, "done");
    assert!(is_public(&avatar).await && !is_public(&picture).await);
    assert_eq!(stage.url(&stage.app.guest(), &picture).await, None);
}

#[tokio::test]
async fn public_addresses_of_a_page_cost_one_statement_more() {
    let stage = with_public_address().await;
    let ann = stage.app.user("ann").await;
    let page =
        |fields: &str| format!("{{ explore(first: 20) {{ nodes {{ media {{ {fields} }} }} }} }}");
    let mut counts = Vec::new();
    for many in [1, 3] {
        for _ in 0..many {
            let id = stage.picture(&ann).await;
            let input = json!({ "body": "look", "mediaIds": [id] });
            assert_eq!(attempt(&ann, "createPost", input).await, "done");
        }
        for fields in ["id", "id url small: url(variant: SMALL)"] {
            stage.app.forget_statements().await;
            ann.query(&page(fields), json!({})).await;
            counts.push(stage.app.statements().await.len());
        }
    }
    let plain = counts[0];
    assert_eq!(counts, [plain, plain + 1, plain, plain + 1]);
}

#[tokio::test]
async fn what_a_browser_may_do_with_it_is_told_whatever_was_uploaded() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let id = stage.picture(&ann).await;
    let seen = media(&ann, &id, "url(variant: LARGE)").await;
    let got = stage.browser.get(seen["url"].as_str().unwrap()).await;
    assert_eq!(got.header("content-type"), Some("image/webp"));
    assert_eq!(
        got.header("content-disposition"),
        Some("inline; filename=\"large.webp\"")
    );
    assert_eq!(got.header("cache-control"), Some("private, max-age=300"));
    if stage.store.is_embedded() {
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
        assert!(
            got.header("content-security-policy")
                .is_some_and(|policy| policy.contains("sandbox"))
        );
    }
}

#[tokio::test]
async fn without_a_store_uploads_are_unavailable_and_everything_else_goes_on() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let input = json!({ "purpose": "POST", "contentType": "image/jpeg",
        "byteSize": photo(8, 8).len() });
    assert_eq!(attempt(&ann, "createUpload", input).await, "UNAVAILABLE");
    let post = ann.post("words").await;
    assert!(text_of(&json!(post)).starts_with("Post_"));
}

//! Who may say that they type, and who hears of it.

use rookery::{
    accounts::{Me, sessions},
    error::Error,
    ids::{ConversationId, NodeId},
    messaging::commands::may_type,
    people,
};
use serde_json::json;

use crate::support::{Caller, TestApp, chat::set_policy, states::block};

use super::stage::{key, person};

async fn me(caller: &Caller) -> Me {
    let p = caller.app.platform();
    let (now, token) = (p.now(), caller.token.as_deref().expect("a session"));
    let me = sessions::authenticate(p, token, now, |other| people::queries::may_act(now, other));
    me.await.expect("an answer").expect("a session")
}

/// The handles of those who hear of it, or the refusal.
async fn heard(who: &Caller, conversation: &str, people: &[&Caller]) -> String {
    let id = ConversationId(NodeId::parse(conversation).expect("an id").id);
    match may_type(who.app.platform(), &me(who).await, id).await {
        Ok(typing) => {
            assert_eq!(typing.person, person(who));
            assert_eq!(typing.conversation.0, key(conversation));
            let hears = |other: &&&Caller| typing.heard_by.contains(&person(other));
            let names = people.iter().filter(hears).map(|other| &*other.handle);
            assert_eq!(names.clone().count(), typing.heard_by.len());
            names.collect::<Vec<_>>().join(" ")
        }
        Err(Error::Refused(refusal)) => format!("{:?}", refusal.code),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn those_who_take_part_hear_of_it_and_nobody_across_a_block() {
    let app = TestApp::start().await;
    let [ada, bob, cyd, dan] = app.users(["ada", "bob", "cyd", "dan"]).await;
    set_policy(&app, &dan, "FOLLOWING").await;
    let group = ada.gather(&[&bob, &cyd, &dan]).await;
    let talk = ada.talk_to(&bob).await;
    let all = [&ada, &bob, &cyd, &dan];
    assert_eq!(heard(&ada, &group, &all).await, "bob cyd");
    assert_eq!(heard(&ada, &talk, &all).await, "bob");
    assert_eq!(heard(&dan, &group, &all).await, "Forbidden");
    assert_eq!(heard(&cyd, &talk, &all).await, "NotFound");
    block(&app, &bob, &ada).await;
    for (who, others) in [(&ada, "cyd"), (&bob, "cyd"), (&cyd, "ada bob")] {
        assert_eq!(heard(who, &group, &all).await, others);
    }
    for who in [&ada, &bob] {
        assert_eq!(heard(who, &talk, &all).await, "");
    }
    assert_eq!(
        dan.tries("declineConversation", &group, json!({})).await,
        "done"
    );
    assert_eq!(heard(&dan, &group, &all).await, "NotFound");
    assert_eq!(
        cyd.tries("leaveConversation", &group, json!({})).await,
        "done"
    );
    assert_eq!(heard(&cyd, &group, &all).await, "NotFound");
    assert_eq!(heard(&ada, &group, &all).await, "");
}

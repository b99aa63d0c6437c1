//! The playground as a person meets it: in a real browser, on the demo.

mod browser;
mod pictures;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::json;

use self::browser::Browser;
use crate::process::server::Server;

/// Waits until the page has what a test looks for, then answers it.
const WAIT: &str = "const until = (look) => new Promise((done, fail) => {
    const timer = setInterval(() => { const found = look(); if (found) { clearInterval(timer); done(found); } }, 250);
    setTimeout(() => fail(new Error('not within 60 s: ' + look + ' in ' + document.body.innerText)), 60000);
});
// The page may not listen yet when it shows something to press.
const press = (find, seen) => until(() => { const done = seen(); if (!done) find()?.click(); return done; });
const tabs = () => [...document.querySelectorAll('[role=tab]')];
const result = () => document.querySelector('.result-window')?.textContent.replaceAll('\\u00a0', ' ') ?? '';
const ran = (text) => press(() => document.querySelector('.graphiql-execute-button'),
    () => result().includes(text) && result());
const signIn = async (handle = 'mara_lind') => {
    const person = await until(() => document.querySelector('#bar:not([hidden]) #person:has(option)'));
    person.value = handle;
    return press(() => document.querySelector('#sign-in:not([hidden]):not([disabled])'),
        () => document.querySelector('#status').textContent.startsWith('Signed in as ' + handle));
};
const turnTo = async (name) => {
    await until(() => document.querySelector('.graphiql-query-editor .view-lines')?.textContent.includes('explore'));
    const tab = () => tabs().find((tab) => tab.textContent.includes(name));
    await press(() => tab()?.firstChild, () => tab()?.getAttribute('aria-selected') === 'true');
};
const ask = async (query, input, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) });
    return (await answer.json()).data;
};
";

/// The demo, one for all of these tests that run beside each other.
fn demo() -> Arc<Server> {
    static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Server::start(&["--demo"]));
        *running = Arc::downgrade(&server);
        server
    })
}

#[test]
fn the_page_opens_its_examples_as_tabs_and_the_first_one_runs() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let server = demo();
    browser.open(&format!("http://{}/", server.address));
    let tabs = "return until(() => tabs().length >= 14 && tabs().map((tab) => tab.firstChild.textContent));";
    let tabs = browser.run(WAIT, tabs);
    let expected = [
        "TheTownSquare",
        "APerson",
        "SignIn",
        "HomeFeed",
        "WriteAPost",
        "AThread",
        "Conversations",
        "Live",
        "Search",
        "Notifications",
        "APoll",
        "Refusals",
        "WhatItCosts",
        "Moderation",
    ];
    assert_eq!(tabs, json!(expected));

    let shown = browser.run(WAIT, "return ran('\"data\"');");
    let shown = shown.as_str().unwrap();
    assert!(
        shown.contains("\"explore\"") && shown.contains("\"handle\""),
        "{shown}"
    );
    assert!(!shown.contains("\"errors\""), "{shown}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_demo_page_signs_in_and_the_home_feed_is_the_persons_own() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let server = demo();
    browser.open(&format!("http://{}/", server.address));
    let steps = "await signIn(); await turnTo('HomeFeed'); return ran('\"homeFeed\"');";
    let shown = browser.run(WAIT, steps);
    let shown = shown.as_str().unwrap();
    assert!(
        shown.contains("mara_lind") && !shown.contains("\"errors\""),
        "{shown}"
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn staff_is_signed_in_from_the_list_and_reads_the_moderators_tab() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let server = demo();
    browser.open(&format!("http://{}/", server.address));
    let steps =
        "await signIn('tomas_ferro'); await turnTo('Moderation'); return ran('\"auditLog\"');";
    let shown = browser.run(WAIT, steps);
    let shown = shown.as_str().unwrap();
    assert!(!shown.contains("\"errors\""), "{shown}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_message_from_somebody_else_shows_in_the_live_tab() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let server = demo();
    browser.open(&format!("http://{}/", server.address));
    let steps = "await signIn();
        await turnTo('Live');
        const password = document.querySelector('meta[name=\"rookery-demo-password\"]').content;
        const session = await ask(`mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }`,
            { login: 'tomas_ferro', password });
        const token = session.signIn.session.accessToken;
        const mara = (await ask('{ user(handle: \"mara_lind\") { id } }')).user.id;
        const begun = await ask(`mutation($input: StartConversationInput!) { startConversation(input: $input) { conversation { id } } }`,
            { kind: 'DIRECT', memberIds: [mara] }, token);
        const conversationId = begun.startConversation.conversation.id;
        const stop = () => document.querySelector('.graphiql-execute-button')?.getAttribute('aria-label')?.includes('Stop');
        await press(() => document.querySelector('.graphiql-execute-button'), stop);
        // Nobody is told when a subscription begins: say it until it is heard.
        const say = setInterval(() => ask(`mutation($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { code } } }`,
            { conversationId, body: 'ahoy' }, token), 1000);
        const shown = await until(() => result().includes('ahoy') && result());
        clearInterval(say);
        return shown;";
    let shown = browser.run(WAIT, steps);
    let shown = shown.as_str().unwrap();
    assert!(
        shown.contains("\"tomas_ferro\"") && !shown.contains("\"errors\""),
        "{shown}"
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

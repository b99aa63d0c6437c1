//! The playground as a person meets it: in a real browser, on the demo.

mod browser;

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
";

#[test]
fn the_page_opens_its_examples_as_tabs_and_the_first_one_runs() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let server = Server::start(&["--demo"]);
    browser.open(&format!("http://{}/", server.address));
    let tabs = "return until(() => tabs().length >= 6 && tabs().map((tab) => tab.firstChild.textContent));";
    let tabs = browser.run(WAIT, tabs);
    let expected = [
        "TheTownSquare",
        "APerson",
        "SignIn",
        "HomeFeed",
        "WriteAPost",
        "AThread",
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
    let server = Server::start(&["--demo"]);
    browser.open(&format!("http://{}/", server.address));
    let steps = "await press(() => document.querySelector('#bar:not([hidden]) #sign-in:not([hidden]):not([disabled])'),
            () => document.querySelector('#status').textContent.startsWith('Signed in as mara_lind'));
        await until(() => document.querySelector('.graphiql-query-editor .view-lines')?.textContent.includes('explore'));
        const home = () => tabs().find((tab) => tab.textContent.includes('HomeFeed'));
        await press(() => home()?.firstChild, () => home()?.getAttribute('aria-selected') === 'true');
        return ran('\"homeFeed\"');";
    let shown = browser.run(WAIT, steps);
    let shown = shown.as_str().unwrap();
    assert!(
        shown.contains("mara_lind") && !shown.contains("\"errors\""),
        "{shown}"
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

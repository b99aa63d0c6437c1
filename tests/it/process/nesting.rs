//! Values nested so deep that a recursive parser would end the process: each is answered, and the
//! same process answers the next request.

use serde_json::json;

use super::{
    server::Server,
    wire::{Answer, get, percent, post_bytes},
};

const DEPTHS: [usize; 6] = [100, 400, 1_000, 2_000, 10_000, 50_000];
const QUERY_LIMIT: usize = 16 * 1024;
const BODY_LIMIT: usize = 64 * 1024;
const URL_LIMIT: usize = 16 * 1024;
/// Longer ones make a head of more than 32 KiB with what else is in it. The HTTP library answers
/// that itself, without a body.
const LONGEST_URI: usize = 32_000;

const TOO_COMPLEX: (u16, &str) = (400, "QUERY_TOO_COMPLEX");
const TOO_LARGE: (u16, &str) = (413, "PAYLOAD_TOO_LARGE");
const NOT_PARSED: (u16, &str) = (400, "GRAPHQL_PARSE_FAILED");

/// Documents that nest something `depth` levels deep.
fn documents(depth: usize) -> Vec<(&'static str, String)> {
    let lists = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let objects = format!("{}1{}", "{a:".repeat(depth), "}".repeat(depth));
    let open = "[".repeat(depth);
    let types = format!("{open}Int{}", "]".repeat(depth));
    vec![
        ("lists in an argument", format!("{{a(b:{lists})}}")),
        ("objects in an argument", format!("{{a(b:{objects})}}")),
        (
            "lists in a default",
            format!("query($v:Int={lists}){{a(b:$v)}}"),
        ),
        (
            "objects in a default",
            format!("query($v:I={objects}){{a(b:$v)}}"),
        ),
        (
            "lists in a directive",
            format!("{{a @include(if:{lists})}}"),
        ),
        (
            "a directive of a variable",
            format!("query($v:Int @d(a:{lists})){{a}}"),
        ),
        (
            "a directive of a fragment",
            format!("{{...f}} fragment f on Query @d(a:{lists}){{a}}"),
        ),
        ("the type of a variable", format!("query($v:{types}){{a}}")),
        (
            "selections",
            format!("{}a{}", "{a".repeat(depth), "}".repeat(depth)),
        ),
        (
            "inline fragments",
            format!("{}a{}", "{...".repeat(depth), "}".repeat(depth)),
        ),
        ("lists that never close", format!("{{a(b:{open}")),
    ]
}

fn assert_refused(answer: &Answer, expected: (u16, &str), what: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        expected,
        "{what}: {answer:?}"
    );
    assert!(answer.body.get("data").is_none(), "{what}");
}

#[test]
fn deep_documents_by_post_are_refused_and_the_same_process_answers_afterwards() {
    let mut server = Server::start(&[]);
    for depth in DEPTHS {
        for (shape, text) in documents(depth) {
            let what = format!("{depth} levels of {shape} by POST");
            let body = json!({ "query": text }).to_string();
            let expected = match (body.len() > BODY_LIMIT, text.len() > QUERY_LIMIT) {
                (false, false) => TOO_COMPLEX,
                _ => TOO_LARGE,
            };
            let answer = post_bytes(server.address, "", body.as_bytes());
            assert_refused(&answer, expected, &what);
            server.still_answers(&what);
        }
    }
}

#[test]
fn deep_documents_by_get_are_refused_up_to_the_longest_url_and_beyond_it_with_414() {
    let mut server = Server::start(&[]);
    let mut seen = [false; 3];
    for depth in DEPTHS {
        for (shape, text) in documents(depth) {
            let what = format!("{depth} levels of {shape} by GET");
            let url = format!("/graphql?query={}", percent(&text));
            let answer = get(server.address, &url);
            if url.len() > LONGEST_URI {
                assert!([414, 431].contains(&answer.status), "{what}: {answer:?}");
                seen[0] = true;
            } else if url.len() > URL_LIMIT {
                assert_refused(&answer, (414, "PAYLOAD_TOO_LARGE"), &what);
                seen[1] = true;
            } else {
                assert_refused(&answer, TOO_COMPLEX, &what);
                seen[2] = true;
            }
            server.still_answers(&what);
        }
    }
    assert_eq!(seen, [true; 3], "a kind of URL was not tried");
}

#[test]
fn deep_variables_are_refused_by_post_and_by_get() {
    let mut server = Server::start(&[]);
    let query = "query($v: Int) { user(handle: $v) { id } }";
    for depth in DEPTHS {
        let lists = format!("{{\"v\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        let objects = format!("{}1{}", "{\"v\":".repeat(depth), "}".repeat(depth));
        let broken = format!("{{\"v\":{}", "[".repeat(depth));
        for variables in [lists, objects, broken] {
            let what = format!("{depth} levels in variables");
            let body = format!("{{\"query\":{},\"variables\":{variables}}}", json!(query));
            let expected = match body.len() > BODY_LIMIT {
                true => TOO_LARGE,
                false => TOO_COMPLEX,
            };
            let answer = post_bytes(server.address, "", body.as_bytes());
            assert_refused(&answer, expected, &what);
            let variables = percent(&variables);
            let url = format!("/graphql?query={}&variables={variables}", percent(query));
            let answer = get(server.address, &url);
            match url.len() {
                0..=URL_LIMIT => assert_refused(&answer, TOO_COMPLEX, &what),
                _ => assert!([414, 431].contains(&answer.status), "{what}: {answer:?}"),
            }
            server.still_answers(&what);
        }
    }
}

#[test]
fn brackets_behind_strings_that_two_lexers_read_differently_are_refused_too() {
    let mut server = Server::start(&[]);
    for depth in DEPTHS
        .into_iter()
        .filter(|depth| 2 * depth < QUERY_LIMIT - 50)
    {
        let lists = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        for text in [
            format!("{{a(b:[\"\"\" \" {lists} ])}}"),
            format!("{{a(b:[\"\"\" \"\"{lists} ])}}"),
            format!("{{a(b:[\"\"\"\\\"\"\" {lists} ])}}"),
            format!("{{a(b:[\"\\\" {lists} ])}}"),
            format!("{{a(b:[\"\n{lists}\" ])}}"),
        ] {
            let what = format!("{depth} levels in {:.20}", text);
            let body = json!({ "query": text }).to_string();
            let answer = post_bytes(server.address, "", body.as_bytes());
            assert_refused(&answer, NOT_PARSED, &what);
            server.still_answers(&what);
        }
        for text in [
            format!("{{a(b:[\"\"\"\"\"\" {lists} ])}}"),
            format!("{{a(b:[\"\"\"x\"\"\" {lists} ])}}"),
            format!("{{a(b:[\"\" {lists} ])}}"),
            format!("{{a(b:[ #\"\n {lists} ])}}"),
            format!("{{a(b:[ #\"\r {lists} ])}}"),
        ] {
            let what = format!("{depth} levels after {:.20}", text);
            let body = json!({ "query": text }).to_string();
            let answer = post_bytes(server.address, "", body.as_bytes());
            assert_refused(&answer, TOO_COMPLEX, &what);
            server.still_answers(&what);
        }
    }
}

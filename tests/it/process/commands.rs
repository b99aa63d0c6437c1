//! The commands beside `serve`, and the flags that it refuses.

use serde_json::json;
use tempfile::TempDir;

use super::{
    server::{Server, run, run_in},
    wire::post,
};

#[test]
fn known_passwords_and_lifted_limits_stay_on_a_loopback_address() {
    let dir = TempDir::new().unwrap();
    for (args, says) in [
        (&["--demo"][..], "--demo has known passwords"),
        (
            &["--limits", "off"],
            "--limits off is for a loopback address only",
        ),
    ] {
        for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let args = [&["serve", "--listen", listen], args].concat();
            let ended = run_in(dir.path(), &args);
            assert_eq!(ended.code, Some(1), "{listen}: {ended:?}");
            assert!(ended.stderr.contains(says), "{listen}: {ended:?}");
            assert_eq!(ended.stdout, "", "{listen}");
        }
    }
    // Refused before anything was made.
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn schema_prints_the_committed_schema() {
    let ended = run(&["schema"], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(
        ended.stdout,
        include_str!("../../../schema.graphql"),
        "run `rookery schema > schema.graphql`"
    );
}

#[test]
fn privacy_map_prints_what_the_document_on_security_holds() {
    let ended = run(&["privacy", "map"], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("| table | what it holds |"));
    let document = include_str!("../../../SECURITY.md");
    assert!(
        document.contains(&ended.stdout),
        "run `cargo run -- privacy map --write SECURITY.md`"
    );
}

#[test]
fn config_prints_the_document_of_all_settings() {
    let ended = run(&["config", "--markdown"], &[("ROOKERY_LISTEN", "[::1]:9")]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended.stdout == include_str!("../../../docs/configuration.md"),
        "run `cargo run -- config --markdown > docs/configuration.md`"
    );
    for part in [
        "\n## Server\n",
        "| `--listen ADDRESS` | `ROOKERY_LISTEN` | `127.0.0.1:8000` | Address and port to listen on |",
        "| `--database-url URL` | `DATABASE_URL` | *secret* |",
        "| `--migrate` | `ROOKERY_MIGRATE` |  |",
    ] {
        assert!(ended.stdout.contains(part), "{part}");
    }
}

#[test]
fn config_prints_what_is_in_effect_and_hides_secrets() {
    let environment = [
        ("DATABASE_URL", "postgres://ann:secret-word@db/rookery"),
        ("ROOKERY_SIGNING_KEY", "secret-key"),
        ("SMTP_URL", "smtps://ann:secret-letter@mail.example"),
        ("ROOKERY_MAX_COST", "4321"),
    ];
    let ended = run(&["config", "--listen", "127.0.0.1:4567"], &environment);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for shown in [
        "ROOKERY_LISTEN=127.0.0.1:4567  # flag",
        "ROOKERY_MAX_COST=4321  # environment",
        "ROOKERY_MAX_BODY_BYTES=65536  # default",
        "ROOKERY_GUEST_BUDGET=120000  # default",
    ] {
        assert!(ended.stdout.contains(shown), "{shown} in {}", ended.stdout);
    }
    assert_eq!(
        ended.stdout.matches("(hidden)").count(),
        3,
        "{}",
        ended.stdout
    );
    let is_told = |text: &str| {
        let secrets = ["secret-word", "secret-key", "secret-letter", "ann:", "@db"];
        secrets.iter().any(|secret| text.contains(secret))
    };
    assert!(!is_told(&ended.stdout), "{}", ended.stdout);
    // A mistake in another option must not print them either, nor must the help.
    for args in [&["config", "--max-cost", "much"][..], &["serve", "--help"]] {
        let ended = run(args, &environment);
        let whole = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!is_told(&whole), "{whole}");
    }
}

const SIGN_UP: &str = "mutation($input: SignUpInput!) \
    { signUp(input: $input) { session { accessToken } userErrors { code message } } }";

#[test]
fn roles_and_counters_are_looked_after_beside_the_running_server() {
    let dir = TempDir::new().unwrap();
    let mut server = Server::start_in(dir.path(), &[], &[]);
    let input =
        json!({ "handle": "ann", "email": "ann@example.org", "password": "correct horse battery" });
    let answer = post(server.address, None, SIGN_UP, json!({ "input": input }));
    let session = &answer.body["data"]["signUp"]["session"];
    let token = session["accessToken"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer:?}"));
    let ask = |what: &str| post(server.address, Some(token), what, json!({})).body["data"].clone();
    assert_eq!(ask("{ viewer { role } }")["viewer"]["role"], "MEMBER");
    ask("mutation { createPost(input: { body: \"Hello\" }) { userErrors { code } } }");

    for (role, shown) in [("MODERATOR", "Moderator"), ("admin", "Admin")] {
        let ended = run_in(dir.path(), &["admin", "set-role", "ann", role]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(
            ended.stdout.contains(&format!("ann is now {shown}")),
            "{ended:?}"
        );
        let seen = ask("{ viewer { role } }");
        assert_eq!(seen["viewer"]["role"], role.to_uppercase());
    }

    let ended = run_in(dir.path(), &["admin", "recount"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended
            .stdout
            .contains("Every counter agrees with the tables."),
        "{ended:?}"
    );
    for rows in ["feed", "search", "notifications", "trends"] {
        let ended = run_in(dir.path(), &["admin", &format!("rebuild-{rows}")]);
        let said = format!("The rows of {rows} are made anew.");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stdout.contains(&said), "{ended:?}");
    }
    assert_eq!(
        ask("{ user(handle: \"ann\") { postCount } }")["user"]["postCount"],
        1
    );
    server.still_answers("the commands");
}

#[test]
fn a_role_for_nobody_or_of_no_kind_is_an_error() {
    let dir = TempDir::new().unwrap();
    let _server = Server::start_in(dir.path(), &[], &[]);
    let ended = run_in(dir.path(), &["admin", "set-role", "nobody_here", "ADMIN"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(
        ended.stderr,
        "rookery: Nobody has the handle nobody_here.\n"
    );
    assert_eq!(ended.stdout, "");
    let ended = run_in(dir.path(), &["admin", "set-role", "ann", "KING"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("MEMBER"), "{ended:?}");
}

#[test]
fn seed_fills_an_empty_database_and_no_other() {
    let dir = TempDir::new().unwrap();
    let ended = run_in(dir.path(), &["seed", "--scale", "2"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for part in ["Seeded 60 people with ", "Around them 60 people with "] {
        assert!(ended.stdout.contains(part), "{part}: {ended:?}");
    }
    let again = run_in(dir.path(), &["seed", "--scale", "2"]);
    assert_eq!((again.code, &*again.stdout), (Some(1), ""), "{again:?}");
    assert!(again.stderr.contains("holds people already"), "{again:?}");
}

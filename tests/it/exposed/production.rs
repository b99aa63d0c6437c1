//! What refuses to start where others are served, and what an operator may accept.

use rookery::platform::db::encryption::flaw;
use tempfile::TempDir;

use crate::process::{
    server::{Ended, Server, run},
    wire::get,
};

const UNSAFE: [(&str, &str); 9] = [
    ("ROOKERY_ENVIRONMENT", "production"),
    ("ROOKERY_LIMITS", "off"),
    ("ROOKERY_ALLOWED_ORIGINS", "*"),
    ("ROOKERY_PLAYGROUND", "on"),
    (
        "DATABASE_URL",
        "postgres://ann:secret@192.0.2.1/rookery?sslmode=require",
    ),
    ("KAFKA_BROKERS", "127.0.0.1:9092,192.0.2.2:9092"),
    ("S3_ENDPOINT", "http://192.0.2.3:9000"),
    ("ROOKERY_S3_LISTEN", "192.0.2.4:8001"),
    ("SMTP_URL", "smtp://ann:secret@192.0.2.5"),
];
/// Ends the start behind the checks, before anything is opened.
const NO_CERT: (&str, &str) = ("ROOKERY_TLS_CERT", "missing.pem");

fn start(args: &[&str], environment: &[&[(&str, &str)]]) -> Ended {
    run(&[&["serve"], args].concat(), &environment.concat())
}

#[test]
fn production_names_everything_that_is_unsafe_at_once() {
    let ended = start(&["--demo"], &[&UNSAFE]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.stderr, @"
    rookery: not safe in production:
      demo: everybody knows the passwords of --demo
      limits-off: ROOKERY_LIMITS=off lets anybody ask without end
      any-origin: ROOKERY_ALLOWED_ORIGINS=* lets any web page call: list those that are yours
      playground: ROOKERY_PLAYGROUND=on shows developers' tools to everybody
      plaintext-database: DATABASE_URL, 192.0.2.1: sslmode=require takes anybody's certificate
      plaintext-kafka: KAFKA_BROKERS, 192.0.2.2: PLAINTEXT is not encrypted: use SASL_SSL or SSL
      plaintext-store: S3_ENDPOINT, 192.0.2.3: http:// is not encrypted: use https://
      plaintext-store: ROOKERY_S3_LISTEN, 192.0.2.4:8001: the embedded store knows no TLS
      plaintext-mail: SMTP_URL, 192.0.2.5: may be spoken to without TLS: add ?tls=required
    Change these, or accept what you know to be safe here: ROOKERY_ACCEPT_UNSAFE=demo,limits-off,any-origin,playground,plaintext-database,plaintext-kafka,plaintext-store,plaintext-mail. On a machine of your own: ROOKERY_ENVIRONMENT=development.
    ");
}

#[test]
fn what_an_operator_accepts_by_name_is_warned_of_and_the_rest_stays_refused() {
    let some = ("ROOKERY_ACCEPT_UNSAFE", "plaintext-database,playground");
    let ended = start(&[], &[&UNSAFE, &[some]]);
    assert_eq!(ended.code, Some(1));
    for (name, is_refused) in [
        ("plaintext-database: ", false),
        ("playground: ", false),
        ("limits-off: ", true),
        ("any-origin: ", true),
        ("plaintext-kafka: ", true),
        ("plaintext-store: ", true),
    ] {
        assert_eq!(ended.stderr.contains(name), is_refused, "{name} {ended:?}");
    }
    let all = (
        "ROOKERY_ACCEPT_UNSAFE",
        "plaintext-database,playground,limits-off,any-origin,plaintext-kafka,plaintext-store,plaintext-mail",
    );
    let ended = start(&[], &[&UNSAFE, &[all, NO_CERT]]);
    assert_eq!(ended.code, Some(1));
    let warned = ended.stderr.matches("rookery: warning: accepted, ").count();
    assert_eq!(warned, 8, "{}", ended.stderr);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("rookery: ROOKERY_TLS_CERT"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_name_that_nothing_has_is_refused_with_those_that_there_are() {
    let ended = start(
        &[],
        &[&[("ROOKERY_ACCEPT_UNSAFE", "playground,everything")]],
    );
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("'everything'"), "{}", ended.stderr);
    let names = "demo, limits-off, any-origin, playground, plaintext-database, plaintext-kafka, \
                 plaintext-store, plaintext-mail";
    assert!(ended.stderr.contains(names), "{}", ended.stderr);
}

#[test]
fn an_address_that_others_reach_is_production_unless_it_is_said_otherwise() {
    let shown = ("ROOKERY_PLAYGROUND", "on");
    let ended = start(&["--listen", "192.0.2.1:0"], &[&[shown, NO_CERT]]);
    assert!(ended.stderr.contains("not safe in production"), "{ended:?}");
    let said = ("ROOKERY_ENVIRONMENT", "development");
    for (args, said) in [
        (&["--listen", "192.0.2.1:0"][..], &[said][..]),
        (&["--listen", "[::1]:0"], &[]),
        (&[], &[]),
    ] {
        let ended = start(args, &[&[shown, NO_CERT], said]);
        assert!(
            ended.stderr.contains("rookery: ROOKERY_TLS_CERT"),
            "{ended:?}"
        );
    }
}

#[test]
fn a_worker_is_checked_for_what_it_speaks_to() {
    let ended = run(&["worker"], &UNSAFE);
    assert_eq!(ended.code, Some(1));
    for (name, is_refused) in [
        ("plaintext-database: ", true),
        ("plaintext-kafka: ", true),
        ("plaintext-store: ", true),
        ("plaintext-mail: ", true),
        ("limits-off", false),
        ("any-origin", false),
        ("playground", false),
    ] {
        assert_eq!(ended.stderr.contains(name), is_refused, "{name} {ended:?}");
    }
}

#[test]
fn figures_that_others_reach_are_warned_of() {
    let figures = ("ROOKERY_OPS_LISTEN", "192.0.2.1:9600");
    let ended = start(&[], &[&[figures, NO_CERT]]);
    assert!(
        ended
            .stderr
            .contains("warning: ROOKERY_OPS_LISTEN, 192.0.2.1:9600"),
        "{ended:?}"
    );
    let ended = start(&[], &[&[("ROOKERY_OPS_LISTEN", "127.0.0.1:9600"), NO_CERT]]);
    assert!(!ended.stderr.contains("warning"), "{ended:?}");
}

#[test]
fn a_database_elsewhere_has_to_prove_who_it_is() {
    let is_local = |host: &str| host == "127.0.0.1" || host == "localhost";
    let flaw = |url: &str| flaw(url, is_local);
    for mode in [
        "",
        "?sslmode=disable",
        "?sslmode=allow",
        "?sslmode=prefer",
        "?sslmode=require",
    ] {
        let url = format!("postgres://ann@db.example/rookery{mode}");
        assert!(flaw(&url).unwrap().starts_with("db.example: "), "{mode}");
        assert_eq!(
            flaw(&format!("postgres://ann@127.0.0.1/rookery{mode}")),
            None
        );
        assert_eq!(
            flaw(&format!("postgres://ann@localhost/rookery{mode}")),
            None
        );
    }
    let ca = flaw("postgres://ann@db.example/rookery?sslmode=verify-ca").unwrap();
    assert!(
        ca.contains("verify-ca takes a certificate of any other host"),
        "{ca}"
    );
    for fine in [
        "postgres://ann@db.example/rookery?sslmode=verify-full",
        "postgres:///rookery?host=/var/run/postgresql&user=ann",
        "postgres://%2Fvar%2Frun%2Fpostgresql/rookery",
    ] {
        assert_eq!(flaw(fine), None, "{fine}");
    }
}

#[test]
fn production_has_no_playground_unless_it_is_accepted() {
    let production = ("ROOKERY_ENVIRONMENT", "production");
    let dir = TempDir::new().unwrap();
    let server = Server::start_in(dir.path(), &[], &[production]);
    assert!(
        !server.greeting.contains("Playground"),
        "{}",
        server.greeting
    );
    for path in ["/", "/playground/main.js", "/playground/"] {
        assert_eq!(get(server.address, path).status, 404, "{path}");
    }
    assert_eq!(get(server.address, "/readyz").status, 200);
    assert_eq!(server.terminate(), Some(0));

    let shown = ("ROOKERY_PLAYGROUND", "on");
    let accepted = ("ROOKERY_ACCEPT_UNSAFE", "playground");
    let server = Server::start_in(dir.path(), &[], &[production, shown, accepted]);
    assert_eq!(get(server.address, "/").status, 200);
    drop(server);
    let server = Server::start_in(dir.path(), &[], &[("ROOKERY_PLAYGROUND", "off")]);
    assert_eq!(get(server.address, "/").status, 404);
}

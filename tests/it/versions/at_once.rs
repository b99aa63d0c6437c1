//! Several programs that migrate one database at once.

use migrations::{Migrator, MigratorTrait};
use rookery::{
    app,
    platform::{
        config::DatabaseConfig,
        db::{Db, migrate},
    },
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TransactionTrait};

use super::{PATIENCE, Running, environment};
use crate::support::{TestDatabase, on_postgres};

const TABLES: &str = "SELECT COUNT(*) AS n FROM pg_tables WHERE schemaname = current_schema()";
const TABLES_OF_SQLITE: &str = "SELECT COUNT(*) AS n FROM sqlite_master";

async fn count(on: &impl ConnectionTrait, sql: &str) -> i64 {
    let statement = Statement::from_string(on.get_database_backend(), sql);
    let row = on.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_that_migrate_an_empty_database_at_once_wait_for_each_other_and_all_end_well() {
    let database = TestDatabase::empty().await;
    let environment = environment(&database.config);
    let mut migrating = Vec::new();
    let mut serving = Vec::new();
    let held = migrate::alone(&database.config, |session| async move {
        for _ in 0..3 {
            migrating.push(Running::start(&["migrate"], &environment));
        }
        // Of servers on one SQLite file a second one is refused anyway.
        let servers = if on_postgres() { 2 } else { 1 };
        for _ in 0..servers {
            let serve = ["serve", "--migrate", "--listen", "127.0.0.1:0"];
            let key = rookery::platform::tokens::Tokens::new_pem().unwrap();
            let with_key = [&environment[..], &[("ROOKERY_SIGNING_KEY", key)]].concat();
            serving.push(Running::start(&serve, &with_key));
        }
        for running in migrating.iter().chain(&serving) {
            running.says("this one waits for it").await;
        }
        let tables = match on_postgres() {
            true => TABLES,
            false => TABLES_OF_SQLITE,
        };
        assert_eq!(count(&session, tables).await, 0, "nobody has begun");
        Ok((migrating, serving))
    });
    let (migrating, serving) = held.await.unwrap();
    for mut running in migrating {
        assert_eq!(running.ends().await, Some(0), "{}", running.said());
        assert!(running.said().contains("The database is up to date."));
    }
    for mut running in serving {
        running.says("Stop with Ctrl-C").await;
        running.interrupt();
        assert_eq!(running.ends().await, Some(0), "{}", running.said());
    }
    let db = app::connect(&database.config, None).await.unwrap();
    let steps = count(
        db.background(),
        "SELECT COUNT(*) AS n FROM seaql_migrations",
    )
    .await;
    assert_eq!(usize::try_from(steps), Ok(Migrator::migrations().len()));
    assert!(app::is_up_to_date(&db).await.unwrap());
    db.close().await;
}

/// The same database without its last step, of which this test alone knows.
async fn before_the_last(config: &DatabaseConfig) -> Db {
    let db = app::connect(config, None).await.unwrap();
    Migrator::down(db.background(), Some(1)).await.unwrap();
    db
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
#[expect(clippy::disallowed_methods, reason = "a transaction that lasts")]
async fn a_step_whose_table_is_in_use_lets_go_and_comes_again() {
    let database = TestDatabase::create().await;
    let db = before_the_last(&database.config).await;
    let reading = db.background().begin().await.unwrap();
    // Every step notes itself there.
    let held = "LOCK TABLE seaql_migrations IN SHARE MODE";
    reading.execute_unprepared(held).await.unwrap();
    let mut migrating = Running::start(&["migrate"], &environment(&database.config));
    migrating.says("it tries again").await;
    reading.commit().await.unwrap();
    assert_eq!(migrating.ends().await, Some(0), "{}", migrating.said());
    assert!(app::is_up_to_date(&db).await.unwrap());
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn an_index_is_built_beside_writes_while_others_wait_to_migrate() {
    let database = TestDatabase::create().await;
    let config = &database.config;
    let built = migrate::alone(config, |session| async move {
        let waiting = Running::start(&["migrate"], &environment(config));
        waiting.says("this one waits for it").await;
        let build = "CREATE INDEX CONCURRENTLY post_of_test ON post (created_at)";
        session.execute_unprepared(build).await?;
        Ok(waiting)
    });
    let built = tokio::time::timeout(PATIENCE, built).await;
    let mut waiting = built.expect("nobody waits for ever").unwrap();
    assert_eq!(waiting.ends().await, Some(0), "{}", waiting.said());
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn with_the_session_of_whoever_migrates_its_lock_ends() {
    let database = TestDatabase::create().await;
    let failed = migrate::alone(&database.config, |session| async move {
        let took = "SELECT COUNT(*) AS n FROM pg_locks WHERE locktype = 'advisory' \
                    AND pid = pg_backend_pid()";
        assert_eq!(count(&session, took).await, 1);
        Err::<(), _>(DbErr::Custom("a step failed".to_owned()))
    });
    assert_eq!(
        failed.await.unwrap_err().to_string(),
        "Custom Error: a step failed"
    );
    let next = migrate::alone(&database.config, |session| async move {
        Ok(session.get_database_backend())
    });
    assert_eq!(next.await.unwrap(), DbBackend::Postgres);
}

//! Text that goes to the database as it is: where, and how often.

use super::sources::sources;

/// Ways past the query builder, and past the driver's check of what is no literal.
const ESCAPES: [&str; 6] = [
    "from_string(",
    "from_sql_and_values(",
    "execute_unprepared(",
    "Expr::cust",
    "raw_sql(",
    "AssertSqlSafe",
];

/// Of a file that is not a test of its own.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

/// How many statements stand in which files.
const WRITTEN_BY_HAND: &str = "\
2 migrations/src/m0015_moderation.rs
1 migrations/src/sql.rs
1 src/activity/heads.rs
3 src/activity/log.rs
2 src/activity/parking.rs
1 src/activity/personid.rs
3 src/activity/positions.rs
2 src/activity/reading.rs
1 src/activity/rebuild.rs
1 src/activity/retention.rs
1 src/activity/since.rs
4 src/activity/status.rs
1 src/comments/commands/erase.rs
1 src/comments/marks.rs
1 src/comments/queries.rs
2 src/comments/recount.rs
1 src/comments/standing.rs
1 src/comments/thread.rs
1 src/counters/mod.rs
1 src/counters/recount.rs
1 src/counters/unfolded.rs
1 src/crowd.rs
2 src/feed/lists.rs
1 src/feed/sql.rs
1 src/media/queries.rs
1 src/messaging/commands/erase.rs
2 src/messaging/unread.rs
2 src/notifications/loaders.rs
1 src/people/commands/leave.rs
2 src/people/recount.rs
2 src/platform/db/backup.rs
1 src/platform/db/drain.rs
2 src/platform/db/installation.rs
6 src/platform/db/keys.rs
1 src/platform/db/list/counts.rs
1 src/platform/db/list/pages.rs
2 src/platform/db/list/scan.rs
1 src/platform/db/migrate.rs
1 src/platform/db/mod.rs
3 src/platform/db/session.rs
1 src/platform/db/txn.rs
3 src/platform/limiter/bucket.rs
3 src/posts/commands/erase.rs
1 src/posts/drafts.rs
2 src/posts/marks.rs
1 src/posts/queries.rs
1 src/reactions/commands.rs
1 src/reactions/erase.rs
1 src/reactions/marks.rs
2 src/reactions/recount.rs
1 src/search/align.rs
1 src/search/lists.rs
1 src/social/erase.rs
1 src/social/locks.rs
2 src/social/marks.rs
1 src/trends/commands.rs
2 src/trends/queries.rs";

#[test]
fn sql_is_written_by_hand_in_these_places_and_no_others() {
    let mut found = Vec::new();
    for source in sources(&["src", "migrations"]) {
        let count: usize = ESCAPES
            .iter()
            .map(|escape| code(&source.text).matches(escape).count())
            .sum();
        if count > 0 {
            found.push(format!("{count} {}", source.path));
        }
    }
    found.sort_by(|a, b| a.split(' ').next_back().cmp(&b.split(' ').next_back()));
    assert_eq!(found, WRITTEN_BY_HAND.lines().collect::<Vec<_>>());
}

#[test]
fn nothing_that_somebody_typed_is_a_pattern() {
    let patterns = [
        ".like(",
        ".ilike(",
        "LikeExpr",
        " LIKE ",
        " ILIKE ",
        " GLOB ",
        " SIMILAR TO ",
        " MATCH ",
        "to_tsquery",
    ];
    let mut found = Vec::new();
    for source in sources(&["src"]) {
        let lines = code(&source.text).lines();
        let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
        for line in lines.filter(|line| patterns.iter().any(|pattern| line.contains(pattern))) {
            found.push(format!("{}: {}", source.path, line.trim()));
        }
    }
    // Search compares words; what is typed there is bound.
    assert!(found.is_empty(), "{found:#?}");
}

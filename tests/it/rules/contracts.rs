//! Steps of the schema leave everything that the version before them uses (see the documentation
//! of the crate `migrations`).

use std::{collections::BTreeSet, fs, path::Path};

/// The last step that came before the first release.
const UNRELEASED: u32 = 15;

/// What a line begins with that says why a step may take something away.
const CONTRACT: &str = "contract: ";

/// Why a script must not run beside the version before it.
fn flaws(script: &str) -> Vec<&'static str> {
    if is_contract(script, "--") {
        return Vec::new();
    }
    let mut made = BTreeSet::new();
    let mut flaws = Vec::new();
    let statements = plain(script);
    let statements: Vec<_> = statements.split(';').map(words).collect();
    for words in statements.iter().filter(|words| !words.is_empty()) {
        flaws.extend(flaw(words, &mut made));
    }
    let is_beside = |words: &&Vec<&str>| words.contains(&"{CONCURRENTLY}");
    let count = statements.iter().filter(|words| !words.is_empty()).count();
    let beside = statements.iter().filter(is_beside).count();
    if beside > 0 && beside < count {
        flaws.push("an index that is built beside writes is alone in its file");
    }
    flaws
}

fn is_contract(text: &str, comment: &str) -> bool {
    let mut reasons = text.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix(comment)?;
        line.trim_start().strip_prefix(CONTRACT)
    });
    reasons.any(|reason| !reason.trim().is_empty())
}

/// In capitals, without comments and without what stands between quotes.
fn plain(script: &str) -> String {
    let code = script.lines().map(|line| match line.split_once("--") {
        Some((code, _)) => code,
        None => line,
    });
    let code = code.collect::<Vec<_>>().join("\n").to_uppercase();
    code.split('\'').step_by(2).collect()
}

/// Words, parentheses and commas.
fn words(statement: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '{' | '}');
    let mut words = Vec::new();
    for part in statement.split_whitespace() {
        let mut rest = part;
        while let Some(c) = rest.chars().next() {
            let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let (word, left) = rest.split_at(end.max(c.len_utf8()));
            words.push(word);
            rest = left;
        }
    }
    words
}

/// What stands behind some words at the beginning.
fn behind<'a, 'b>(words: &'b [&'a str], begin: &[&'a str]) -> Option<&'b [&'a str]> {
    words.strip_prefix(begin)
}

fn name<'a>(words: &[&'a str]) -> &'a str {
    let mut names = words.iter();
    let skipped = ["IF", "NOT", "EXISTS", "ONLY"];
    names
        .find(|word| !skipped.contains(word))
        .copied()
        .unwrap_or_default()
}

fn flaw<'a>(words: &[&'a str], made: &mut BTreeSet<&'a str>) -> Vec<&'static str> {
    if let Some(rest) = behind(words, &["CREATE", "TABLE"]) {
        made.insert(name(rest));
        return Vec::new();
    }
    if let Some(rest) = behind(words, &["DROP", "TABLE"]) {
        let is_own = made.contains(name(rest));
        return if is_own {
            Vec::new()
        } else {
            vec!["DROP TABLE"]
        };
    }
    if let Some(rest) = behind(words, &["ALTER", "TABLE"]) {
        if made.contains(name(rest)) {
            return Vec::new();
        }
        return actions(rest)
            .iter()
            .filter_map(|action| change(action))
            .collect();
    }
    let table = words.iter().position(|word| *word == "ON");
    let table = table.map_or("", |at| name(&words[at + 1..]));
    if words.first() != Some(&"CREATE") || !words.contains(&"INDEX") || made.contains(table) {
        return Vec::new();
    }
    if words.contains(&"UNIQUE") {
        return vec!["UNIQUE on a table that is there"];
    }
    match words.contains(&"{CONCURRENTLY}") {
        true => Vec::new(),
        false => vec!["CREATE INDEX without {concurrently}"],
    }
}

/// The parts of ALTER TABLE between commas that stand in no parentheses.
fn actions<'a, 'b>(words: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    let mut depth = 0;
    let is_end = |word: &&str| {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        *word == "," && depth == 0
    };
    words.split(is_end).collect()
}

fn change(action: &[&str]) -> Option<&'static str> {
    let has = |several: &[&str]| action.windows(several.len()).any(|part| part == several);
    let at = |word: &str| action.iter().position(|other| *other == word);
    let narrows = ["UNIQUE", "CHECK", "PRIMARY", "FOREIGN", "EXCLUDE"];
    if has(&["RENAME"]) {
        return Some("RENAME");
    }
    if has(&["SET", "NOT", "NULL"]) {
        return Some("SET NOT NULL");
    }
    if has(&["DROP", "NOT", "NULL"]) {
        return Some("DROP NOT NULL");
    }
    if let (Some(alter), Some(of)) = (at("ALTER"), at("TYPE"))
        && alter < of
    {
        return Some("ALTER TYPE");
    }
    if let Some(drop) = at("DROP") {
        let what = action.get(drop + 1).copied().unwrap_or_default();
        let is_harmless = ["DEFAULT", "CONSTRAINT", "EXPRESSION", "IDENTITY"].contains(&what);
        return (!is_harmless).then_some("DROP COLUMN");
    }
    at("ADD")?;
    if has(&["NOT", "NULL"]) && !has(&["DEFAULT"]) {
        return Some("ADD COLUMN NOT NULL without DEFAULT");
    }
    let is_narrower = narrows.iter().any(|word| at(word).is_some());
    is_narrower.then_some("a constraint on a table that is there")
}

/// What a step's Rust must not do, so that its SQL can be read.
fn flaws_in_rust(code: &str, script: &str) -> Vec<&'static str> {
    let mut flaws = Vec::new();
    let ways = [
        "execute_unprepared",
        ".drop_",
        ".alter_",
        ".rename_",
        ".create_index",
        ".create_foreign_key",
    ];
    if ways.iter().any(|way| code.contains(way)) && !is_contract(code, "//") {
        flaws.push("a change that its script does not hold");
    }
    let is_outside = code.contains("fn use_transaction") && code.contains("Some(false)");
    if script.contains("{concurrently}") != is_outside {
        flaws.push("{concurrently} and `use_transaction` of Some(false) go together");
    }
    flaws
}

#[test]
fn every_step_after_the_first_release_leaves_what_its_predecessor_uses() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/src");
    let mut steps = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(step) = file.strip_suffix("_up.sql") else {
            continue;
        };
        steps += 1;
        let number: u32 = step[1..5].parse().unwrap();
        if number <= UNRELEASED {
            continue;
        }
        let script = fs::read_to_string(folder.join(&file)).unwrap();
        let code = fs::read_to_string(folder.join(format!("{step}.rs"))).unwrap();
        let found = [flaws(&script), flaws_in_rust(&code, &script)].concat();
        wrong.extend(found.iter().map(|flaw| format!("{step}: {flaw}")));
    }
    assert!(steps >= 15, "{steps} steps were found");
    assert!(
        wrong.is_empty(),
        "see migrations/src/lib.rs:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn what_takes_away_or_narrows_is_refused() {
    for (script, flaw) in [
        ("DROP TABLE post", "DROP TABLE"),
        ("DROP TABLE IF EXISTS post", "DROP TABLE"),
        ("ALTER TABLE post DROP COLUMN body", "DROP COLUMN"),
        ("ALTER TABLE post DROP body", "DROP COLUMN"),
        ("ALTER TABLE post RENAME TO entry", "RENAME"),
        ("alter table post rename column body to text", "RENAME"),
        (
            "ALTER TABLE post ALTER COLUMN body TYPE bytea",
            "ALTER TYPE",
        ),
        (
            "ALTER TABLE post ALTER body SET DATA TYPE bytea",
            "ALTER TYPE",
        ),
        (
            "ALTER TABLE post ALTER COLUMN body SET NOT NULL",
            "SET NOT NULL",
        ),
        (
            "ALTER TABLE post ALTER COLUMN body DROP NOT NULL",
            "DROP NOT NULL",
        ),
        (
            "ALTER TABLE post ADD COLUMN a bigint, ADD COLUMN b bigint NOT NULL",
            "ADD COLUMN NOT NULL without DEFAULT",
        ),
        (
            "ALTER TABLE post ADD COLUMN a {text} CHECK (a IN ('X', 'Y'))",
            "a constraint on a table that is there",
        ),
        (
            "ALTER TABLE post ADD CONSTRAINT one UNIQUE (author_id, body)",
            "a constraint on a table that is there",
        ),
        (
            "CREATE UNIQUE INDEX {concurrently} one ON post (body)",
            "UNIQUE on a table that is there",
        ),
        (
            "CREATE INDEX post_of_place ON post (place)",
            "CREATE INDEX without {concurrently}",
        ),
        (
            "CREATE TABLE place (id {uuid}); CREATE INDEX {concurrently} of ON post (place)",
            "an index that is built beside writes is alone in its file",
        ),
    ] {
        assert_eq!(flaws(script), [flaw], "{script}");
        let said = format!("-- contract: 1.4 stopped using it\n{script}");
        assert_eq!(flaws(&said), Vec::<&str>::new(), "{said}");
        let unsaid = format!("-- contract:\n{script}");
        assert_eq!(flaws(&unsaid), [flaw], "{unsaid}");
    }
}

#[test]
fn what_only_adds_is_left_alone() {
    for script in [
        "ALTER TABLE post ADD COLUMN a bigint; ALTER TABLE post ADD b {text}",
        "ALTER TABLE post ADD COLUMN a boolean NOT NULL DEFAULT FALSE",
        "ALTER TABLE post ADD COLUMN a {text} NOT NULL DEFAULT 'UNIQUE, CHECK; DROP TABLE post'",
        "-- DROP TABLE post\nUPDATE post SET a = 1 -- RENAME",
        "CREATE TABLE IF NOT EXISTS place (id {uuid} PRIMARY KEY, name {text} NOT NULL UNIQUE, \
         CHECK (name <> '')); CREATE UNIQUE INDEX of ON place (name); DROP TABLE place",
        "ALTER TABLE post ALTER COLUMN a DROP DEFAULT; ALTER TABLE post DROP CONSTRAINT one",
        "DROP INDEX {concurrently} IF EXISTS one; CREATE INDEX {concurrently} one ON post (a)",
        "ALTER TABLE post ADD COLUMN type {text}",
    ] {
        assert_eq!(flaws(script), Vec::<&str>::new(), "{script}");
    }
    // Steps from before the first release did what no later one may.
    let early = include_str!("../../../migrations/src/m0015_moderation_up.sql");
    assert!(flaws(early).contains(&"DROP TABLE"), "{:?}", flaws(early));
}

#[test]
fn a_step_s_changes_stand_in_its_script() {
    let plain = "sql::run(manager, include_str!(\"m0016_up.sql\")).await";
    let outside = format!("{plain} fn use_transaction(&self) -> Option<bool> {{ Some(false) }}");
    let beside = "CREATE INDEX {concurrently} one ON post (a)";
    assert_eq!(flaws_in_rust(plain, "").len(), 0);
    assert_eq!(flaws_in_rust(&outside, beside).len(), 0);
    assert_eq!(flaws_in_rust(plain, beside).len(), 1);
    assert_eq!(flaws_in_rust(&outside, "").len(), 1);
    let past = "manager.drop_table(Table::drop())";
    assert_eq!(flaws_in_rust(past, "").len(), 1);
    assert_eq!(
        flaws_in_rust(&format!("// contract: 2.0\n{past}"), "").len(),
        0
    );
}

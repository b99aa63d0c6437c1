//! What the documents for operators name is there.

use std::{collections::BTreeSet, fs, path::Path};

use clap::Command;
use rookery::cli;

/// Variables that no flag stands for: of the tests and of compose files.
const OTHERS: [&str; 1] = ["ROOKERY_POSTGRES_PORT"];

/// The documents, by their paths.
fn documents() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec!["README.md".to_owned(), "SECURITY.md".to_owned()];
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        paths.push(format!("docs/{name}"));
    }
    let read = |path: String| {
        let text = fs::read_to_string(root.join(&path)).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// Lines of blocks of code, and what stands in backticks.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if is_block {
            found.push(line.to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The words behind `rookery`, of each command of it in a line.
fn commands(line: &str) -> Vec<Vec<&str>> {
    let line = line.split(" # ").next().unwrap_or_default();
    let parts = line.split(['|', ';', '&', '(', ')', '>', '<']);
    let words = parts.map(|part| part.split_whitespace().collect::<Vec<_>>());
    words.filter_map(|words| behind(&words)).collect()
}

fn behind<'a>(words: &[&'a str]) -> Option<Vec<&'a str>> {
    let is_before = |word: &&&str| **word == "$" || **word == "exec" || is_setting(word);
    let begun = words.iter().take_while(is_before).count();
    let words = words.get(begun..)?;
    let rest = match words {
        ["cargo", "run", rest @ ..] => {
            let at = rest.iter().position(|word| *word == "--")?;
            let is_ours = !rest.contains(&"--example");
            rest.get(at + 1..).filter(|_| is_ours)?
        }
        [program, rest @ ..] if program.rsplit('/').next() == Some("rookery") => rest,
        _ => return None,
    };
    (!rest.is_empty()).then(|| rest.to_vec())
}

fn is_setting(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// What of a command is not there.
fn wrong(words: &[&str]) -> Option<String> {
    let mut command: Command = cli::command();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let word = word.trim_matches(|c: char| "[],.:\"'".contains(c));
        if let Some(flag) = word.strip_prefix("--") {
            let flag = flag.split('=').next().unwrap_or_default();
            let is_known = ["help", "version"].contains(&flag);
            let mut all = command.get_arguments();
            let argument = all.find(|argument| argument.get_long() == Some(flag));
            if argument.is_none() && !is_known {
                return Some(format!("--{flag}"));
            }
            if argument.is_some_and(|a| a.get_action().takes_values()) && !word.contains('=') {
                words.next();
            }
        } else if let Some(sub) = command.find_subcommand(word) {
            command = sub.clone();
        } else if command.has_subcommands() && word != "…" && !word.is_empty() {
            return Some(word.to_owned());
        }
    }
    None
}

#[test]
fn every_command_of_the_documents_is_there() {
    let mut seen = 0;
    let mut missing = Vec::new();
    for (path, text) in documents() {
        for line in code(&text) {
            for words in commands(&line) {
                seen += 1;
                let found = wrong(&words);
                missing.extend(found.map(|what| format!("{path}: {what} in `{line}`")));
            }
        }
    }
    assert!(seen > 40, "{seen} commands were found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_command_that_is_not_there_is_found() {
    for (line, what) in [
        ("rookery sing", "sing"),
        ("$ A_B=c rookery admin fly ann | less", "fly"),
        ("cargo run -- events tail --fro earliest", "--fro"),
        ("kubectl get pods && rookery serve --deamon", "--deamon"),
    ] {
        let found: Vec<_> = commands(line)
            .iter()
            .filter_map(|words| wrong(words))
            .collect();
        assert_eq!(found, [what], "{line}");
    }
    for line in [
        "rookery serve --listen 127.0.0.1:0 --demo",
        "./target/release/rookery events retry --wait 5 # sing",
        "rookery admin suspend HANDLE --reason TEXT",
        "rookery events …",
        "helm install rookery deploy",
        "rookery.posts",
    ] {
        let found: Vec<_> = commands(line)
            .iter()
            .filter_map(|words| wrong(words))
            .collect();
        assert_eq!(found, Vec::<String>::new(), "{line}");
    }
    assert_eq!(commands("rookery serve | rookery worker").len(), 2);
}

/// Every variable that some flag stands for.
fn variables(command: &Command, all: &mut BTreeSet<String>) {
    let names = command.get_arguments().filter_map(clap::Arg::get_env);
    all.extend(names.map(|name| name.to_str().unwrap().to_owned()));
    for sub in command.get_subcommands() {
        variables(sub, all);
    }
}

/// The words of a text that begin as our variables do; `*` stands for the rest of several.
fn named(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == '*';
    let words = text.split(|c: char| !is_part(c) && !c.is_ascii_lowercase());
    words
        .filter(|word| word.starts_with("ROOKERY_") && word.chars().all(is_part))
        .collect()
}

#[test]
fn every_variable_of_the_documents_is_there() {
    let mut all = BTreeSet::new();
    variables(&cli::command(), &mut all);
    all.extend(OTHERS.iter().map(|name| (*name).to_owned()));
    let mut seen = BTreeSet::new();
    let mut missing = Vec::new();
    for (path, text) in documents() {
        for name in named(&text) {
            seen.insert(name.to_owned());
            let begin = name.trim_end_matches('*');
            let is_there = match name == begin {
                true => all.contains(name),
                false => all.iter().any(|other| other.starts_with(begin)),
            };
            if !is_there {
                missing.push(format!("{path}: {name}"));
            }
        }
    }
    assert!(seen.len() > 60, "{} variables were found", seen.len());
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert_eq!(
        named("`ROOKERY_FEED_*`, ROOKERY_Xy and A_ROOKERY_B"),
        ["ROOKERY_FEED_*"]
    );
}

/// Where alerts lead to.
const ANCHORS: [&str; 13] = [
    "instance-down",
    "errors",
    "slow",
    "overload",
    "pool",
    "deadlocks",
    "lag",
    "stuck",
    "parked",
    "kafka",
    "degraded",
    "media",
    "memory",
];

#[test]
fn the_runbook_has_a_section_for_every_alert() {
    let documents = documents();
    let runbook = documents
        .iter()
        .find(|(path, _)| path == "docs/operations.md");
    let text = &runbook.expect("a runbook").1;
    let headings = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    let anchors: Vec<_> = headings
        .map(|name| name.to_lowercase().replace(' ', "-"))
        .collect();
    for anchor in ANCHORS {
        let count = anchors.iter().filter(|other| *other == anchor).count();
        assert_eq!(count, 1, "#{anchor}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents = documents();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for (path, text) in &documents {
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap_or_default();
            if link.contains("://") {
                continue;
            }
            seen += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let folder = root.join(path).parent().unwrap().to_owned();
            let target = match file {
                "" => root.join(path),
                file => folder.join(file),
            };
            assert!(target.exists(), "{path}: {link}");
            if !anchor.is_empty() {
                let text = fs::read_to_string(&target).unwrap();
                let is_there = text
                    .lines()
                    .any(|line| anchor_of(line) == Some(anchor.to_owned()));
                assert!(is_there, "{path}: {link}");
            }
        }
    }
    assert!(seen > 5, "{seen} links were found");
}

/// The anchor that a heading has.
fn anchor_of(line: &str) -> Option<String> {
    let heading = line
        .trim_start_matches('#')
        .strip_prefix(' ')
        .filter(|_| line.starts_with('#'))?;
    let kept = heading.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    Some(kept.collect::<String>().replace(' ', "-"))
}

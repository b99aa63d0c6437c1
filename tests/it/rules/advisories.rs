//! Versions that must not come back: faults that were published, and bit servers like this one.

use std::{collections::BTreeMap, fs, path::Path};

/// The first version without the fault, and which one that is. The lists of RustSec and of GitHub
/// do not agree: the first one here is in the latter only.
const AT_LEAST: [(&str, [u32; 3], &str); 9] = [
    (
        "jsonwebtoken",
        [10, 3, 0],
        "CVE-2026-25537: an `exp` that is text counts as none",
    ),
    (
        "h2",
        [0, 4, 16],
        "RUSTSEC-2026-0258: empty frames without end",
    ),
    ("bytes", [1, 11, 1], "RUSTSEC-2026-0007"),
    ("time", [0, 3, 47], "RUSTSEC-2026-0009"),
    ("rustls-webpki", [0, 103, 13], "RUSTSEC-2026-0104"),
    ("tokio", [1, 44, 2], "RUSTSEC-2025-0023"),
    ("sqlx", [0, 8, 1], "RUSTSEC-2024-0363: lengths that wrap"),
    (
        "tungstenite",
        [0, 20, 1],
        "RUSTSEC-2023-0065: headers without end",
    ),
    (
        "async-graphql",
        [7, 0, 10],
        "CVE-2024-47614: directives without end",
    ),
];

/// Unmaintained, or unsound in what a server would use it for.
const NEVER: [&str; 4] = ["async-std", "ansi_term", "atty", "serde_cbor"];

/// All versions of each package in the lock file.
fn locked() -> BTreeMap<String, Vec<[u32; 3]>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let text = fs::read_to_string(path).unwrap();
    let mut found: BTreeMap<String, Vec<[u32; 3]>> = BTreeMap::new();
    for package in text.split("[[package]]").skip(1) {
        let value = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().trim_matches('"').to_owned()
        };
        let version = value("version = ");
        let numbers = version
            .split(['.', '-', '+'])
            .map(|n| n.parse().unwrap_or(0));
        let mut numbers = numbers.chain([0, 0, 0]);
        let version = [(); 3].map(|()| numbers.next().unwrap());
        found.entry(value("name = ")).or_default().push(version);
    }
    found
}

#[test]
fn no_version_with_a_known_fault_is_locked() {
    let locked = locked();
    assert!(locked.len() > 200, "{} packages", locked.len());
    for (name, least, why) in AT_LEAST {
        for version in locked.get(name).into_iter().flatten() {
            assert!(*version >= least, "{name} {version:?}: {why}");
        }
    }
    for name in NEVER {
        assert!(!locked.contains_key(name), "{name}");
    }
    let known = AT_LEAST
        .iter()
        .filter(|(name, ..)| locked.contains_key(*name));
    assert!(known.count() >= 7, "most of these are still in use");
}

//! Programs in JavaScript, with what they import from npm.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of the scripts of `tests/it/{name}`, with what they import. Without npm the tests are
/// left out, loudly, and fail where CI=true.
pub fn installed(name: &str, scripts: &[&str]) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it")
        .join(name);
    for file in ["package.json", "package-lock.json", ".npmrc"]
        .iter()
        .chain(scripts)
    {
        fs::copy(here.join(file), folder.join(file)).expect("a copy");
    }
    let args = [
        "ci",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefer-offline",
    ];
    let npm = Command::new("npm").args(args).current_dir(&folder).output();
    if npm.is_ok_and(|done| done.status.success()) {
        return Some(folder);
    }
    let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(
        !is_ci,
        "npm did not install {name}: install Node.js 20 or newer"
    );
    eprintln!("!!! NOT TESTED: {name} in JavaScript, as npm did not install it");
    None
}

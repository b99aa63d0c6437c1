//! The sources, for rules to read.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One Rust file below `src`.
pub struct Source {
    /// Its path below the project, with `/`.
    pub path: String,
    pub text: String,
}

impl Source {
    /// Its first folder or file below `src`, without `.rs`.
    pub fn module(&self) -> &str {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path);
        path.split('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs")
    }
}

/// Every Rust file below `folders`.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in folders {
        collect(&root.join(folder), &mut files);
    }
    let read = |file: PathBuf| {
        let path = file
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        Source {
            path,
            text: fs::read_to_string(file).unwrap(),
        }
    };
    let sources: Vec<_> = files.into_iter().map(read).collect();
    assert!(
        sources.len() > 20,
        "the rules must have something to look at"
    );
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

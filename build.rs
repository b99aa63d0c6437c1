//! Puts the GraphiQL page into the binary: bundled from npm where npm is there, otherwise with tags that load it from a
//! CDN. Works on a copy in `OUT_DIR`, never in the source tree.
//!
//! `ROOKERY_PLAYGROUND`: `cdn` does without npm, `bundle` makes a failed bundle an error instead of a warning.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, io, thread};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SOURCES: &[&str] = &[
    "package.json",
    "package-lock.json",
    ".npmrc",
    "bundle.mjs",
    "index.html",
    "cdn.html",
    "src",
    "examples",
];

/// What the page needs where GraphiQL itself comes from the CDN.
const CDN_ASSETS: &[&str] = &[
    "cdn.js",
    "app.js",
    "pictures.js",
    "session.js",
    "upload.js",
    "page.css",
];

/// A build waits this long for `npm ci`, however slow the network.
const LIMIT: Duration = Duration::from_secs(120);

const NPM_CI: &[&str] = &[
    "ci",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--prefer-offline",
    "--fetch-timeout=60000",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=1000",
];

fn main() -> Result<()> {
    let source = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("playground");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for name in SOURCES {
        println!("cargo::rerun-if-changed=playground/{name}");
    }
    println!("cargo::rerun-if-env-changed=ROOKERY_PLAYGROUND");

    let wish = env::var("ROOKERY_PLAYGROUND").unwrap_or_default();
    let bundled = if wish == "cdn" {
        Err("ROOKERY_PLAYGROUND=cdn asks for it".into())
    } else {
        bundle(&source, &out)
    };
    let generated = match bundled {
        Ok(dist) => generate(
            &source,
            true,
            &dist.join("head.html"),
            &bundled_assets(&dist)?,
        )?,
        Err(reason) if wish == "bundle" => return Err(reason),
        Err(reason) => {
            println!(
                "cargo::warning=GraphiQL is not bundled, its page will load it from a CDN: {reason}."
            );
            println!(
                "cargo::warning=To bundle it: have Node.js 18 or newer with npm and a network, then build with \
                 ROOKERY_PLAYGROUND=bundle. The rest of the binary is not affected."
            );
            let assets: Vec<_> = CDN_ASSETS
                .iter()
                .map(|name| ((*name).to_owned(), source.join("src").join(name)))
                .collect();
            generate(&source, false, &source.join("cdn.html"), &assets)?
        }
    };
    fs::write(out.join("playground_assets.rs"), generated)?;
    Ok(())
}

/// Bundles a copy of the sources; the result is the folder with the files to serve.
fn bundle(source: &Path, out: &Path) -> Result<PathBuf> {
    let node = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|error| format!("node does not start ({error})"))?;
    let version = String::from_utf8_lossy(&node.stdout).trim().to_owned();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 18) {
        return Err(format!("node is {version}, 18 is needed").into());
    }

    let copy = out.join("playground");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    fs::create_dir_all(&copy)?;
    for name in SOURCES {
        copy_all(&source.join(name), &copy.join(name))?;
    }
    let done = run(if cfg!(windows) { "npm.cmd" } else { "npm" }, NPM_CI, &copy)
        .and_then(|()| run("node", &["bundle.mjs"], &copy));
    // Hundreds of megabytes that nothing needs any more; npm has them in its cache.
    if let Err(error) = fs::remove_dir_all(copy.join("node_modules"))
        && error.kind() != io::ErrorKind::NotFound
    {
        println!(
            "cargo::warning={} could not be removed: {error}",
            copy.join("node_modules").display()
        );
    }
    done.map(|()| copy.join("dist"))
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        fs::write(to, fs::read(from)?)?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Runs a program to its end, or to the end of `LIMIT`.
fn run(program: &str, args: &[&str], dir: &Path) -> Result<()> {
    let what = format!("`{program} {}`", args.first().copied().unwrap_or_default());
    let log_path = dir.join("bundle.log");
    let log = File::options().create(true).append(true).open(&log_path)?;
    let mut child = Command::new(program)
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .map_err(|error| format!("{program} does not start ({error})"))?;
    let start = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => {
                return Err(format!("{what} failed ({status}), see {}", log_path.display()).into());
            }
            None if start.elapsed() > LIMIT => {
                child.kill()?;
                child.wait()?;
                return Err(
                    format!("{what} was not done after {} seconds", LIMIT.as_secs()).into(),
                );
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// The files that the bundle wrote, under the names they are served by.
fn bundled_assets(dist: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut assets = Vec::new();
    for path in files(dist)? {
        if let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".gz"))
        {
            assets.push((name.to_owned(), path.clone()));
        }
    }
    Ok(assets)
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(dir)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The Rust source that `src/http/playground.rs` includes.
fn generate(
    source: &Path,
    bundled: bool,
    head: &Path,
    assets: &[(String, PathBuf)],
) -> Result<String> {
    let mut code = format!(
        "/// Whether GraphiQL is in the binary. If so, `ASSETS` are gzipped and named by their content.\n\
         pub(super) const BUNDLED: bool = {bundled};\n\
         pub(super) const PAGE: &str = include_str!({:?});\n\
         pub(super) const HEAD: &str = include_str!({head:?});\n",
        source.join("index.html"),
    );
    code.push_str("pub(super) static EXAMPLES: &[&str] = &[\n");
    for example in files(&source.join("examples"))? {
        writeln!(code, "    include_str!({example:?}),")?;
    }
    code.push_str("];\n/// Path, content type, bytes.\npub(super) static ASSETS: &[(&str, &str, &[u8])] = &[\n");
    for (name, path) in assets {
        let content_type = if name.ends_with(".css") {
            "text/css; charset=utf-8"
        } else {
            "text/javascript; charset=utf-8"
        };
        writeln!(
            code,
            "    ({name:?}, {content_type:?}, include_bytes!({path:?})),"
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}

//! The binary as a child of the test, ended by its own process id whatever happens.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::wire;

/// Nothing here takes longer, also where many tests share a core.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A running `rookery serve`.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// What it printed before it served.
    pub greeting: String,
    _dir: Option<TempDir>,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The binary with nothing of this environment but what is given.
fn binary(args: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rookery"));
    command
        .args(args)
        .env_clear()
        .env("RUST_LOG", "warn")
        // Many run at once, and nobody waits for any of them to be noticed.
        .env("ROOKERY_OPS_LISTEN", "off")
        .env("ROOKERY_SHUTDOWN_NOTICE_MS", "0")
        .envs(environment.iter().copied())
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(args: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = binary(args, environment);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let stdout = thread::spawn(move || std::io::read_to_string(stdout.expect("a pipe")));
    let stderr = thread::spawn(move || std::io::read_to_string(stderr.expect("a pipe")));
    let Some(status) = wait(&mut child) else {
        let _ = child.kill();
        let _ = child.wait();
        panic!("{args:?} did not end");
    };
    Ended {
        code: status.code(),
        stdout: stdout.join().expect("read").expect("text"),
        stderr: stderr.join().expect("read").expect("text"),
    }
}

/// Runs a command on a data folder.
pub fn run_in(dir: &Path, args: &[&str]) -> Ended {
    run(args, &[("ROOKERY_DATA_DIR", dir.to_str().expect("UTF-8"))])
}

fn wait(child: &mut Child) -> Option<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("a child") {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

impl Server {
    /// Serves a data folder of its own.
    pub fn start(args: &[&str]) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let mut server = Self::start_in(dir.path(), args, &[]);
        server._dir = Some(dir);
        server
    }

    /// Serves an existing data folder.
    pub fn start_in(dir: &Path, args: &[&str], environment: &[(&str, &str)]) -> Self {
        let args = [&["serve", "--listen", "127.0.0.1:0"], args].concat();
        let dir = dir.to_str().expect("UTF-8");
        let environment = [&[("ROOKERY_DATA_DIR", dir)], environment].concat();
        Self::greeted(binary(&args, &environment))
    }

    /// Serves an existing data folder, and writes the log that is `wanted` as `RUST_LOG` to a file.
    pub fn start_logged(dir: &Path, wanted: &str, log: File) -> Self {
        let dir = dir.to_str().expect("UTF-8");
        let listen = ("ROOKERY_LISTEN", "127.0.0.1:0");
        let environment = [listen, ("ROOKERY_DATA_DIR", dir), ("RUST_LOG", wanted)];
        Self::start_set(&environment, log)
    }

    /// Serves as its environment says, and writes its log to a file.
    pub fn start_set(environment: &[(&str, &str)], log: File) -> Self {
        let mut command = binary(&["serve"], environment);
        command.stderr(log);
        Self::greeted(command)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn greeted(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a child");
        let stdout = child.stdout.take().expect("a pipe");
        let mut server = Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
            greeting: String::new(),
            _dir: None,
        };
        let (say, heard) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            lines.for_each(|line| drop(say.send(line)));
        });
        while !server.greeting.contains("Stop with Ctrl-C") {
            let line = heard.recv_timeout(PATIENCE).expect("it greets");
            server.greeting += &format!("{line}\n");
        }
        let endpoint = server.greeting.split("://").nth(1).expect("an address");
        let address = endpoint.split('/').next().expect("an address");
        server.address = address.parse().expect("an address");
        server
    }

    /// Proves that the process that was started is still the one that answers.
    pub fn still_answers(&mut self, after: &str) {
        let answer = wire::post(self.address, None, "{ __typename }", serde_json::json!({}));
        assert_eq!(
            answer.body["data"]["__typename"], "Query",
            "after {after}: {answer:?}"
        );
        let ended = self.child.try_wait().expect("a child");
        assert!(ended.is_none(), "after {after}: it ended with {ended:?}");
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success());
    }

    /// Waits until it has ended by itself.
    pub fn dies(mut self) {
        assert!(!wait(&mut self.child).expect("it ends").success());
    }

    /// Asks it to stop, as a service manager does, and waits for its end.
    pub fn terminate(self) -> Option<i32> {
        self.signal("-TERM");
        self.ended()
    }

    /// Waits for its end.
    pub fn ended(mut self) -> Option<i32> {
        wait(&mut self.child).expect("it ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

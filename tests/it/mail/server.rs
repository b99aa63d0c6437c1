//! The mail server of these tests, a process.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::support::npm;

const PATIENCE: Duration = Duration::from_secs(60);

/// Ends with the test.
pub(super) struct MailServer {
    child: Child,
    _stdin: ChildStdin,
    told: Receiver<Value>,
    pub(super) port: u64,
}

impl MailServer {
    /// Starts one, if npm is here.
    pub(super) fn start(options: &Value) -> Option<Self> {
        static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
        let folder = FOLDER.get_or_init(|| npm::installed("mail", &["server.mjs"]));
        let mut child = Command::new("node")
            .args(["server.mjs", &options.to_string()])
            .current_dir(folder.as_ref()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node");
        let stdin = child.stdin.take().expect("its input");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (tell, told) = channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let mut server = Self {
            child,
            _stdin: stdin,
            told,
            port: 0,
        };
        server.port = server.next()["port"].as_u64().expect("a port");
        Some(server)
    }

    /// The next letter that it has taken.
    pub(super) fn next(&self) -> Value {
        self.told.recv_timeout(PATIENCE).expect("a line")
    }

    /// Whether it has taken none.
    pub(super) fn is_empty(&self) -> bool {
        self.told.try_recv().is_err()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Chromium, driven through its DevTools protocol over a pipe: no port, no further program.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
];
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser with one page, ended with the test.
pub struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    sent: u64,
    complaints: Vec<String>,
    /// File choosers that the page has opened, by the node of their input.
    choosers: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser. Without one the test is left out, loudly, and fails where CI=true.
    pub fn start() -> Option<Self> {
        let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
        let Some(name) = NAMES.into_iter().find(is_there) else {
            let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!is_ci, "no browser: install the package `chromium`");
            eprintln!("!!! NOT TESTED: the playground, as there is no browser; install `chromium`");
            return None;
        };
        let profile = TempDir::new().expect("a temporary folder");
        let folder = format!("--user-data-dir={}", profile.path().display());
        // The protocol speaks on descriptors 3 and 4; the shell puts our pipes there.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";
        let mut child = Command::new("sh")
            .args(["-c", script, name])
            .args(FLAGS)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let (commands, answers) = (child.stdin.take(), child.stdout.take());
        let (say, messages) = channel();
        let answers = BufReader::new(answers.expect("a pipe"));
        thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                let _ = serde_json::from_slice(&message).map(|message: Value| say.send(message));
            }
        });
        Some(Self {
            child,
            commands: commands.expect("a pipe"),
            messages,
            session: None,
            sent: 0,
            complaints: Vec::new(),
            choosers: Vec::new(),
            _profile: profile,
        })
    }

    /// Opens an address in the page.
    pub fn open(&mut self, url: &str) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", attach);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Runtime.enable", "Log.enable", "Page.enable"] {
            self.call(domain, json!({}));
        }
        self.call("Page.navigate", json!({ "url": url }));
    }

    /// Runs an async function's body in the page and returns what it returns.
    pub fn run(&mut self, helpers: &str, body: &str) -> Value {
        let expression = format!("(async () => {{ {helpers} {body} }})()");
        let parameters =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let done = self.call("Runtime.evaluate", parameters);
        assert!(done.get("exceptionDetails").is_none(), "{done:#}");
        done["result"]["value"].clone()
    }

    /// Presses a button that asks for a file, and chooses one.
    pub fn choose(&mut self, button: &str, file: &Path) {
        self.call(
            "Page.setInterceptFileChooserDialog",
            json!({ "enabled": true }),
        );
        let press = format!("document.querySelector({button:?}).click()");
        let press = json!({ "expression": press, "userGesture": true });
        self.call("Runtime.evaluate", press);
        let node = loop {
            match self.choosers.pop() {
                Some(node) => break node,
                None => drop(self.hear("a file chooser")),
            }
        };
        let chosen = json!({ "files": [file], "backendNodeId": node });
        self.call("DOM.setFileInputFiles", chosen);
    }

    /// Errors that the page or the browser reported so far.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.clone()
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let bytes = format!("{message}\0");
        self.commands
            .write_all(bytes.as_bytes())
            .expect("a browser");
        loop {
            let message = self.hear(method);
            if message["id"] == self.sent {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// The next that the browser says, noted if it is to be remembered.
    fn hear(&mut self, awaited: &str) -> Value {
        let message = self.messages.recv_timeout(PATIENCE);
        let message = message.unwrap_or_else(|_| panic!("no answer to {awaited}"));
        let is_error = message["params"]["entry"]["level"] == "error"
            || message["method"] == "Runtime.exceptionThrown";
        if is_error {
            self.complaints.push(message["params"].to_string());
        }
        if message["method"] == "Page.fileChooserOpened" {
            self.choosers
                .push(message["params"]["backendNodeId"].clone());
        }
        message
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Takes the processes of the pages with it.
        let _ = self
            .commands
            .write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        while self.messages.recv_timeout(Duration::from_secs(5)).is_ok() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

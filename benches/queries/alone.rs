//! The database alone: pgbench runs the statements that Mercurius sends, values and all, prepared
//! once a connection, one after the other, and does nothing with what it gets.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::{Result, wire::Ask, wire::Wire};

/// pgbench takes 128 at most; each connection prepares all of them.
const SCRIPTS: usize = 32;

/// Scripts of one query, one for each set of variables.
pub struct Scripts {
    folder: TempDir,
    count: usize,
}

impl Scripts {
    /// Asks a Mercurius that records, and writes down what it ran.
    pub async fn record(wire: &mut Wire, asks: &[Ask]) -> Result<Self> {
        let folder = TempDir::with_prefix("rookery-bench-").map_err(|error| error.to_string())?;
        wire.get("/recorded").await?;
        let step = asks.len().div_ceil(SCRIPTS).max(1);
        let mut count = 0;
        for ask in asks.iter().step_by(step) {
            wire.ask(ask).await?;
            let recorded = wire.get("/recorded").await?;
            let recorded: Vec<Value> =
                serde_json::from_slice(&recorded).map_err(|error| error.to_string())?;
            let script: String = recorded.iter().map(statement).collect();
            let file = folder.path().join(format!("{count}.sql"));
            fs::write(file, script).map_err(|error| error.to_string())?;
            count += 1;
        }
        Ok(Self { folder, count })
    }

    /// Runs them in a closed loop for so many seconds.
    pub fn start(&self, url: &str, clients: usize, seconds: u64) -> Result<Pgbench> {
        let mut command = Command::new("pgbench");
        command.args([
            "--protocol=prepared",
            "--no-vacuum",
            "--jobs=2",
            "--progress=1",
        ]);
        command
            .arg(format!("--client={clients}"))
            .arg(format!("--time={seconds}"));
        for n in 0..self.count {
            command
                .arg("--file")
                .arg(self.folder.path().join(format!("{n}.sql")));
        }
        command
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| format!("pgbench: {error}"))?;
        let stderr = child.stderr.take();
        let mut pgbench = Pgbench {
            child,
            seconds: None,
        };
        let (tell, told) = mpsc::unbounded_channel();
        pgbench.seconds = Some(told);
        let lines = BufReader::new(stderr.ok_or("no stderr")?).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        Ok(pgbench)
    }
}

/// A pgbench under way; it is ended with this value.
pub struct Pgbench {
    child: Child,
    seconds: Option<mpsc::UnboundedReceiver<String>>,
}

impl Pgbench {
    /// How many transactions were done in the next second.
    pub async fn second(&mut self) -> Result<f64> {
        let lines = self.seconds.as_mut().ok_or("no lines")?;
        let mut last = String::new();
        while let Some(line) = lines.recv().await {
            // progress: 3.0 s, 2513.9 tps, lat …
            if let Some((before, _)) = line.split_once(" tps,") {
                let rate = before.rsplit(' ').next().and_then(|rate| rate.parse().ok());
                return rate.ok_or_else(|| format!("pgbench: {line}"));
            }
            last = line;
        }
        Err(format!("pgbench ended: {last}"))
    }
}

impl Drop for Pgbench {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A recorded statement with its values in their places.
fn statement(recorded: &Value) -> String {
    let mut text = recorded["text"].as_str().unwrap_or_default().to_owned();
    let values = recorded["values"].as_array().map_or(&[][..], Vec::as_slice);
    for (n, value) in values.iter().enumerate().rev() {
        text = text.replace(&format!("${}", n + 1), &literal(value));
    }
    text + ";\n"
}

fn literal(value: &Value) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => text.replace('\'', "''"),
        other => other.to_string(),
    };
    match value {
        Value::Array(all) => {
            let all: Vec<_> = all.iter().map(plain).collect();
            format!("'{{{}}}'", all.join(","))
        }
        Value::Number(number) => number.to_string(),
        other => format!("'{}'", plain(other)),
    }
}

//! Programs that the bench starts, and ends: by their own ids, however the bench ends.

use std::{
    io::{BufRead, BufReader, Lines},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
};

use super::Result;

/// A program that is ended with this value.
pub struct Ended(Child);

impl Ended {
    /// Starts it, and gives the lines of its stdout.
    pub fn start(command: &mut Command) -> Result<(Self, Lines<BufReader<ChildStdout>>)> {
        let what = format!("{:?}", command.get_program());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("cannot start {what}: {error}"))?;
        let stdout = child.stdout.take();
        let ended = Self(child);
        let lines = BufReader::new(stdout.ok_or("no stdout")?).lines();
        Ok((ended, lines))
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that is ended with this value.
pub struct Running {
    program: Ended,
    pub address: SocketAddr,
}

impl Running {
    /// Starts a server and waits for the line on its stdout that tells where it listens, behind
    /// `before`.
    pub fn start(command: &mut Command, before: &str) -> Result<Self> {
        let (program, mut lines) = Ended::start(command)?;
        let found = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let rest = line.split_once(before)?.1.to_owned();
            rest.split(['/', ' ']).next()?.parse().ok()
        });
        let address = found.ok_or_else(|| {
            let what = command.get_program();
            format!("{what:?} ended before it listened")
        })?;
        // What it says later is of no interest, but must be taken from it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Self { program, address })
    }

    pub fn pid(&self) -> u32 {
        self.program.pid()
    }
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Result<()> {
    let what = format!("{:?}", command.get_program());
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{what}: {status}")),
        Err(error) => Err(format!("cannot start {what}: {error}")),
    }
}

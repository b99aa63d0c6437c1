//! Places where a test may have this process die, as by a power cut: nothing after them runs.
//!
//! Outside of tests they are nothing at all: the crate behind them is empty without a feature that
//! only the tests turn on.

/// Ends the process here, if a test asked for it by `FAILPOINTS=NAME=return`; panics, if it asked
/// by `FAILPOINTS=NAME=panic`.
pub fn point(name: &str) {
    // Without the feature the next line is empty.
    let _ = name;
    fail::fail_point!(name, |_| std::process::abort());
}

/// Reads `FAILPOINTS`. The points are armed while this lives.
#[must_use]
pub fn arm() -> impl Drop {
    fail::FailScenario::setup()
}

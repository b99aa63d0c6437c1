//! Accounts.

use clap::Args;

use super::Switch;

/// What accounts have to prove.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Accounts")]
pub struct AccountsConfig {
    /// Whether an account has to verify its e-mail address before it may write anything but
    /// follow. On where SMTP_URL is set, otherwise off: nobody could read the letter. Off with
    /// --demo.
    #[arg(long, env = "ROOKERY_REQUIRE_VERIFIED_EMAIL", value_name = "SWITCH")]
    pub require_verified_email: Option<Switch>,
}

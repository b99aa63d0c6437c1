//! `rookery config`.

use clap::Args;

use crate::platform::config::Config;

#[derive(Args)]
pub(super) struct ConfigArgs {
    #[command(flatten)]
    config: Config,
}

pub(super) fn print(args: &ConfigArgs) {
    println!("{:#?}", args.config);
}

//! `rookery config`.

use clap::{ArgMatches, Args, CommandFactory, parser::ValueSource};

use super::Cli;
use crate::platform::config::Config;

#[derive(Args)]
pub(super) struct ConfigArgs {
    #[command(flatten)]
    _config: Config,
}

/// Prints every setting by its variable, ready for an `.env` file, with where its value is from.
pub(super) fn print(matches: &ArgMatches) {
    let command = Cli::command();
    let Some(command) = command.find_subcommand("config") else {
        return;
    };
    for argument in command.get_arguments() {
        let Some(variable) = argument.get_env().and_then(|name| name.to_str()) else {
            continue;
        };
        let id = argument.get_id().as_str();
        let source = match matches.value_source(id) {
            Some(ValueSource::EnvVariable) => "environment",
            Some(ValueSource::CommandLine) => "flag",
            Some(_) => "default",
            None => {
                println!("# {variable}= is not set");
                continue;
            }
        };
        let raw = matches.get_raw(id).into_iter().flatten();
        let value: Vec<_> = raw.map(|value| value.to_string_lossy()).collect();
        match argument.is_hide_env_values_set() {
            true => println!("{variable}=(hidden)  # {source}"),
            false => println!("{variable}={}  # {source}", value.join(",")),
        }
    }
}

//! `rookery config`.

use clap::{Arg, ArgMatches, Args, CommandFactory, parser::ValueSource};

use super::Cli;
use crate::platform::config::Config;

#[derive(Args)]
pub(super) struct ConfigArgs {
    /// Print docs/configuration.md instead: every setting with its default and meaning.
    #[arg(long)]
    pub(super) markdown: bool,
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

const INTRO: &str = "\
# Configuration

Made by `rookery config --markdown > docs/configuration.md` from the program's own flags; a test \
says when it is out of date.

Every setting is a flag of `rookery serve`, or a variable of the environment; where both are given \
the flag holds. `rookery worker` and the other commands take those that concern them. `rookery \
config` prints what is in effect here, secrets hidden. A variable that turns something on is \
`true` or `1`. Give a *secret* by its variable: a flag can be read in the list of processes.

`RUST_LOG` has no flag: it chooses what is logged to stderr, `info,sqlx=warn,sea_orm_migration=warn` without it.
";

/// Every setting of `rookery serve`, under its heading.
pub(super) fn markdown() -> String {
    let command = Cli::command();
    let serve = command.find_subcommand("serve");
    let mut arguments: Vec<&Arg> = serve.into_iter().flat_map(|c| c.get_arguments()).collect();
    arguments.retain(|argument| argument.get_env().is_some());
    let heading = |argument: &Arg| argument.get_help_heading().unwrap_or("Other").to_owned();
    let mut headings: Vec<String> = Vec::new();
    for argument in &arguments {
        if !headings.contains(&heading(argument)) {
            headings.push(heading(argument));
        }
    }
    let mut text = INTRO.to_owned();
    for name in headings {
        text +=
            &format!("\n## {name}\n\n| flag | variable | default | meaning |\n|---|---|---|---|\n");
        let own = arguments
            .iter()
            .filter(|argument| heading(argument) == name);
        text.extend(own.map(|argument| row(argument)));
    }
    text
}

fn row(argument: &Arg) -> String {
    let takes_value = argument.get_action().takes_values();
    let flag = argument.get_long().unwrap_or_default();
    let value = argument.get_value_names().unwrap_or_default().join(" ");
    let flag = match takes_value {
        true => format!("`--{flag} {value}`"),
        false => format!("`--{flag}`"),
    };
    let variable = argument.get_env().and_then(|name| name.to_str());
    let defaults = argument.get_default_values().iter();
    let defaults: Vec<_> = defaults.map(|value| value.to_string_lossy()).collect();
    let default = match defaults.join(",") {
        default if takes_value && !default.is_empty() => format!("`{default}`"),
        _ if argument.is_hide_env_values_set() => "*secret*".to_owned(),
        _ => String::new(),
    };
    let help = argument.get_long_help().or(argument.get_help());
    let mut meaning = help
        .map(ToString::to_string)
        .unwrap_or_default()
        .replace('\n', " ");
    let choices = argument.get_possible_values();
    let choices: Vec<_> = choices
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if takes_value && !choices.is_empty() {
        meaning += &format!(". One of {}", choices.join(", "));
    }
    let meaning = meaning.replace('|', "\\|").replace('<', "&lt;");
    format!(
        "| {flag} | `{}` | {default} | {meaning} |\n",
        variable.unwrap_or_default()
    )
}

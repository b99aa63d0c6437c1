//! `rookery admin`: works beside a running server.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    accounts::{self, Role},
    activity::rebuild::{self, Progress},
    app::{self, StartResult},
    clock::Clock,
    counters::recount::prove,
    error::{Error, Result},
    feed::consumers::FEED,
    notifications::consumers::NOTIFICATIONS,
    people::queries,
    platform::{
        Platform,
        config::Config,
        db::{Lane, Viewer},
        tokens::Tokens,
    },
    search::consumers::SEARCH,
    trends::consumers::TRENDS,
};

#[derive(Subcommand)]
pub(super) enum Admin {
    /// Give somebody a role.
    SetRole(SetRole),
    /// Compare every public counter with the tables, and put right what is wrong.
    Recount(Offline),
    /// Make the scores of trending posts and hashtags anew, from the tables.
    RebuildTrends(Offline),
    /// Make what lies ready of home feeds anew, from the tables.
    RebuildFeed(Offline),
    /// Make notifications anew, from the tables.
    RebuildNotifications(Offline),
    /// Make the index of search anew, from the tables.
    RebuildSearch(Offline),
}

#[derive(Args)]
pub(super) struct SetRole {
    /// Whose role.
    handle: String,
    /// Which role.
    #[arg(ignore_case = true)]
    role: RoleName,
    #[command(flatten)]
    config: Config,
}

#[derive(Args)]
pub(super) struct Offline {
    #[command(flatten)]
    config: Config,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum RoleName {
    Member,
    Moderator,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Member => Self::Member,
            RoleName::Moderator => Self::Moderator,
            RoleName::Admin => Self::Admin,
        }
    }
}

pub(super) async fn run(command: Admin) -> StartResult<()> {
    let (Admin::SetRole(SetRole { config, .. })
    | Admin::Recount(Offline { config })
    | Admin::RebuildTrends(Offline { config })
    | Admin::RebuildFeed(Offline { config })
    | Admin::RebuildNotifications(Offline { config })
    | Admin::RebuildSearch(Offline { config })) = &command;
    // Nothing is signed here, so any key will do.
    let platform = app::platform(config, &Tokens::new_pem()?, Clock::System).await?;
    let done = match &command {
        Admin::SetRole(args) => set_role(&platform, &args.handle, args.role.into()).await,
        Admin::Recount(_) => recount(&platform).await,
        Admin::RebuildTrends(_) => rebuild(&platform, TRENDS).await,
        Admin::RebuildFeed(_) => rebuild(&platform, FEED).await,
        Admin::RebuildNotifications(_) => rebuild(&platform, NOTIFICATIONS).await,
        Admin::RebuildSearch(_) => rebuild(&platform, SEARCH).await,
    };
    platform.db.close().await;
    done.map_err(|error| match error {
        Error::Refused(refusal) => refusal.message,
        Error::Internal(cause) => cause.to_string(),
    })
}

async fn set_role(p: &Platform, handle: &str, role: Role) -> Result<()> {
    let reader = p.db.reader(Viewer::guest(p.now()));
    let person = queries::by_handle(&reader, handle).await?;
    let person = person.ok_or_else(|| {
        let say = format!("Nobody has the handle {handle}.");
        Error::refused(crate::error::Code::NotFound, say)
    })?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        accounts::commands::set_role(&txn, person.id, role, now).await
    })
    .await?;
    println!(
        "{} is now {role:?}. It counts from their next request on.",
        person.handle
    );
    Ok(())
}

async fn recount(p: &Platform) -> Result<()> {
    let mut wrong = 0;
    for (name, mended) in prove(&p.db, &app::counters(), &app::truths()).await? {
        println!("{name:<10} {mended} wrong");
        wrong += mended;
    }
    match wrong {
        0 => println!("Every counter agrees with the tables."),
        wrong => println!("{wrong} counters were wrong and have been put right."),
    }
    Ok(())
}

/// Beside running servers: whoever is first to a step does it.
async fn rebuild(p: &Platform, consumer: &str) -> Result<()> {
    for rows in app::rebuilds(p) {
        if rows.name() != consumer {
            continue;
        }
        rebuild::ask(&p.db, consumer).await?;
        loop {
            match rebuild::step(&p.db, &*rows).await? {
                Progress::Steps(done) if done % 100 == 0 => eprintln!("{done} steps are done"),
                Progress::Steps(_) => {}
                Progress::Idle => tokio::time::sleep(Duration::from_millis(100)).await,
                Progress::Done => break,
            }
            if !rebuild::is_asked(&p.db, consumer).await? {
                break;
            }
        }
    }
    println!("The rows of {consumer} are made anew.");
    Ok(())
}

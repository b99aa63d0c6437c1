//! `rookery admin`: works beside a running server.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::backup::{self, BackupArgs};
use crate::{
    accounts::Role,
    activity::rebuild::{self, Progress},
    app::{self, StartResult},
    clock::{Clock, Timestamp},
    counters::recount::prove,
    error::{Error, Result},
    feed::consumers::FEED,
    moderation::commands::{set_role_as_operator, suspend_as_operator, unsuspend_as_operator},
    notifications::consumers::NOTIFICATIONS,
    people::{entity::person, queries},
    platform::{Platform, config::Config, db::Viewer, tokens::Tokens},
    search::consumers::SEARCH,
    trends::consumers::TRENDS,
};

#[derive(Subcommand)]
pub(super) enum Admin {
    /// Give somebody a role.
    SetRole(SetRole),
    /// Suspend somebody, or give their suspension another end.
    Suspend(Suspend),
    /// End somebody's suspension.
    Unsuspend(Unsuspend),
    /// Copy the SQLite database into a new file, also while it is served. PostgreSQL has programs
    /// of its own for that.
    Backup(BackupArgs),
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
pub(super) struct Suspend {
    /// Whom.
    handle: String,
    /// Why, for the audit log.
    #[arg(long)]
    reason: String,
    /// When it ends, e.g. 2026-05-01T12:00:00Z. Without it: it lasts until further notice.
    #[arg(long, value_name = "MOMENT")]
    until: Option<jiff::Timestamp>,
    #[command(flatten)]
    config: Config,
}

#[derive(Args)]
pub(super) struct Unsuspend {
    /// Whose suspension.
    handle: String,
    /// Why, for the audit log.
    #[arg(long)]
    reason: String,
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
    let config = match &command {
        Admin::Backup(args) => return backup::run(args).await,
        Admin::SetRole(SetRole { config, .. })
        | Admin::Suspend(Suspend { config, .. })
        | Admin::Unsuspend(Unsuspend { config, .. })
        | Admin::Recount(Offline { config })
        | Admin::RebuildTrends(Offline { config })
        | Admin::RebuildFeed(Offline { config })
        | Admin::RebuildNotifications(Offline { config })
        | Admin::RebuildSearch(Offline { config }) => config,
    };
    // Nothing is signed here, so any key will do.
    let platform = app::platform(config, &Tokens::new_pem()?, Clock::System).await?;
    let done = match &command {
        // It opens no pools.
        Admin::Backup(_) => Ok(()),
        Admin::SetRole(args) => set_role(&platform, &args.handle, args.role.into()).await,
        Admin::Suspend(args) => suspend(&platform, args).await,
        Admin::Unsuspend(args) => unsuspend(&platform, args).await,
        Admin::Recount(_) => recount(&platform).await,
        Admin::RebuildTrends(_) => rebuild(&platform, TRENDS).await,
        Admin::RebuildFeed(_) => rebuild(&platform, FEED).await,
        Admin::RebuildNotifications(_) => rebuild(&platform, NOTIFICATIONS).await,
        Admin::RebuildSearch(_) => rebuild(&platform, SEARCH).await,
    };
    platform.db.close().await;
    done.map_err(|error| error.reason())
}

async fn named(p: &Platform, handle: &str) -> Result<person::Model> {
    let reader = p.db.reader(Viewer::guest(p.now()));
    let person = queries::by_handle(&reader, handle).await?;
    person.ok_or_else(|| {
        let say = format!("Nobody has the handle {handle}.");
        Error::refused(crate::error::Code::NotFound, say)
    })
}

async fn suspend(p: &Platform, args: &Suspend) -> Result<()> {
    let person = named(p, &args.handle).await?;
    let until = args.until.map(|until| Timestamp(until.as_microsecond()));
    suspend_as_operator(p, person.id, until, &args.reason).await?;
    println!("{} is suspended.", person.handle);
    Ok(())
}

async fn unsuspend(p: &Platform, args: &Unsuspend) -> Result<()> {
    let person = named(p, &args.handle).await?;
    unsuspend_as_operator(p, person.id, &args.reason).await?;
    println!("{} is not suspended.", person.handle);
    Ok(())
}

async fn set_role(p: &Platform, handle: &str, role: Role) -> Result<()> {
    let person = named(p, handle).await?;
    set_role_as_operator(p, person.id, role).await?;
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

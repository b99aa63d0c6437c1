//! `rookery seed`, and the town that `serve --demo` shows.
//!
//! The town is written, not random: sixty people with voices of their own. Only who follows whom,
//! and what stands under what, is drawn, always from the same seed.
//!
//! Around it there can be a crowd, sixty more people for each further town, who say again what the
//! town says: for measuring. The log tells of the town; the crowd is as if it had been brought from
//! elsewhere.

mod chat;
mod crowd;
mod draw;
mod echo;
mod grow;
mod hang;
mod living;
mod pictures;
mod town;
mod write;

use std::mem;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use self::{crowd::Gathering, grow::Grown, town::Town};
use crate::{
    accounts::commands::NewAccount,
    app::{self, StartResult},
    clock::Clock,
    error::{Error, Result},
    people::queries,
    platform::{
        Platform,
        config::Config,
        db::{Lane, installation},
        tokens::Tokens,
    },
};

/// The password of everybody in the demo, and nowhere else.
pub const DEMO_PASSWORD: &str = "rookery by the sea";

#[derive(Args)]
pub(super) struct SeedArgs {
    /// 1: the town of the demo, sixty people and a thousand posts. N: a crowd around it besides, of
    /// each of which N - 1 times as many: 60 people, 1,200 posts, 6,000 comments, 12,000 reactions,
    /// 3,000 follows and 6,000 messages of the last year. The crowd has no events in the log,
    /// no notifications and no pictures.
    #[arg(long, env = "ROOKERY_SCALE", default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    scale: u32,

    #[command(flatten)]
    config: Config,
}

/// Seeds an empty database. Nobody knows the password of these people.
pub(super) async fn run(args: SeedArgs) -> StartResult<()> {
    let mut config = args.config;
    // All statements that draw a crowd are.
    config.database.slow_statement_ms = u64::MAX;
    let mut platform = app::platform(&config, &Tokens::new_pem()?, Clock::System).await?;
    let _store = app::embedded_store(&config, &mut platform).await?;
    app::migrate(&config.database).await?;
    if !is_empty(&platform).await.map_err(explain)? {
        return Err("the database holds people already; seed an empty one".to_owned());
    }
    // Before there is anybody: what they derive is made with the rows, not anew from all of them.
    let consumers = app::consumers(&platform);
    app::register(&platform, &consumers)
        .await
        .map_err(explain)?;
    let password = Tokens::new_pem()?;
    sow(&platform, args.scale, &password)
        .await
        .map_err(explain)?;
    platform.db.close().await;
    Ok(())
}

/// Seeds the demo's town, unless it stands already.
///
/// # Errors
/// The database holds other people: nobody there has the password that a demo announces.
pub(super) async fn demo(platform: &Platform) -> StartResult<()> {
    if platform
        .db
        .is_noted(installation::DEMO)
        .await
        .map_err(explain)?
    {
        return Ok(());
    }
    if !is_empty(platform).await.map_err(explain)? {
        let say = "this database holds people of its own: --demo needs an empty one; choose \
                   another --data-dir or DATABASE_URL, or leave --demo out";
        return Err(say.to_owned());
    }
    // Noted first: should the seeding be cut short, the known password is not forgotten.
    let noted = platform.db.write_txn(Lane::Background, |txn| async move {
        installation::note(&txn, installation::DEMO).await
    });
    noted.await.map_err(explain)?;
    sow(platform, 1, DEMO_PASSWORD).await.map_err(explain)
}

fn explain(error: Error) -> String {
    format!("seeding failed: {}", error.reason())
}

async fn is_empty(p: &Platform) -> Result<bool> {
    Ok(!queries::is_inhabited(p.db.background()).await?)
}

/// Fills an empty database with a town, with pictures if there is a store, and with the crowd of
/// `scale` - 1 more around it. What consumers derive from a crowd is written with it: they are
/// registered.
///
/// Says on stdout what was made.
pub async fn sow(p: &Platform, scale: u32, password: &str) -> Result<()> {
    let town = Town::read()?;
    let hash = p.passwords.hash(password).await?;
    let mut grown = Grown::new(p, &town);
    let made = format!(
        "{} people with {} posts, {} comments and {} conversations",
        grown.people.len(),
        grown.posts.len(),
        grown.comments.len(),
        grown.talks.len(),
    );
    let bar = ProgressBar::new(grown.len());
    bar.set_style(style()?);
    // First: a row that is READY has its objects, whenever this is cut short.
    let hung = match &p.store {
        Some(store) => hang::hang(store, mem::take(&mut grown.pictures), &bar)
            .await
            .map_err(|error| error.reason()),
        None => Err("this server has no store".to_owned()),
    };
    let account = |handle: &str| NewAccount::hashed(&format!("{handle}@example.org"), hash.clone());
    let rows = hung.as_deref().unwrap_or_default();
    write::write(p, grown, rows, account, &bar).await?;
    bar.finish_and_clear();
    match hung {
        Ok(hung) => println!("Seeded {made}, and {} pictures.", hung.len()),
        Err(why) => println!("Seeded {made}. No pictures: {}.", why.trim_end_matches('.')),
    }
    if scale > 1 {
        let bar = ProgressBar::new(0).with_style(style()?);
        let around = Gathering::new(p, &town, scale - 1, &bar)
            .write(&hash)
            .await?;
        bar.finish_and_clear();
        println!("Around them {around}.");
    }
    Ok(())
}

fn style() -> Result<ProgressStyle> {
    let style = "{msg:>9} {bar:40} {percent:>3} %  {eta}";
    ProgressStyle::with_template(style).map_err(Error::internal)
}

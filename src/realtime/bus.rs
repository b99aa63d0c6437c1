//! Carries who types between instances: by `NOTIFY` on connections of its own, never in a
//! transaction of business, and lossy.

use std::{collections::HashMap, time::Duration};

use sea_orm::sqlx::{
    self, Connection,
    postgres::{PgConnection, PgListener},
};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::{hub::Hub, tail::stopped, typing::TypingSignal};
use crate::ids::{ConversationId, PersonId};

/// The channel that every instance listens to.
const CHANNEL: &str = "rookery_typing";
/// How many signals wait to be sent.
const WAITING: usize = 256;
/// How long signals are gathered, so that whoever goes back and forth is told of ten times a second
/// at most.
const GATHER: Duration = Duration::from_millis(100);
/// How long a connection that failed is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Ends what has expired and, with the URL of a PostgreSQL database, exchanges signals with the
/// other instances on it, until `stop` turns true.
pub async fn carry_typing(hub: Hub, url: Option<String>, stop: watch::Receiver<bool>) {
    let exchange = async {
        match url {
            Some(url) => exchange(&hub, &url).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = hub.expire_typing() => {}
        () = exchange => {}
        () = stopped(stop) => {}
    }
}

async fn exchange(hub: &Hub, url: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "no row's id: what tells instances apart need not sort by time"
    )]
    let own = Uuid::new_v4();
    let mut outgoing = hub.typing_for_others(WAITING);
    loop {
        let failed = tokio::select! {
            failed = hear(hub, url, own) => failed,
            failed = tell(url, own, &mut outgoing) => failed,
        };
        tracing::warn!(error = %failed, "Who types is not told between instances for now.");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Takes in what other instances tell, until the connection fails.
async fn hear(hub: &Hub, url: &str, own: Uuid) -> sqlx::Error {
    let mut listener = match PgListener::connect(url).await {
        Ok(listener) => listener,
        Err(error) => return error,
    };
    if let Err(error) = listener.listen(CHANNEL).await {
        return error;
    }
    loop {
        match listener.recv().await {
            Ok(notification) => {
                if let Some((from, signal)) = read(notification.payload())
                    && from != own
                {
                    hub.hear_typing(signal);
                }
            }
            Err(error) => return error,
        }
    }
}

/// Tells other instances what this one was told, until the connection fails.
async fn tell(url: &str, own: Uuid, outgoing: &mut mpsc::Receiver<TypingSignal>) -> sqlx::Error {
    let mut connection = match PgConnection::connect(url).await {
        Ok(connection) => connection,
        Err(error) => return error,
    };
    while let Some(signal) = outgoing.recv().await {
        // The last word about somebody is enough.
        let mut latest = HashMap::from([(key(signal), signal)]);
        while let Ok(signal) = outgoing.try_recv() {
            latest.insert(key(signal), signal);
        }
        for signal in latest.into_values() {
            let told = sqlx::query("SELECT pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(write(own, signal))
                .execute(&mut connection);
            if let Err(error) = told.await {
                return error;
            }
        }
        tokio::time::sleep(GATHER).await;
    }
    // Another exchange of this process has taken over.
    std::future::pending().await
}

fn key(signal: TypingSignal) -> (ConversationId, PersonId) {
    (signal.conversation, signal.person)
}

fn write(own: Uuid, signal: TypingSignal) -> String {
    let TypingSignal {
        conversation,
        person,
        is_typing,
    } = signal;
    let state = if is_typing { "typing" } else { "still" };
    format!("{own} {conversation} {person} {state}")
}

fn read(payload: &str) -> Option<(Uuid, TypingSignal)> {
    let mut words = payload.split(' ');
    let mut id = || words.next()?.parse().ok();
    let (from, conversation, person) = (id()?, ConversationId(id()?), PersonId(id()?));
    let is_typing = match (words.next(), words.next()) {
        (Some("typing"), None) => true,
        (Some("still"), None) => false,
        _ => return None,
    };
    let signal = TypingSignal {
        conversation,
        person,
        is_typing,
    };
    Some((from, signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_survives_its_text_and_nothing_else_is_one() {
        let own = Uuid::from_u128(1);
        for is_typing in [true, false] {
            let signal = TypingSignal {
                conversation: ConversationId(Uuid::from_u128(2)),
                person: PersonId(Uuid::from_u128(3)),
                is_typing,
            };
            let text = write(own, signal);
            assert_eq!(read(&text), Some((own, signal)));
            assert_eq!(read(&format!("{text} more")), None);
            assert_eq!(read(text.rsplit_once(' ').unwrap().0), None);
        }
    }
}

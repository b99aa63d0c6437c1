//! Letters to people: by SMTP or, where no mail server is configured, as files in the data folder.
//! What they say belongs to the caller.

mod error;
mod folder;
mod relay;

use std::{path::Path, sync::Arc};

use lettre::{
    Address, Message,
    message::{Mailbox, SinglePart},
};
use metrics::counter;
use uuid::Uuid;

use self::{folder::Folder, relay::Relay};
use super::{breaker::Breaker, config::MailConfig, health::Flag};

pub use self::error::MailError;

/// Plain text for one person. Not printable as a whole: bodies hold tokens.
pub struct Letter {
    /// An e-mail address, without a name.
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Sends letters. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    from: Mailbox,
    app_url: Option<String>,
    way: Way,
    breaker: Breaker,
}

/// How letters leave this server.
enum Way {
    Relay(Relay),
    Folder(Folder),
}

impl Mailer {
    /// By the mail server that is configured, or else into the folder `mail` in `data_dir`. Says by
    /// `flag` whether the server works.
    ///
    /// # Errors
    /// The configuration does not fit together; in words that name the variable.
    pub fn configured(config: &MailConfig, data_dir: &Path, flag: Flag) -> Result<Self, String> {
        config.check()?;
        let from = config.mail_from.parse();
        let from = from.map_err(|_| {
            "ROOKERY_MAIL_FROM must be an address, or a name and an address: \
             Rookery <rookery@example.org>"
        })?;
        let way = match &config.smtp_url {
            Some(url) => Way::Relay(Relay::configured(url, config.smtp_ca_file.as_deref())?),
            None => Way::Folder(Folder::new(data_dir.join("mail"))),
        };
        let app_url = config.app_url.as_deref();
        Ok(Self(Arc::new(Inner {
            from,
            app_url: app_url.map(|url| url.trim_end_matches('/').to_owned()),
            way,
            breaker: Breaker::new(flag),
        })))
    }

    /// What links in letters begin with, without a slash at its end; if it is configured.
    pub fn app_url(&self) -> Option<&str> {
        self.0.app_url.as_deref()
    }

    /// Hands a letter over. `id` names it: one that is sent again with the same id can be told to
    /// be a repetition. Takes at most 10 seconds.
    ///
    /// # Errors
    /// It was not taken, or nobody knows whether it was; [`MailError::is_permanent`] says whether
    /// to try again.
    pub async fn send(&self, id: Uuid, letter: &Letter) -> Result<(), MailError> {
        let message = self.message(id, letter)?;
        let sent = match &self.0.way {
            Way::Relay(relay) => self.0.breaker.call(relay.send(&message)).await,
            Way::Folder(folder) => folder.write(id, letter, message.formatted()).await,
        };
        let outcome = if sent.is_ok() { "sent" } else { "failed" };
        counter!("rookery_mail_letters_total", "outcome" => outcome).increment(1);
        sent
    }

    fn message(&self, id: Uuid, letter: &Letter) -> Result<Message, MailError> {
        let to: Address = letter.to.parse().map_err(|_| MailError::address())?;
        let from = self.0.from.clone();
        let domain = from.email.domain();
        Message::builder()
            .message_id(Some(format!("<{id}@{domain}>")))
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(&letter.subject)
            .singlepart(SinglePart::plain(letter.body.clone()))
            .map_err(|_| MailError::address())
    }
}

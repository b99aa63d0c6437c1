//! Pictures and films: sent to a real store, made ready, hung on things, shown, and taken away. On
//! the embedded store, and with TEST_S3_ENDPOINT on another one.

mod addresses;
mod attach;
mod delete;
mod drafts;
mod films;
mod hostile;
mod live;
mod outages;
pub mod pictures;
mod profiles;
mod races;
pub mod stage;
mod sweep;
mod upload;
mod visible;

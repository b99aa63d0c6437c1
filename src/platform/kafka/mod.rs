//! Kafka: a cluster elsewhere, or a broker inside this process. Topics and what is in them belong
//! to the caller.

mod cluster;
mod embedded;
mod flight;
mod producer;

pub use self::{
    cluster::{Cluster, Quiet},
    embedded::{AddressFile, Embedded, address_of},
    flight::{Failure, Flight},
    producer::{Full, Message, Producer, Style},
};

//! The activity log: what commits write, and how consumers follow it.

mod anew;
mod appending;
mod consumers;
mod facts;
mod leases;
mod parking;
mod properties;
mod retention;

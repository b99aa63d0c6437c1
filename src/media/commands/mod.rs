//! What people do to their uploads. One public function per action, one transaction each; the store
//! is asked before it begins.

mod announce;
mod attach;
mod complete;
mod delete;
mod describe;
mod erase;
mod import;
mod outcome;
mod staff;

pub use self::{
    announce::{NewUpload, announce},
    attach::{hang, hanging, take_off},
    complete::complete,
    delete::{delete, discard},
    describe::describe,
    erase::erase,
    import::{Imported, import},
    outcome::{Made, begin, finish, rest, sweep_again},
    staff::set_hidden,
};

//! What changes copies of people's data.

mod erase;
mod request;
mod take;

pub use self::{
    erase::erase,
    request::request_data_export,
    take::{Taken, due, fail, finish, forget, is_gone, renew, take},
};

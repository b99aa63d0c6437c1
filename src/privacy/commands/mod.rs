//! What changes copies of people's data.

mod request;
mod take;

pub use self::{
    request::request_data_export,
    take::{Taken, due, fail, finish, forget, is_gone, renew, take},
};

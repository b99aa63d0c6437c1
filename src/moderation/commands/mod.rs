//! What people report, and what staff does. One public function per action, one transaction each,
//! with its entries in the audit log.

mod audit;
mod erase;
mod hide;
mod operator;
mod report;
mod resolve;
mod role;
mod see;
mod suspend;

pub use self::{
    erase::erase,
    hide::{hide_content, restore_content},
    operator::{set_role_as_operator, suspend_as_operator, unsuspend_as_operator},
    report::{NewReport, report_content},
    resolve::resolve_report,
    role::set_user_role,
    see::note_seen,
    suspend::{suspend_user, unsuspend_user},
};

//! The people of a graph in a real app, with their sessions.

use rookery::ids::NodeId;

use super::{graph::Person, media::nowhere, oracle::Viewer};
use crate::support::{Caller, NOON, TestApp};

pub const PEOPLE: [&str; 6] = ["p_0", "p_1", "p_2", "p_3", "p_4", "p_5"];

/// One app whose large questions are let in, with a store of which only addresses are asked.
pub async fn roomy() -> TestApp {
    TestApp::begin(NOON, Some(nowhere()), |config| {
        let limits = &mut config.limits;
        (limits.member_budget, limits.guest_budget) = (u32::MAX, u32::MAX);
        (limits.max_cost, limits.max_selections) = (u32::MAX, usize::MAX);
        (limits.max_aliases, limits.max_root_fields) = (usize::MAX, usize::MAX);
        limits.query_deadline_ms = 60_000;
    })
    .await
}

/// The people of every graph in one app, and their sessions.
pub struct Cast {
    pub app: TestApp,
    pub callers: Vec<Caller>,
}

impl Cast {
    pub async fn new() -> Self {
        Self::of(PEOPLE).await
    }

    pub async fn of<const N: usize>(handles: [&str; N]) -> Self {
        let app = roomy().await;
        let callers = app.users(handles).await.to_vec();
        Self { app, callers }
    }

    pub fn people(&self) -> Vec<Person> {
        let person = |caller: &Caller| Person {
            id: NodeId::parse(&caller.id).expect("an id").id,
            handle: caller.handle.clone(),
            is_private: false,
            suspended_until: 0,
            is_deleted: false,
            is_staff: false,
            shares_receipts: true,
        };
        self.callers.iter().map(person).collect()
    }

    pub fn caller(&self, viewer: Viewer) -> Caller {
        viewer.map_or_else(|| self.app.guest(), |n| self.callers[n].clone())
    }
}

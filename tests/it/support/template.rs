//! A scene that is built once in a run, and of which every test that plays on it has a copy.

use std::sync::Arc;

use rookery::{clock::Timestamp, platform::config::Config};
use tokio::sync::OnceCell;

use super::{app::TestApp, caller::Caller, database::TestDatabase};

/// What an app left: its rows, the key that signed its tokens and cursors, and its moment.
pub struct Filled {
    pub database: Arc<TestDatabase>,
    pub pem: String,
    pub now: Timestamp,
}

/// A scene with those who play in it.
pub struct Template(OnceCell<(Filled, Vec<Known>)>);

/// A caller without an app.
struct Known {
    handle: String,
    id: String,
    token: Option<String>,
}

impl Template {
    pub const fn new() -> Self {
        Self(OnceCell::const_new())
    }

    /// An app of its own with the scene, and the people that `build` returned. The first that asks
    /// has it built; `build` and every app get the same `change` of the configuration.
    pub async fn start(
        &self,
        change: impl Fn(&mut Config),
        build: impl AsyncFnOnce(&TestApp) -> Vec<Caller>,
    ) -> (TestApp, Vec<Caller>) {
        let fill = async || {
            let app = TestApp::start_with(&change).await;
            let known = build(&app).await.into_iter().map(|caller| Known {
                handle: caller.handle,
                id: caller.id,
                token: caller.token,
            });
            let known = known.collect();
            (app.into_filled().await, known)
        };
        let (filled, known) = self.0.get_or_init(fill).await;
        let app = TestApp::start_from(filled, &change).await;
        let caller = |known: &Known| {
            let Known { handle, id, token } = known;
            Caller::new(app.clone(), handle.clone(), id.clone(), token.clone())
        };
        let people = known.iter().map(caller).collect();
        (app, people)
    }
}

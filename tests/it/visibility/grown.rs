//! Graphs grown by the mutations: what commands leave behind is seen by the rules, and what they
//! refuse they leave alone.

use super::{compare::Tally, world::World};

const GRAPHS: u64 = 16;

async fn compare(seed: u64, tally: &mut Tally) {
    let world = World::grow(seed).await;
    let people = world.graph.people.len();
    for viewer in (0..people).map(Some).chain([None]) {
        let done = world
            .graph
            .compare(&world.cast.caller(viewer), viewer, tally)
            .await;
        if let Err(what) = done {
            panic!("{what}");
        }
    }
    // Two of the six: aiming everything at everything is most of the work.
    for n in [seed, seed + 2] {
        let viewer = usize::try_from(n).expect("a small number") % people;
        world.compare_targets(viewer).await;
    }
}

/// Every fourth graph from `first` on, with a runtime of its own: dropping a test's database blocks
/// the thread that does it.
fn quarter(first: u64) -> Tally {
    let mut tally = Tally::default();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    for seed in (first..GRAPHS).step_by(4) {
        runtime.block_on(compare(seed, &mut tally));
    }
    tally
}

#[test]
fn what_the_commands_leave_is_seen_by_the_rules_and_what_they_refuse_is_left_alone() {
    let quarters = [0, 1, 2, 3].map(|first| std::thread::spawn(move || quarter(first)));
    let mut sum = Tally::default();
    for done in quarters.map(std::thread::JoinHandle::join) {
        let tally = done.expect("the rules hold");
        (sum.all, sum.full) = (sum.all + tally.all, sum.full + tally.full);
    }
    let Tally { all, full } = sum;
    assert!(
        full * 10 >= all * 3,
        "{full} of {all} answers hold something"
    );
}

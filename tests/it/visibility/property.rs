//! Many random graphs against the oracle. A failure names the seed of its graph; put it into
//! [`SEEDS`], whose graphs always come first.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use super::{
    cast::{Cast, PEOPLE},
    causes::{CAUSES, Found},
    compare::Tally,
    graph::{Graph, Post},
    oracle::Viewer,
};
use crate::support::on_postgres;

/// Graphs that once failed.
const SEEDS: [u64; 0] = [];
/// How many actions make a graph.
const STEPS: usize = 85;

/// How many graphs: ORACLE_GRAPHS, or what the normal run promises.
fn graphs() -> usize {
    let normal = if on_postgres() { 150 } else { 500 };
    let wanted = std::env::var("ORACLE_GRAPHS").ok();
    wanted.map_or(normal, |wanted| {
        wanted.parse().expect("a number in ORACLE_GRAPHS")
    })
}

fn seed(n: usize) -> u64 {
    let fresh = || u64::try_from(n - SEEDS.len()).expect("a small number");
    SEEDS.get(n).copied().unwrap_or_else(fresh)
}

/// Compares a graph as everybody who looks sees it.
async fn compare(cast: &Cast, seed: u64, sum: &mut Tally, found: &mut Found) -> Result<(), String> {
    let now = cast.app.platform().now().0;
    let graph = Graph::roll(seed, cast.people(), now, STEPS);
    graph.write(&cast.app).await;
    for viewer in viewers(&graph) {
        graph.compare(&cast.caller(viewer), viewer, sum).await?;
        if graph.may_act(viewer) {
            graph.note_causes(viewer, found);
        }
    }
    Ok(())
}

/// Who looks at a graph: all seven at the first fifty, one or two of them in turn at the rest, and
/// now and then a guest. All at all would prove little more and take four times as long.
fn viewers(graph: &Graph) -> Vec<Viewer> {
    let all = PEOPLE.len();
    let n = usize::try_from(graph.seed).expect("a small number");
    if n < 50 || SEEDS.contains(&graph.seed) {
        return (0..all).map(Some).chain([None]).collect();
    }
    let staff = (0..all).find(|n| graph.people[*n].is_staff);
    let other = staff.unwrap_or((n + 1) % all);
    // Who follows those who repost somebody muted is rare.
    let misses = |v: &usize| {
        let lost = |p: &Post| p.repost_of.is_some() && graph.is_muted(Some(*v), p);
        graph
            .posts
            .iter()
            .any(|p| lost(p) && graph.follows(*v, p.author))
    };
    let first = (0..all).find(misses).unwrap_or(n % all);
    let second = (n.is_multiple_of(2) && other != first).then_some(Some(other));
    let guest = n.is_multiple_of(8).then_some(None);
    [Some(first)]
        .into_iter()
        .chain(second)
        .chain(guest)
        .collect()
}

#[derive(Default)]
struct Sum {
    tally: Tally,
    /// In how many graphs each cause occurred.
    causes: BTreeMap<&'static str, usize>,
}

impl Sum {
    fn add(&mut self, tally: Tally, causes: BTreeMap<&'static str, usize>) {
        self.tally.all += tally.all;
        self.tally.full += tally.full;
        for (cause, n) in causes {
            *self.causes.entry(cause).or_default() += n;
        }
    }
}

/// Compares graphs until there are no more, with an app and a runtime of its own.
fn compare_some(next: &AtomicUsize, has_failed: &AtomicBool) -> Result<Sum, String> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let cast = runtime.block_on(Cast::new());
    let (mut sum, last) = (Sum::default(), graphs() + SEEDS.len());
    while !has_failed.load(Ordering::Relaxed) {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= last {
            break;
        }
        let mut found = Found::new();
        let done = compare(&cast, seed(n), &mut sum.tally, &mut found);
        if let Err(what) = runtime.block_on(done) {
            has_failed.store(true, Ordering::Relaxed);
            return Err(what);
        }
        let found = found
            .into_iter()
            .map(|(cause, is_so)| (cause, usize::from(is_so)));
        sum.add(Tally::default(), found.collect());
    }
    Ok(sum)
}

#[test]
fn everybody_sees_what_the_rules_say_on_every_path_and_nothing_else() {
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 4));
    let (next, has_failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut sum = Sum::default();
    let failures: Vec<String> = std::thread::scope(|scope| {
        let work = || scope.spawn(|| compare_some(&next, &has_failed));
        let threads: Vec<_> = (0..threads).map(|_| work()).collect();
        let done = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        let add = |done: Result<Sum, String>| match done {
            Ok(more) => {
                sum.add(more.tally, more.causes);
                None
            }
            Err(what) => Some(what),
        };
        done.filter_map(add).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    are_enough(&sum);
}

/// Nothing was proven by empty answers to questions that nobody asked.
fn are_enough(sum: &Sum) {
    let Tally { all, full } = sum.tally;
    println!(
        "{full} of {all} answers hold something; graphs by cause: {:#?}",
        sum.causes
    );
    assert_eq!(sum.causes.len(), CAUSES);
    assert!(
        full * 10 >= all * 3,
        "{full} of {all} answers hold something"
    );
    // Each cause in at least one graph of sixty, where there are enough to say so.
    let enough = if graphs() < 500 { 1 } else { graphs() / 60 };
    let rare: Vec<_> = sum.causes.iter().filter(|(_, n)| **n < enough).collect();
    assert!(rare.is_empty(), "too rare to prove anything: {rare:#?}");
}

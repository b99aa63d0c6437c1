//! What fails meanwhile.

use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use tokio::time::{Instant, sleep};

use super::{house::House, readers::Reader};

/// Lets one thing after the other fail until `end`, each at least once, and says how often.
pub async fn rage(house: &Arc<House>, readers: &[Reader], seed: u64, end: Instant) -> String {
    let mut dice = Rng::with_seed(seed);
    let mut done = [0; 4];
    while Instant::now() < end || done.contains(&0) {
        sleep(Duration::from_millis(dice.u64(500..1_500))).await;
        let server = dice.usize(0..2);
        let rare = (0..4).min_by_key(|n| done[*n]).unwrap_or(0);
        match rare {
            0 => house.kill(server).await,
            1 => {
                house.signal(server, "-STOP");
                sleep(Duration::from_secs(5)).await;
                house.signal(server, "-CONT");
            }
            2 => house.restart_database(),
            _ => readers.iter().filter(|_| dice.bool()).for_each(Reader::cut),
        }
        done[rare] += 1;
    }
    let [killed, stopped, restarted, cut] = done;
    format!("{killed} kills, {stopped} stops, {restarted} restarts of the database, {cut} cuts")
}

//! What is talked about more: one whole number, comparable for ever.
//!
//! A score is a moment plus a bonus. Twice as many points are worth [`HALF_LIFE`] of age, so the
//! order changes only when somebody does something, and no job has to let scores decay.

use std::time::Duration;

use crate::clock::Timestamp;

/// Being so much older weighs as much as having half the points.
pub const HALF_LIFE: Duration = Duration::from_secs(6 * 60 * 60);

/// What twice the points add.
const DOUBLING: i64 = 1_024;
/// Microseconds that add 1.
const TICK: i64 = 21_093_750;

/// The points of a person who reacted.
pub const REACTION: i64 = 1;
/// The points of a person who commented.
pub const COMMENT: i64 = 2;
/// The points of a person who reposted.
pub const REPOST: i64 = 3;
/// The points of a person who quoted it.
pub const QUOTE: i64 = 3;

/// A use of a hashtag that has just happened, in parts: half of it is left after a half-life.
const WHOLE: u64 = 1 << 20;

/// The score of a post with `points`; none where nobody took it up.
pub fn of_post(points: i64, created_at: Timestamp) -> Option<i64> {
    let points = u64::try_from(points).ok().filter(|points| *points > 0)?;
    Some(ticks(created_at) + log2(points + 1))
}

/// The score of a hashtag that each of so many people used last at these moments; none without.
pub fn of_hashtag(uses: &[Timestamp]) -> Option<i64> {
    let newest = *uses.iter().max()?;
    let parts: u64 = uses.iter().map(|at| left(newest.0 - at.0)).sum();
    Some(ticks(newest) + log2(parts) - log2(WHOLE))
}

fn ticks(at: Timestamp) -> i64 {
    at.0.div_euclid(TICK)
}

/// What is left of [`WHOLE`] after so many microseconds.
fn left(age: i64) -> u64 {
    let half_life = TICK * DOUBLING;
    let halvings = u32::try_from(age / half_life).unwrap_or(u32::MAX);
    let whole = WHOLE.checked_shr(halvings).unwrap_or(0);
    // In between along a straight line.
    let part = u64::try_from(age % half_life / TICK).unwrap_or(0);
    whole - whole * part / (2 * DOUBLING.unsigned_abs())
}

/// The logarithm to base 2 in steps of 1/1024, along straight lines between powers of two.
fn log2(n: u64) -> i64 {
    let Some(power) = n.checked_ilog2() else {
        return 0;
    };
    let part = (u128::from(n) << 10 >> power) - (1 << 10);
    i64::from(power) * DOUBLING + i64::try_from(part).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_777_636_800_000_000);

    #[test]
    fn a_half_life_weighs_as_much_as_twice_the_points() {
        let fresh = of_post(7, NOON.plus(HALF_LIFE)).unwrap();
        assert_eq!(of_post(15, NOON).unwrap(), fresh);
        assert_eq!(of_post(0, NOON), None);
    }

    #[test]
    fn more_points_are_a_higher_score_and_the_same_moment_decides_nothing() {
        let scores: Vec<_> = (1..2_000).map(|points| of_post(points, NOON)).collect();
        assert!(scores.is_sorted());
        assert!(scores[0] < scores[1]);
    }

    #[test]
    fn a_hashtag_counts_people_and_recent_ones_more() {
        let earlier = |half_lives: u32| NOON.minus(HALF_LIFE * half_lives);
        let one = of_hashtag(&[NOON]).unwrap();
        assert_eq!(of_hashtag(&[NOON, NOON]).unwrap(), one + DOUBLING);
        assert_eq!(
            of_hashtag(&[NOON, earlier(1)]),
            of_hashtag(&[earlier(1), NOON])
        );
        assert!(of_hashtag(&[NOON, earlier(1)]).unwrap() < one + DOUBLING);
        assert_eq!(of_hashtag(&[NOON, earlier(60)]).unwrap(), one);
        assert_eq!(of_hashtag(&[earlier(1)]).unwrap(), one - DOUBLING);
        assert_eq!(of_hashtag(&[]), None);
    }
}

//! Moments on the command line.

use jiff::{SpanRelativeTo, Timestamp as Moment, civil::Date, tz::TimeZone};

use crate::clock::{Clock, Timestamp};

/// A moment: RFC 3339, a day in UTC, or how long ago.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    parse(text, Clock::System.now()).ok_or_else(|| {
        "write a time as 2026-05-01T12:00:00Z, as a day (2026-05-01, in UTC), or as how long ago \
         (90s, 15m, 2h, 7d)"
            .to_owned()
    })
}

fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Moment>() {
        return Some(Timestamp(moment.as_microsecond()));
    }
    if let Ok(day) = text.parse::<Date>() {
        let midnight = day.to_zoned(TimeZone::UTC).ok()?;
        return Some(Timestamp(midnight.timestamp().as_microsecond()));
    }
    let span: jiff::Span = text.parse().ok()?;
    let ago = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(now.minus(ago.try_into().ok()?))
}

/// A length of time for people to read.
pub(super) fn length(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7_200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h", s / 3_600.0),
        s => format!("{:.0} d", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_moment_a_day_or_how_long_ago() {
        let now = Timestamp(1_777_636_800_000_000);
        for (text, shown) in [
            ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z"),
            ("2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00Z"),
            ("2026-04-30", "2026-04-30T00:00:00Z"),
            ("90s", "2026-05-01T11:58:30Z"),
            ("2h", "2026-05-01T10:00:00Z"),
            ("7d", "2026-04-24T12:00:00Z"),
        ] {
            assert_eq!(
                parse(text, now).map(Timestamp::rfc3339).as_deref(),
                Some(shown),
                "{text}"
            );
        }
        for text in ["", "yesterday", "2026-13-01", "-2h", "5"] {
            assert_eq!(parse(text, now), None, "{text}");
        }
    }
}

//! A calendar day, as `until=` and `--today` name one.
//!
//! Knows no clock and no time zone: which day is today is told from outside, so that the same input gives the same output.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar; orders as time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// 0 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the month's length.
    pub day: u8,
}

/// The text is not a day written `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date; write YYYY-MM-DD, for example 2027-01-31")]
pub struct DateError(String);

impl Date {
    /// The day, in UTC, of a number of seconds since 1970-01-01; anything outside the years 0 to 9999 counts as the nearest
    /// day inside.
    #[must_use]
    pub fn of_unix_seconds(seconds: i64) -> Self {
        // Howard Hinnant's `civil_from_days`: years start in March, so that the leap day is the last of its year.
        let days = seconds.div_euclid(86_400).clamp(-719_528, 2_932_896) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year: year as u16, month: month as u8, day: day as u8 }
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range)?;
            digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?
        };
        let parsed = || {
            let bytes = text.as_bytes();
            let shaped = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
            let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
            let exists = (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
            (shaped && exists).then_some(Self { year, month: month as u8, day: day as u8 })
        };
        parsed().ok_or_else(|| DateError(text.to_owned()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn month_length(year: u16, month: u16) -> u16 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u16::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_dates() {
        for good in ["2027-01-31", "2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"] {
            assert_eq!(good.parse::<Date>().map(|it| it.to_string()), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "2027-1-31",
            "2027-13-01",
            "2025-02-29",
            "1900-02-29",
            "2027-00-10",
            "2027-01-00",
            "2027/01/31",
            "+027-01-01",
            "2027-01-31 ",
            "２０２７-0",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn days_order_as_time_passes() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert!(date("2026-12-31") < date("2027-01-01"));
        assert!(date("2026-09-30") < date("2026-10-01"));
    }

    #[test]
    fn seconds_become_days() {
        let day = |seconds| Date::of_unix_seconds(seconds).to_string();
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(1_795_478_399), "2026-11-23");
        assert_eq!(day(1_795_478_400), "2026-11-24");
        assert_eq!(day(i64::MIN), "0000-01-01");
        assert_eq!(day(i64::MAX), "9999-12-31");
    }
}

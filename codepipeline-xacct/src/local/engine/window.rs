//! The window of a DeploymentWindow rule: a cron expression, compared with the virtual clock.
//! Source: CodePipeline User Guide, "DeploymentWindow"; Quartz, "Cron Trigger Tutorial".

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use crate::local::refusal::Refusal;

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A minute in milliseconds: windows open and close at full minutes.
const MINUTE: i64 = 60_000;

/// When deployments are allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    minutes: Vec<i64>,
    hours: Vec<i64>,
    days: Vec<Day>,
    months: Vec<i64>,
    weekdays: Vec<Weekday>,
    /// Any year where it is left out.
    years: Option<Vec<i64>>,
    zone: TimeZone,
}

/// Days of a month.
#[derive(Debug, PartialEq, Eq)]
enum Day {
    On(i64),
    /// So many days before the last one.
    BeforeLast(i64),
    /// The day from Monday to Friday that is nearest to a day, in the same month.
    Nearest(i64),
    /// The last day from Monday to Friday.
    LastOfWork,
}

impl Day {
    fn parse(text: &str) -> Option<Vec<Self>> {
        Some(match text.to_ascii_uppercase().as_str() {
            "L" => vec![Self::BeforeLast(0)],
            "LW" => vec![Self::LastOfWork],
            text if text.starts_with("L-") => vec![Self::BeforeLast(number(text.get(2..)?, 0, 30, &[])?)],
            text if text.ends_with('W') => vec![Self::Nearest(number(text.strip_suffix('W')?, 1, 31, &[])?)],
            text => values(text, 1, 31, &[])?.into_iter().map(Self::On).collect(),
        })
    }

    fn is(&self, date: Date) -> bool {
        let (day, last) = (i64::from(date.day()), i64::from(date.days_in_month()));
        match *self {
            Self::On(number) => day == number,
            Self::BeforeLast(number) => day == last - number,
            Self::Nearest(number) => number <= last && day == of_work(date, number, last),
            Self::LastOfWork => day == of_work(date, last, last),
        }
    }
}

/// The day from Monday to Friday that is nearest to a day of the month of a date.
fn of_work(date: Date, day: i64, last: i64) -> i64 {
    // Days from Sunday, which is 0.
    let weekday = (i64::from(date.weekday().to_sunday_zero_offset()) + day - i64::from(date.day())).rem_euclid(7);
    match weekday {
        6 if day == 1 => day + 2,
        6 => day - 1,
        0 if day == last => day - 2,
        0 => day + 1,
        _ => day,
    }
}

/// Days of a week, from 1 for Sunday.
#[derive(Debug, PartialEq, Eq)]
enum Weekday {
    On(i64),
    /// The last of these days in the month.
    Last(i64),
    /// The nth of these days in the month: `6#2`.
    Numbered(i64, i64),
}

impl Weekday {
    fn parse(text: &str) -> Option<Vec<Self>> {
        let day = |text: &str| number(text, 1, 7, &DAYS);
        if let Some((weekday, which)) = text.split_once('#') {
            return Some(vec![Self::Numbered(day(weekday)?, number(which, 1, 5, &[])?)]);
        }
        match text.strip_suffix(['L', 'l']) {
            Some("") => Some(vec![Self::On(7)]),
            Some(weekday) => Some(vec![Self::Last(day(weekday)?)]),
            None => Some(values(text, 1, 7, &DAYS)?.into_iter().map(Self::On).collect()),
        }
    }

    fn is(&self, date: Date) -> bool {
        let weekday = i64::from(date.weekday().to_sunday_one_offset());
        let day = i64::from(date.day());
        match *self {
            Self::On(number) => weekday == number,
            Self::Last(number) => weekday == number && day + 7 > i64::from(date.days_in_month()),
            Self::Numbered(number, which) => weekday == number && (day + 6) / 7 == which,
        }
    }
}

impl Window {
    pub(super) fn parse(cron: &str, zone: Option<&str>) -> Result<Self, Refusal> {
        let unsupported = || Refusal::unsupported(&format!("the window `{cron}`"));
        let fields: Vec<&str> = cron.split_whitespace().collect();
        let (fields, year) = match fields.as_slice() {
            [_, minute, hour, day, month, weekday] => ([*minute, *hour, *day, *month, *weekday], None),
            [_, minute, hour, day, month, weekday, year] => ([*minute, *hour, *day, *month, *weekday], Some(*year)),
            _ => return Err(unsupported()),
        };
        let [minute, hour, day, month, weekday] = fields;
        let values = |field: &str, first, last, words: &[&str]| {
            list(field, |part| values(part, first, last, words)).ok_or_else(unsupported)
        };
        Ok(Self {
            minutes: values(minute, 0, 59, &[])?,
            hours: values(hour, 0, 23, &[])?,
            days: list(day, Day::parse).ok_or_else(unsupported)?,
            months: values(month, 1, 12, &MONTHS)?,
            weekdays: list(weekday, Weekday::parse).ok_or_else(unsupported)?,
            years: year.map(|year| values(year, 1970, 2199, &[])).transpose()?,
            zone: time_zone(zone.unwrap_or("UTC"))?,
        })
    }

    /// Whether it is open at a time in milliseconds since 1970.
    pub(super) fn is_open(&self, millis: i64) -> bool {
        let Ok(at) = Timestamp::from_millisecond(millis) else { return false };
        let at = self.zone.to_datetime(at);
        self.minutes.contains(&i64::from(at.minute()))
            && self.hours.contains(&i64::from(at.hour()))
            && self.days.iter().any(|day| day.is(at.date()))
            && self.months.contains(&i64::from(at.month()))
            && self.weekdays.iter().any(|weekday| weekday.is(at.date()))
            && self.years.as_ref().is_none_or(|years| years.contains(&i64::from(at.year())))
    }
}

/// The first minute in which a window is open, between two times.
pub(super) fn open_at(window: &Window, from: i64, last: i64) -> Option<i64> {
    let first = from.div_euclid(MINUTE) * MINUTE;
    let end = last.min(from.saturating_add(366 * 24 * 60 * MINUTE));
    (first..=end)
        .step_by(usize::try_from(MINUTE).unwrap_or(1))
        .map(|minute| minute.max(from))
        .find(|m| window.is_open(*m))
}

/// What the parts of a field say, with commas between them.
fn list<T>(field: &str, part: impl Fn(&str) -> Option<Vec<T>>) -> Option<Vec<T>> {
    field.split(',').map(part).try_fold(Vec::new(), |mut all, values| {
        all.extend(values?);
        Some(all)
    })
}

/// A number, or the word for it.
fn number(text: &str, first: i64, last: i64, words: &[&str]) -> Option<i64> {
    let word = words.iter().position(|word| word.eq_ignore_ascii_case(text));
    let number = match word {
        Some(position) => i64::try_from(position).ok().map(|position| position + first),
        None => text.parse().ok(),
    };
    number.filter(|number| (first..=last).contains(number))
}

/// The values of a part of a field.
fn values(part: &str, first: i64, last: i64, words: &[&str]) -> Option<Vec<i64>> {
    let one = |text: &str| number(text, first, last, words);
    // Quartz takes a step of 0 for none.
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step.parse::<usize>().ok()?).filter(|step| *step > 0)),
        None => (part, None),
    };
    let (from, to) = match (range, range.split_once('-')) {
        ("*" | "?", _) => (first, last),
        (_, Some((from, to))) => (one(from)?, one(to)?),
        (single, None) => (one(single)?, if step.is_some() { last } else { one(single)? }),
    };
    // A range may go over the end: FRI-MON.
    let to = if to < from { to + last - first + 1 } else { to };
    let all = (from..=to).step_by(step.unwrap_or(1));
    Some(all.map(|value| (value - first).rem_euclid(last - first + 1) + first).collect())
}

/// A time zone by its name in the database of IANA, or by its offset.
fn time_zone(zone: &str) -> Result<TimeZone, Refusal> {
    let named = || TimeZone::get(zone).ok();
    let found = match zone.strip_prefix("UTC") {
        Some(rest) if !rest.is_empty() => offset(rest).map(TimeZone::fixed),
        _ => named(),
    };
    found.ok_or_else(|| {
        Refusal::unsupported(&format!(
            "the time zone `{zone}`: write UTC, an offset as UTC+01:00, or a name as Europe/Berlin"
        ))
    })
}

/// `+01:00`
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (number(hours, 0, 18, &[])?, number(minutes, 0, 59, &[])?);
    Offset::from_seconds(i32::try_from(sign * (hours * 60 + minutes) * 60).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-06-15 15:06:40 UTC, a Sunday.
    const SUNDAY: i64 = 1_750_000_000_000;

    #[test]
    fn a_window_is_open_at_its_times() {
        let open = |cron: &str, zone: Option<&str>| Window::parse(cron, zone).unwrap().is_open(SUNDAY);
        assert!(open("0 * * * * ?", None));
        assert!(open("0 0-10 15 15 JUN SUN 2025", None));
        assert!(open("* 6 9/2 ? 6 SAT-MON *", None));
        assert!(!open("0 0 9-17 ? * MON-FRI *", None));
        assert!(open("0 6 9-17 ? * 7,1 *", Some("UTC")));
        assert!(!open("0 6 15 ? * * *", Some("UTC+01:00")));
        assert!(open("0 6 16 ? * * *", Some("UTC+01:00")));
        assert!(open("0 36 23 14 * SAT", Some("UTC-15:30")));
        assert!(!open("* * * * * * 2026", None));
        // Summer time.
        assert!(open("0 6 17 ? * *", Some("Europe/Berlin")));
        assert!(open("0 6/0 11 ? * *", Some("America/New_York")));
        assert!(!open("0 6 16 ? * *", Some("Europe/Berlin")));
    }

    #[test]
    fn days_are_counted_in_their_month() {
        let dates = |day: &str, weekday: &str| -> Vec<i8> {
            let window = Window::parse(&format!("0 0 0 {day} 6 {weekday} 2025"), None).unwrap();
            let june = (1..=30).map(|day| jiff::civil::date(2025, 6, day));
            let open = june.filter(|date| {
                let at = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap();
                window.is_open(at.as_millisecond())
            });
            open.map(Date::day).collect()
        };
        // June 2025 begins on a Sunday and ends on a Monday.
        assert_eq!(dates("L", "?"), [30]);
        assert_eq!(dates("L-2,5", "?"), [5, 28]);
        assert_eq!(dates("LW", "?"), [30]);
        assert_eq!(dates("1W,7W,15W,18W", "?"), [2, 6, 16, 18]);
        assert_eq!(dates("?", "6#2"), [13]);
        assert_eq!(dates("?", "MON#5,FRIL"), [27, 30]);
        assert_eq!(dates("?", "L"), [7, 14, 21, 28]);
    }

    #[test]
    fn a_window_opens_at_a_full_minute() {
        let monday = Window::parse("0 0 9 ? * MON *", None).unwrap();
        let opens = open_at(&monday, SUNDAY, i64::MAX).unwrap();
        assert_eq!(opens - SUNDAY, (17 * 60 + 53) * MINUTE + 20_000);
        assert_eq!(open_at(&monday, SUNDAY, SUNDAY + 60 * MINUTE), None);
        assert_eq!(open_at(&Window::parse("* * * * * *", None).unwrap(), SUNDAY, SUNDAY), Some(SUNDAY));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (cron, zone) in [
            ("0 0 9 XL * ?", None),
            ("0 0 9 ? * 6#7", None),
            ("0 0 9", None),
            ("0 0 25 ? * *", None),
            ("0 0/x 9 ? * *", None),
            ("0 0 9 ? * *", Some("Europe/Atlantis")),
            ("0 0 9 ? * *", Some("UTC+19:00")),
        ] {
            let error = Window::parse(cron, zone).unwrap_err();
            assert_eq!(error.code, "NotSupportedByLocalAws", "{cron} {zone:?}");
        }
    }
}

//! The window of a DeploymentWindow rule: a cron expression, compared with the virtual clock.
//! Source: CodePipeline User Guide, "DeploymentWindow"; Quartz, "Cron Trigger Tutorial".

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use codepipeline_xacct_core::cron::{Cron, MonthDay, Weekday};

use crate::local::refusal::Refusal;

/// A minute in milliseconds: windows open and close at full minutes.
const MINUTE: i64 = 60_000;

/// When deployments are allowed.
#[derive(Debug)]
pub(super) struct Window {
    cron: Cron,
    zone: TimeZone,
}

fn is_month_day(day: MonthDay, date: Date) -> bool {
    let (at, last) = (i64::from(date.day()), i64::from(date.days_in_month()));
    match day {
        MonthDay::On(number) => at == i64::from(number),
        MonthDay::BeforeLast(number) => at == last - i64::from(number),
        MonthDay::NearestWorkday(number) => i64::from(number) <= last && at == of_work(date, number.into(), last),
        MonthDay::LastWorkday => at == of_work(date, last, last),
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

fn is_weekday(weekday: Weekday, date: Date) -> bool {
    let at = u32::from(date.weekday().to_sunday_one_offset().unsigned_abs());
    let day = u32::from(date.day().unsigned_abs());
    match weekday {
        Weekday::On(number) => at == number,
        Weekday::Last(number) => at == number && day + 7 > u32::from(date.days_in_month().unsigned_abs()),
        Weekday::Numbered(number, which) => at == number && day.div_ceil(7) == which,
    }
}

impl Window {
    pub(super) fn parse(cron: &str, zone: Option<&str>) -> Result<Self, Refusal> {
        let cron = Cron::parse(cron).ok_or_else(|| Refusal::unsupported(&format!("the window `{cron}`")))?;
        Ok(Self { cron, zone: time_zone(zone.unwrap_or("UTC"))? })
    }

    /// Whether it is open at a time in milliseconds since 1970.
    pub(super) fn is_open(&self, millis: i64) -> bool {
        let Ok(at) = Timestamp::from_millisecond(millis) else { return false };
        let at = self.zone.to_datetime(at);
        let number = |number: i8| u32::from(number.unsigned_abs());
        let cron = &self.cron;
        cron.minutes.contains(&number(at.minute()))
            && cron.hours.contains(&number(at.hour()))
            && cron.days.iter().any(|day| is_month_day(*day, at.date()))
            && cron.months.contains(&number(at.month()))
            && cron.weekdays.iter().any(|weekday| is_weekday(*weekday, at.date()))
            && cron.years.as_ref().is_none_or(|years| years.contains(&u32::from(at.year().unsigned_abs())))
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
    let number = |text: &str, most| text.parse().ok().filter(|number: &i32| (0..=most).contains(number));
    let (hours, minutes) = (number(hours, 18)?, number(minutes, 59)?);
    Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()
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
        for (cron, zone) in
            [("0 0 9", None), ("0 0 9 ? * *", Some("Europe/Atlantis")), ("0 0 9 ? * *", Some("UTC+19:00"))]
        {
            let error = Window::parse(cron, zone).unwrap_err();
            assert_eq!(error.code, "NotSupportedByLocalAws", "{cron} {zone:?}");
        }
    }
}

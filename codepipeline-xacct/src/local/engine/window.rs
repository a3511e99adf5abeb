//! The window of a DeploymentWindow rule: a cron expression, compared with the virtual clock.
//! Source: CodePipeline User Guide, "DeploymentWindow"; Quartz, "Cron Trigger Tutorial".

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
    days: Vec<i64>,
    months: Vec<i64>,
    weekdays: Vec<i64>,
    /// Any year where it is left out.
    years: Option<Vec<i64>>,
    /// Of its time zone from UTC, in minutes.
    offset: i64,
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
        let values = |field, first, last, words| values(field, first, last, words).ok_or_else(unsupported);
        Ok(Self {
            minutes: values(minute, 0, 59, &[])?,
            hours: values(hour, 0, 23, &[])?,
            days: values(day, 1, 31, &[])?,
            months: values(month, 1, 12, &MONTHS)?,
            weekdays: values(weekday, 1, 7, &DAYS)?,
            years: year.map(|year| values(year, 1970, 2199, &[])).transpose()?,
            offset: offset(zone)?,
        })
    }

    /// Whether it is open at a time in milliseconds since 1970.
    pub(super) fn is_open(&self, millis: i64) -> bool {
        let minutes = millis.div_euclid(MINUTE) + self.offset;
        let days = minutes.div_euclid(24 * 60);
        let (year, month, day) = civil(days);
        // 1970 began on a Thursday, the fifth day.
        let weekday = (days + 4).rem_euclid(7) + 1;
        self.minutes.contains(&minutes.rem_euclid(60))
            && self.hours.contains(&minutes.div_euclid(60).rem_euclid(24))
            && self.days.contains(&day)
            && self.months.contains(&month)
            && self.weekdays.contains(&weekday)
            && self.years.as_ref().is_none_or(|years| years.contains(&year))
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

/// The values of a field. `None` for what is not known here: `L`, `W`, `#`.
fn values(field: &str, first: i64, last: i64, words: &[&str]) -> Option<Vec<i64>> {
    let one = |text: &str| {
        let word = words.iter().position(|word| word.eq_ignore_ascii_case(text));
        let number = match word {
            Some(position) => i64::try_from(position).ok().map(|position| position + first),
            None => text.parse().ok(),
        };
        number.filter(|number| (first..=last).contains(number))
    };
    let mut all = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*" | "?", _) => (first, last),
            (_, Some((from, to))) => (one(from)?, one(to)?),
            (single, None) => (one(single)?, if step.is_some() { last } else { one(single)? }),
        };
        // A range may go over the end: FRI-MON.
        let to = if to < from { to + last - first + 1 } else { to };
        all.extend(
            (from..=to).step_by(step.unwrap_or(1)).map(|value| (value - first).rem_euclid(last - first + 1) + first),
        );
    }
    Some(all)
}

/// The offset of a time zone in minutes. Zones with names need a database that is not here.
fn offset(zone: Option<&str>) -> Result<i64, Refusal> {
    let unsupported =
        |zone: &str| Refusal::unsupported(&format!("the time zone `{zone}`: write UTC or an offset, as UTC+01:00"));
    let Some(zone) = zone.filter(|zone| !matches!(*zone, "UTC" | "GMT")) else { return Ok(0) };
    let rest = zone.strip_prefix("UTC").ok_or_else(|| unsupported(zone))?;
    let (sign, rest) = match (rest.strip_prefix('+'), rest.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return Err(unsupported(zone)),
    };
    let parts = rest.split_once(':').and_then(|(h, m)| Some((h.parse::<i64>().ok()?, m.parse::<i64>().ok()?)));
    let (hours, minutes) =
        parts.filter(|(h, m)| (0..=18).contains(h) && (0..=59).contains(m)).ok_or_else(|| unsupported(zone))?;
    Ok(sign * (hours * 60 + minutes))
}

/// Year, month and day of a number of days since 1970. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
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
            ("0 0 9 L * ?", None),
            ("0 0 9 ? * 6#2", None),
            ("0 0 9", None),
            ("0 0 25 ? * *", None),
            ("0 0/0 9 ? * *", None),
            ("0 0 9 ? * *", Some("Europe/Berlin")),
            ("0 0 9 ? * *", Some("UTC+19:00")),
        ] {
            let error = Window::parse(cron, zone).unwrap_err();
            assert_eq!(error.code, "NotSupportedByLocalAws", "{cron} {zone:?}");
        }
    }
}

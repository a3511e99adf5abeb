//! The cron expression of a DeploymentWindow rule.
//!
//! Sources: CodePipeline User Guide, "DeploymentWindow"; Quartz, "Cron Trigger Tutorial".

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// What a cron expression says, without its seconds: windows open and close at full minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cron {
    /// From 0 to 59.
    pub minutes: Vec<u32>,
    /// From 0 to 23.
    pub hours: Vec<u32>,
    /// The days of the month.
    pub days: Vec<MonthDay>,
    /// From 1 to 12.
    pub months: Vec<u32>,
    /// The days of the week.
    pub weekdays: Vec<Weekday>,
    /// Any year if left out.
    pub years: Option<Vec<u32>>,
}

/// A day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthDay {
    /// `15`
    On(u32),
    /// `L-2`: so many days before the last one, which is `L`.
    BeforeLast(u32),
    /// `15W`: the day from Monday to Friday that is nearest to a day, in the same month.
    NearestWorkday(u32),
    /// `LW`: the last day from Monday to Friday.
    LastWorkday,
}

/// A day of the week, from 1 for Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weekday {
    /// `MON`
    On(u32),
    /// `MONL`: the last of these days in the month.
    Last(u32),
    /// `6#2`: the nth of these days in the month.
    Numbered(u32, u32),
}

impl Cron {
    /// `None` if the text isn't a cron expression of 6 or 7 fields: seconds, minutes, hours, day of the month, month, day of the
    /// week, and the year.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let (&[second, minute, hour, day, month, weekday], years) = fields.split_first_chunk()?;
        let numbers = |field, least, most, words: &[&str]| list(field, |part| values(part, least, most, words));
        numbers(second, 0, 59, &[])?;
        Some(Self {
            minutes: numbers(minute, 0, 59, &[])?,
            hours: numbers(hour, 0, 23, &[])?,
            days: list(day, month_days)?,
            months: numbers(month, 1, 12, &MONTHS)?,
            weekdays: list(weekday, weekdays)?,
            years: match years {
                [] => None,
                [year] => Some(numbers(year, 1970, 2199, &[])?),
                _ => return None,
            },
        })
    }
}

fn month_days(part: &str) -> Option<Vec<MonthDay>> {
    Some(match part.to_ascii_uppercase().as_str() {
        "L" => vec![MonthDay::BeforeLast(0)],
        "LW" => vec![MonthDay::LastWorkday],
        part => {
            if let Some(days) = part.strip_prefix("L-") {
                vec![MonthDay::BeforeLast(number(days, 0, 30, &[])?)]
            } else if let Some(day) = part.strip_suffix('W') {
                vec![MonthDay::NearestWorkday(number(day, 1, 31, &[])?)]
            } else {
                values(any_day(part), 1, 31, &[])?.into_iter().map(MonthDay::On).collect()
            }
        }
    })
}

fn weekdays(part: &str) -> Option<Vec<Weekday>> {
    let day = |text| number(text, 1, 7, &WEEKDAYS);
    if let Some((weekday, which)) = part.split_once('#') {
        return Some(vec![Weekday::Numbered(day(weekday)?, number(which, 1, 5, &[])?)]);
    }
    match part.strip_suffix(['L', 'l']) {
        Some("") => Some(vec![Weekday::On(7)]),
        Some(weekday) => Some(vec![Weekday::Last(day(weekday)?)]),
        None => Some(values(any_day(part), 1, 7, &WEEKDAYS)?.into_iter().map(Weekday::On).collect()),
    }
}

/// `?` stands for any day, and in no other field.
fn any_day(part: &str) -> &str {
    if part == "?" { "*" } else { part }
}

/// What the parts of a field say, which commas separate.
fn list<T>(field: &str, part: impl Fn(&str) -> Option<Vec<T>>) -> Option<Vec<T>> {
    let parts: Option<Vec<Vec<T>>> = field.split(',').map(part).collect();
    Some(parts?.into_iter().flatten().collect())
}

/// A number, or the word for it.
fn number(text: &str, least: u32, most: u32, words: &[&str]) -> Option<u32> {
    let word = (least..).zip(words).find(|(_, word)| word.eq_ignore_ascii_case(text));
    let number = word.map(|(number, _)| number).or_else(|| text.parse().ok());
    number.filter(|number| (least..=most).contains(number))
}

/// The values of a part of a field: one, a range or all, with or without a step.
fn values(part: &str, least: u32, most: u32, words: &[&str]) -> Option<Vec<u32>> {
    let one = |text: &str| number(text, least, most, words);
    // Quartz takes a step of 0 for none.
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step.parse::<usize>().ok()?).filter(|step| *step > 0)),
        None => (part, None),
    };
    let (first, last) = match (range, range.split_once('-')) {
        ("*", _) => (least, most),
        (_, Some((first, last))) => (one(first)?, one(last)?),
        (single, None) => (one(single)?, if step.is_some() { most } else { one(single)? }),
    };
    let all = most - least + 1;
    // A range may go over the end: FRI-MON.
    let last = if last < first { last + all } else { last };
    Some((first..=last).step_by(step.unwrap_or(1)).map(|value| (value - least) % all + least).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_what_they_say() {
        let cron = Cron::parse("0 5,50-10/10 9-17/4 L-2,5W,LW,? JUN-7 FRI-SUN,2L,6#3").unwrap();
        assert_eq!(cron.minutes, [5, 50, 0, 10]);
        assert_eq!(cron.hours, [9, 13, 17]);
        assert_eq!(cron.days[..3], [MonthDay::BeforeLast(2), MonthDay::NearestWorkday(5), MonthDay::LastWorkday]);
        assert_eq!(cron.days.len(), 3 + 31);
        assert_eq!(cron.months, [6, 7]);
        assert_eq!(
            cron.weekdays,
            [Weekday::On(6), Weekday::On(7), Weekday::On(1), Weekday::Last(2), Weekday::Numbered(6, 3)]
        );
        assert_eq!(cron.years, None);
        assert_eq!(Cron::parse("* * * * * * 2025-2026").unwrap().years, Some(vec![2025, 2026]));
    }

    #[test]
    fn what_quartz_takes_is_taken() {
        for cron in ["0 0/0 9 ? * *", "0 0 9 L-0 * ?", "0 0 9 l * ?", "0 0 9 ? * monl", "59 59 23 31 12 7 2199"] {
            assert!(Cron::parse(cron).is_some(), "{cron}");
        }
    }

    #[test]
    fn what_is_not_an_expression_is_none() {
        for cron in [
            "",
            "0 0 9",
            "0 0 9 ? *",
            "0 0 9 ? * * * *",
            "60 0 9 ? * *",
            "0 0 25 ? * *",
            "0 0/x 9 ? * *",
            "0 0 9 0 * ?",
            "0 0 9 XL * ?",
            "0 0 9 5L * ?",
            "0 0 9 32W * ?",
            "0 0 9 L-31 * ?",
            "0 0 9 ? 13 *",
            "0 0 9 ? * 6#7",
            "0 0 9 ? * 8",
            "0 0 9 ? * * 1969",
            "0 0 9 ? * FRIDAY",
            "0 0 9, ? * *",
            "0 0 9- ? * *",
            "0 10 * * ? *",
            "0 ? 9 ? * *",
        ] {
            assert_eq!(Cron::parse(cron), None, "{cron}");
        }
    }
}

//! How long a pipeline waits for what it starts.

use std::fmt;
use std::str::FromStr;

use crate::suggest::{minutes, minutes_of, number_with_unit};

/// How long to wait at most.
///
/// Written as a number of minutes: `45 minutes`. A Commands action is ended after 55 minutes, and a few of these pass before its
/// commands run, so it is at most [`WaitLimit::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaitLimit(u8);

/// Why a text is not a [`WaitLimit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitLimitError {
    /// It is not a number of minutes.
    Form(String),
    /// The number is out of range.
    Range(u64),
}

impl WaitLimit {
    /// The most minutes.
    pub const MOST: u8 = 50;

    /// A number of minutes: 1 to [`WaitLimit::MOST`].
    pub fn minutes(minutes: u64) -> Result<Self, WaitLimitError> {
        match u8::try_from(minutes) {
            Ok(fits @ 1..=Self::MOST) => Ok(Self(fits)),
            _ => Err(WaitLimitError::Range(minutes)),
        }
    }

    /// The number of minutes.
    pub fn as_minutes(self) -> u8 {
        self.0
    }
}

impl fmt::Display for WaitLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} minute{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

impl FromStr for WaitLimit {
    type Err = WaitLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix(" minutes").or_else(|| text.strip_suffix(" minute"));
        let number = number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.ok_or_else(|| WaitLimitError::Form(text.to_owned()))?;
        Self::minutes(number.parse().map_err(|_| WaitLimitError::Form(text.to_owned()))?)
    }
}

impl WaitLimitError {
    /// How to fix it.
    pub fn help(&self) -> String {
        match self {
            WaitLimitError::Form(text) => match (meant(text), minutes(text)) {
                (Some(limit), _) => format!("write `\"{limit}\"`"),
                (None, Some(minutes)) if minutes > i64::from(WaitLimit::MOST) => WaitLimitError::Range(u64::MAX).help(),
                (None, _) => "write a number of minutes: `\"45 minutes\"`".to_owned(),
            },
            WaitLimitError::Range(0) => "leave it out where nothing is waited for".to_owned(),
            WaitLimitError::Range(_) => {
                let most = WaitLimit::MOST;
                format!(
                    "write at most `\"{most} minutes\"`: the wait runs in a Commands action, which CodePipeline ends after 55 minutes"
                )
            }
        }
    }
}

/// The limit in `45`, `45m`, `45min`, `45 Minutes`.
fn meant(text: &str) -> Option<WaitLimit> {
    let (number, unit) = number_with_unit(text)?;
    let of_minutes = unit.is_empty() || minutes_of(&unit) == Some(1);
    WaitLimit::minutes(number.try_into().ok()?).ok().filter(|_| of_minutes)
}

impl fmt::Display for WaitLimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaitLimitError::Form(text) => write!(f, "`{text}` is not a time to wait"),
            WaitLimitError::Range(minutes) => {
                write!(f, "can't wait {minutes} minutes: 1 to {} are allowed", WaitLimit::MOST)
            }
        }
    }
}

impl std::error::Error for WaitLimitError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_limit_is_a_number_of_minutes() {
        for (text, shown) in [("1 minute", "1 minute"), ("50 minutes", "50 minutes"), ("05 minutes", "5 minutes")] {
            assert_eq!(text.parse::<WaitLimit>().unwrap().to_string(), shown);
        }
        for (text, message) in [
            ("", "`` is not a time to wait"),
            (" minutes", "` minutes` is not a time to wait"),
            ("-1 minutes", "`-1 minutes` is not a time to wait"),
            ("2 hours", "`2 hours` is not a time to wait"),
            ("0 minutes", "can't wait 0 minutes: 1 to 50 are allowed"),
            ("51 minutes", "can't wait 51 minutes: 1 to 50 are allowed"),
            ("99999999999999999999999 minutes", "`99999999999999999999999 minutes` is not a time to wait"),
        ] {
            assert_eq!(text.parse::<WaitLimit>().unwrap_err().to_string(), message);
        }
        for (text, help) in [
            ("30m", "write `\"30 minutes\"`"),
            ("30 Min", "write `\"30 minutes\"`"),
            ("1", "write `\"1 minute\"`"),
            (
                "2 hours",
                "write at most `\"50 minutes\"`: the wait runs in a Commands action, which CodePipeline ends after 55 minutes",
            ),
            ("soon", "write a number of minutes: `\"45 minutes\"`"),
        ] {
            assert_eq!(text.parse::<WaitLimit>().unwrap_err().help(), help);
        }
    }
}

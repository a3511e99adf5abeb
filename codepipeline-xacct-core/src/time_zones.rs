//! The names of time zones.

use crate::suggest::nearest;

/// The names in the time zone database of IANA (2025b), older names included, one a line.
const NAMES: &str = include_str!("time_zones.txt");

/// Whether there is a time zone of this name.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.lines().any(|known| known == name)
}

/// The time zone that is meant by the name of a place alone, by one with blanks, or by one with a slip.
pub(crate) fn meant(text: &str) -> Option<&'static str> {
    let text = text.trim().replace(' ', "_").to_ascii_lowercase();
    let parts = |name: &str| -> (String, String) {
        let name = name.to_ascii_lowercase();
        name.rsplit_once('/').map_or_else(|| (String::new(), name.clone()), |(area, place)| (area.into(), place.into()))
    };
    let (area, place) = parts(&text);
    let begins = |place: &str| place.bytes().next();
    let alike = |name: &&str| parts(name).0 == area && begins(&parts(name).1) == begins(&place);
    let same = |name: &&str| name.replace('/', "_").to_ascii_lowercase() == text.replace('/', "_");
    let is_slip = |name: &&str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &text) <= 2;
    // Names without an area are older ones.
    let of_places = || NAMES.lines().filter(|name| name.contains('/'));
    let slip = || nearest(&text, of_places().filter(alike)).filter(is_slip);
    of_places().find(same).or_else(slip).or_else(|| of_places().find(|name| parts(name).1 == place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_of_places_are_known_and_others_are_not() {
        for zone in [
            "Europe/Berlin",
            "America/Argentina/Buenos_Aires",
            "Asia/Calcutta",
            "Asia/Kolkata",
            "Etc/GMT+5",
            "EST5EDT",
            "UTC",
        ] {
            assert!(is_known(zone), "{zone}");
        }
        for zone in ["Europe/Berlun", "europe/berlin", "Berlin", ""] {
            assert!(!is_known(zone), "{zone}");
        }
    }

    #[test]
    fn the_zone_that_is_meant_is_found() {
        let meant_by = [
            ("Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("Europe Berlin", "Europe/Berlin"),
            ("Eurpoe/Berlin", "Europe/Berlin"),
            ("Europe/Berlun", "Europe/Berlin"),
            ("America/Chigaco", "America/Chicago"),
            ("America/New York", "America/New_York"),
        ];
        for (text, zone) in meant_by {
            assert_eq!(meant(text), Some(zone), "{text}");
        }
        for text in ["Europe/Munich", "MEZ", "local", ""] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}

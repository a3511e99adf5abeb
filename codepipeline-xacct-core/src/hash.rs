//! A hash of texts that is the same with every version of the library, and that need not be secure.

/// FNV-1a, as 16 hexadecimal digits.
pub(crate) fn fnv1a(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

/// FNV-1a of 32 bits, as 8 hexadecimal digits: for names, which have little room.
#[cfg(feature = "topology")]
pub(crate) fn fnv1a_short(text: &str) -> String {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    format!("{:08x}", text.bytes().fold(0x811c_9dc5, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: the test vectors of the authors, "FNV Hash", of 64 and of 32 bits.
    #[test]
    fn the_hash_is_that_of_its_authors() {
        for (text, hash) in [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")] {
            assert_eq!(fnv1a(text), hash);
        }
        #[cfg(feature = "topology")]
        for (text, hash) in [("", "811c9dc5"), ("a", "e40c292c"), ("foobar", "bf9cf968")] {
            assert_eq!(fnv1a_short(text), hash);
        }
    }
}

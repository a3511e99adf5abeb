//! Tasks of this repository: `cargo xtask write` writes what is generated, `cargo xtask check` says whether it is up to date and
//! whether the files of a crate import each other in a circle.

pub mod generate;
pub mod imports;

//! Generated files match their sources, and files don't import each other in a circle.
#![allow(clippy::unwrap_used, missing_docs)]

#[test]
fn generated_files_are_up_to_date() {
    xtask::generate::check().unwrap();
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    xtask::imports::check().unwrap();
}

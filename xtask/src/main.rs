//! `cargo xtask check` and `cargo xtask write`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match std::env::args().nth(1).as_deref() {
        Some("write") => xtask::generate::write(),
        Some("check") => xtask::generate::check().and_then(|()| xtask::imports::check()),
        _ => Err("usage: cargo xtask check | write".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

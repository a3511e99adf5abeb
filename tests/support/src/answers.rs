//! What the compiler answers, and how a page shows it.

/// The lines of an answer, without its frame, and with one name for the file that `text` calls `file`.
pub fn lines(text: &str, file: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.replace(&format!("$DIR/{file}"), "src/main.rs").replace(file, "src/main.rs"))
        .map(|line| line.trim().to_owned())
        .filter(|line| line != "|" && !line.is_empty())
        .collect()
}

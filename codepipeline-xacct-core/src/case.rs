//! Names in the case of other languages. Names that people gave, with digits and runs of capitals, have rules of their own where they are written.

/// `roleArn` and `RoleArn` as `role_arn`.
pub fn snake(name: &str) -> String {
    let mut found = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !found.is_empty() && !found.ends_with('_') {
            found.push('_');
        }
        found.push(c.to_ascii_lowercase());
    }
    found
}

/// `role_arn` and `role-arn` as `RoleArn`; the rest of a word stays.
pub fn pascal(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_in_both_ways() {
        assert_eq!([snake("roleArn"), snake("ExecutionMode"), snake("name")], ["role_arn", "execution_mode", "name"]);
        assert_eq!([pascal("role_arn"), pascal("deploy-Service.2")], ["RoleArn", "DeployService2"]);
    }
}

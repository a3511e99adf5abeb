//! Lists that AWS answers in pages. The paginators of the SDK do the same, at 10 kB of code for each operation.

/// The entries of all pages. `page` asks for the page at a token, and answers its entries and the token of the next one.
pub(super) async fn all_pages<T, E, F>(page: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), E>>,
{
    pages(usize::MAX, page).await
}

/// The entries of the first pages, until they are as many as are wanted.
pub(super) async fn pages<T, E, F>(wanted: usize, mut page: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), E>>,
{
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let (entries, next) = page(token.clone()).await?;
        all.extend(entries);
        // The same token again would be the same page again.
        if next.as_deref().is_none_or(str::is_empty) || next == token || all.len() >= wanted {
            return Ok(all);
        }
        token = next;
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{all_pages, pages};

    /// Five pages of two entries; the last has an empty token.
    async fn page(token: Option<String>) -> Result<(Vec<u32>, Option<String>), Infallible> {
        let number: u32 = token.map_or(0, |token| token.parse().unwrap());
        let next = if number == 4 { String::new() } else { (number + 1).to_string() };
        Ok((vec![2 * number, 2 * number + 1], Some(next)))
    }

    #[tokio::test]
    async fn pages_are_read_until_there_is_no_token_or_enough_is_read() {
        assert_eq!(all_pages(page).await, Ok((0..10).collect()));
        assert_eq!(pages(3, page).await, Ok((0..4).collect()));
        assert_eq!(all_pages(async |_| Ok::<_, Infallible>((vec![1], Some("again".to_owned())))).await, Ok(vec![1, 1]));
    }
}

//! A shop for tea.

pub mod stock;
#[path = "words.rs"]
mod labels;
mod prices {
    //! Prices of things.
    use super::stock::Item;

    pub(crate) fn price_of(item: &Item) -> f64 {
        round(item.price)
    }

    fn round(price: f64) -> f64 {
        price.round()
    }
}

pub use labels::Label;
pub use stock::{Item, Stock as Shelf};

use std::fmt;

/// What can go wrong.
#[derive(Debug)]
pub enum Error {
    /// Nobody sells it.
    Missing(String),
    Broken { item: Box<Item>, why: &'static str },
    Closed,
}

/// The result of most functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Missing(name) => write!(f, "{} is missing", name),
            Error::Broken { item, why } => write!(f, "{}: {}", item.label(), why),
            Error::Closed => f.write_str("closed"),
        }
    }
}

/// The most that one can buy.
pub const MOST: usize = 10;

/// Sells one thing.
pub fn sell(shelf: &mut Shelf, name: &str) -> Result<f64> {
    let item = shelf.take(name)?;
    if shelf.len() > MOST {
        return Err(Error::Closed);
    }
    Ok(prices::price_of(&item))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Shelf {
        let mut shelf = Shelf::new();
        shelf.add(Item::named("tea"));
        shelf
    }

    #[test]
    fn sells_what_is_there() {
        let mut shelf = filled();
        assert_eq!(sell(&mut shelf, "tea").unwrap(), 1.0);
    }

    #[test]
    fn labels_begin_with_a_name() {
        assert!(Item::named("tea").label().starts_with("tea"));
    }
}

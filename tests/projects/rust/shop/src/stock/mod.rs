//! What is for sale.

mod shelf;

pub use self::shelf::Stock;
use crate::labels::Label;

/// One thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub name: String,
    pub(crate) price: f64,
    kind: Kind,
}

/// How it is sold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Piece = 1,
    Weight,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        use Kind::*;
        match self {
            Piece => "piece",
            Weight => "gram",
        }
    }
}

impl Item {
    /// The kind of most things.
    pub const USUAL: Kind = Kind::Piece;

    /// Something that costs one.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_string(), price: 1.0, kind: Self::USUAL }
    }

    /// The same at another price.
    pub fn at(mut self, price: f64) -> Item {
        self.price = price;
        self
    }
}

impl Label for Item {
    fn label(&self) -> String {
        format!("{} ({}, {})", self.name, self.price.label(), self.kind.word())
    }
}

use std::collections::HashMap;

use super::Item;
use crate::{Error, Result};
use log::info;
use serde::Serialize;
use tools::{total, Clock, Kept, System};

/// Items by their names.
#[derive(Serialize)]
pub struct Stock {
    items: HashMap<String, Vec<Item>>,
    clock: Kept<System>,
}

impl Stock {
    pub fn new() -> Self {
        Stock { items: HashMap::new(), clock: Kept::new(System) }
    }

    pub fn add(&mut self, item: Item) {
        info!("{} at {}", item.name, self.clock.now());
        self.items.entry(item.name.clone()).or_default().push(item);
    }

    pub fn take(&mut self, name: &str) -> Result<Item> {
        let found = self.items.get_mut(name).and_then(|items| items.pop());
        found.ok_or_else(|| Error::Missing(name.to_string()))
    }

    pub fn len(&self) -> usize {
        self.items.values().map(|items| items.len()).sum()
    }

    pub fn worth(&self) -> f64 {
        let mut sum = total!(0.0);
        for items in self.items.values() {
            for item in items.iter().filter(|item| !item.name.is_empty()) {
                sum += item.clone().at(2.0).price;
            }
        }
        sum
    }
}

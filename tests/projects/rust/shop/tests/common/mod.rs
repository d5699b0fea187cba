use tea_shop::{Item, Shelf};

pub fn open_shop() -> Shelf {
    let mut shelf = Shelf::new();
    shelf.add(Item::named("tea"));
    shelf
}

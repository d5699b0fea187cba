use tea_shop::{sell, Item, Label, Result, Shelf};

fn show(thing: &dyn Label) {
    println!("{}", thing.shout());
}

fn describe<T>(things: &[T]) -> Option<String>
where
    T: Label + Clone,
{
    things.first().map(|thing| thing.label())
}

fn main() -> Result<()> {
    let mut shelf = Shelf::new();
    let tea = Item::named("tea").at(2.5);
    show(&tea);
    describe(&[tea.clone()]);
    shelf.add(tea);
    let price = sell(&mut shelf, "tea")?;
    println!("{} {}", price, tools::timed(&tools::System));
    Ok(())
}

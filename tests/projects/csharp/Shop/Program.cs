using Shop.Stock;
using static Shop.Words.Labels;

var shelf = new Shelf<Food>();
shelf.Add(new Food { Name = "milk", Kind = Kind.Weight }, food => food.IsCold());
var found = await shelf.FindAsync("milk");
found.Show();
Food other = new();
ILabelled thing = other;
System.Console.WriteLine(Shout(thing, "loud") + shelf.Find("milk").Price.Half());
if (thing is Item { Name: "milk" } item && item.Describe() is string text)
{
    shelf.Find(wanted => true)?.Price.Half();
}

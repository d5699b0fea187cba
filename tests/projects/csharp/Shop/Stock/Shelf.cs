using System;
using System.Linq;
using System.Threading.Tasks;
using Names = System.Collections.Generic.List<string>;

namespace Shop.Stock
{
    /// <summary>Holds things.</summary>
    public partial class Shelf<T>
        where T : Item, new()
    {
        private readonly Dictionary<string, T> _items = new();

        public T this[string name] => _items[name];

        public int Count => _items.Count;

        public void Add(T item, Action<T>? then = null)
        {
            _items.Add(item.Name, item);
            then?.Invoke(item);
        }

        public T Make() => new T();

        private protected class Entry
        {
            internal T? Item;
        }
    }

    /// <summary>Things that are cooled.</summary>
    public class Fridge : Shelf<Food>
    {
        public override string ToString() => base.ToString() + Count;

        public string Coldest()
        {
            var names = new Names();
            foreach (var food in All())
            {
                names.Add(food.Shout());
            }

            int Longest(int a, int b) => Math.Max(a, b);
            Longest(1, 2);
            return All().First(food => food.IsCold()).Describe();
        }
    }

    public class Food : Item
    {
        public bool IsCold() => true;

        public override string Describe() => "cold " + base.Describe();
    }
}

using System.Linq;
using System.Threading.Tasks;

namespace Shop.Stock;

public partial class Shelf<T>
{
    public async Task<T> FindAsync(string name)
    {
        await Task.Delay(1);
        return this[name];
    }

    public T? Find(Wanted wanted) => All().FirstOrDefault(item => wanted(item));

    public T Find(string name) => _items[name];

    public IEnumerable<T> All() => _items.Values.Where(item => item.Label != "");
}

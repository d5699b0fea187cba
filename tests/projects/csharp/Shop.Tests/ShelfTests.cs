using System.Threading.Tasks;
using Xunit;

namespace Shop.Tests;

public class ShelfTests
{
    private readonly Shelf<Food> _shelf = new();

    public ShelfTests()
    {
        _shelf.Add(new Food());
    }

    [Fact]
    public async Task FindsWhatIsThere()
    {
        var found = await _shelf.FindAsync("?");
        Check(found);
    }

    [Theory]
    [InlineData("?")]
    public void Describes(string name)
    {
        Assert.Equal("cold", _shelf.Find(name).Describe());
    }

    private static void Check(Item item) => Assert.Equal("?", item.Name);
}

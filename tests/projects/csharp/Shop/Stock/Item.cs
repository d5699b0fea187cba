using System;

namespace Shop.Stock;

/// <summary>How a thing is sold.</summary>
public enum Kind
{
    Piece = 1,
    Weight,
}

/// <summary>Marks what may be sold.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ForSaleAttribute : Attribute
{
    public ForSaleAttribute(string since)
    {
    }
}

public delegate bool Wanted(Item item);

/// <summary>A price in a currency.</summary>
public record Price(decimal Amount, string Currency = "EUR")
{
    public static Price operator +(Price left, Price right) => left with { Amount = left.Amount + right.Amount };

    public Price Half() => new(Amount / 2);
}

/// <summary>One thing.</summary>
[ForSale("always")]
public class Item : ILabelled, IEquatable<Item>
{
    private const string Unknown = "?";
    private static int _count;

    public Item(string name, Price? price = null)
    {
        Name = name;
        Price = price ?? new Price(1);
        _count++;
    }

    public Item()
        : this(Unknown)
    {
    }

    public event EventHandler? Sold;

    public string Name { get; set; }

    public Kind Kind { get; init; } = Kind.Piece;

    public Price Price { get; }

    public string Label => Describe();

    public virtual string Describe()
    {
        return $"{Name} ({Kind})";
    }

    public void Show(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Console.WriteLine(Describe());
        }
    }

    bool IEquatable<Item>.Equals(Item? other) => other?.Name == Name;

    protected void OnSold() => Sold?.Invoke(this, EventArgs.Empty);
}

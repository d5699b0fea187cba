"""C#, end to end: a solution of two projects, read and linked, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened, texts_of


def build(text: str, **more: str) -> Built:
    """Files of one project; more files by name."""
    files = {f"{name}.cs": item for name, item in more.items()}
    return build_texts({"m.csproj": "<Project />", "a.cs": text, **files})


@pytest.fixture(scope="module")
def shop() -> Built:
    return build_folder("csharp")


def test_every_definition_has_its_kind_and_full_name(shop: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name']}".replace("  ", " ")
        for row in shop.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        package Shop.Tests
        class Shop.Tests.ShelfTests
        variable field Shop.Tests.ShelfTests._shelf
        method constructor Shop.Tests.ShelfTests.ShelfTests
        method Shop.Tests.ShelfTests.FindsWhatIsThere
        method Shop.Tests.ShelfTests.Describes
        method Shop.Tests.ShelfTests.Check
        package Shop.Stock
        class enum Shop.Stock.Kind
        variable enum_member Shop.Stock.Kind.Piece
        variable enum_member Shop.Stock.Kind.Weight
        class Shop.Stock.ForSaleAttribute
        method constructor Shop.Stock.ForSaleAttribute.ForSaleAttribute
        class delegate Shop.Stock.Wanted
        class record Shop.Stock.Price
        variable property Shop.Stock.Price.Amount
        variable property Shop.Stock.Price.Currency
        method operator Shop.Stock.Price.operator +
        method Shop.Stock.Price.Half
        class Shop.Stock.Item
        variable const Shop.Stock.Item.Unknown
        variable field Shop.Stock.Item._count
        method constructor Shop.Stock.Item.Item
        method constructor Shop.Stock.Item.Item
        variable event Shop.Stock.Item.Sold
        variable property Shop.Stock.Item.Name
        variable property Shop.Stock.Item.Kind
        variable property Shop.Stock.Item.Price
        variable property Shop.Stock.Item.Label
        method Shop.Stock.Item.Describe
        method Shop.Stock.Item.Show
        method Shop.Stock.Item.Equals
        method Shop.Stock.Item.OnSold
        class Shop.Stock.Shelf
        method Shop.Stock.Shelf.FindAsync
        method Shop.Stock.Shelf.Find
        method Shop.Stock.Shelf.Find
        method Shop.Stock.Shelf.All
        variable field Shop.Stock.Shelf._items
        method indexer Shop.Stock.Shelf.this[]
        variable property Shop.Stock.Shelf.Count
        method Shop.Stock.Shelf.Add
        method Shop.Stock.Shelf.Make
        class Shop.Stock.Shelf.Entry
        variable field Shop.Stock.Shelf.Entry.Item
        class Shop.Stock.Fridge
        method Shop.Stock.Fridge.ToString
        method Shop.Stock.Fridge.Coldest
        function local Shop.Stock.Fridge.Coldest.Longest
        class Shop.Stock.Food
        method Shop.Stock.Food.IsCold
        method Shop.Stock.Food.Describe
        package Shop.Words
        class interface Shop.Words.ILabelled
        variable property Shop.Words.ILabelled.Label
        method Shop.Words.ILabelled.Show
        class Shop.Words.Labels
        method extension Shop.Words.Labels.Shout
        method Shop.Words.Labels.Join
        """
    )


def test_classes_inherit_from_bases_and_interfaces_and_methods_override_theirs(shop: Built) -> None:
    assert shortened(shop, "inherits", "overrides") == lines_of(
        """
        Shop.Stock.Food -> Shop.Stock.Item
        Shop.Stock.Food.Describe -> Shop.Stock.Item.Describe
        Shop.Stock.ForSaleAttribute -> System.Attribute
        Shop.Stock.Fridge -> Shop.Stock.Shelf
        Shop.Stock.Item -> Shop.Words.ILabelled
        Shop.Stock.Item -> System.IEquatable
        Shop.Stock.Item.Show -> Shop.Words.ILabelled.Show
        """
    )


def test_calls_are_resolved_through_usings_extensions_lambdas_tasks_and_generics(shop: Built) -> None:
    assert shortened(shop, "calls") == lines_of(
        """
        Shop.Stock.Food.Describe -> Shop.Stock.Item.Describe
        Shop.Stock.Fridge.Coldest -> Shop.Stock.Food.Describe ~
        Shop.Stock.Fridge.Coldest -> Shop.Stock.Food.IsCold ~
        Shop.Stock.Fridge.Coldest -> Shop.Stock.Fridge.Coldest.Longest
        Shop.Stock.Fridge.Coldest -> Shop.Stock.Shelf.All
        Shop.Stock.Fridge.Coldest -> Shop.Words.Labels.Shout ~
        Shop.Stock.Fridge.Coldest -> System.Collections.Generic.List.Add ~
        Shop.Stock.Fridge.Coldest -> System.Linq.Enumerable.First ~
        Shop.Stock.Fridge.Coldest.Longest -> System.Math.Max
        Shop.Stock.Item.Item -> Shop.Stock.Item.Item
        Shop.Stock.Item.Label -> Shop.Stock.Item.Describe
        Shop.Stock.Item.OnSold -> System.EventHandler.Invoke ~
        Shop.Stock.Item.Show -> Shop.Stock.Item.Describe
        Shop.Stock.Item.Show -> System.Console.WriteLine
        Shop.Stock.Shelf.Add -> System.Action.Invoke ~
        Shop.Stock.Shelf.Add -> System.Collections.Generic.Dictionary.Add ~
        Shop.Stock.Shelf.All -> System.Linq.Enumerable.Where ~
        Shop.Stock.Shelf.Find -> Shop.Stock.Shelf.All
        Shop.Stock.Shelf.Find -> System.Linq.Enumerable.FirstOrDefault ~
        Shop.Stock.Shelf.Find -> …wanted ?
        Shop.Stock.Shelf.FindAsync -> System.Threading.Tasks.Task.Delay
        Shop.Tests.ShelfTests.Check -> Xunit.Assert.Equal
        Shop.Tests.ShelfTests.Describes -> Shop.Stock.Food.Describe ~
        Shop.Tests.ShelfTests.Describes -> Shop.Stock.Shelf.Find ~
        Shop.Tests.ShelfTests.Describes -> Xunit.Assert.Equal
        Shop.Tests.ShelfTests.FindsWhatIsThere -> Shop.Stock.Shelf.FindAsync ~
        Shop.Tests.ShelfTests.FindsWhatIsThere -> Shop.Tests.ShelfTests.Check
        Shop.Tests.ShelfTests.ShelfTests -> Shop.Stock.Shelf.Add ~
        Shop.Words.Labels.Shout -> Shop.Words.Labels.Join
        Shop/Program.cs -> Shop.Stock.Food.IsCold ~
        Shop/Program.cs -> Shop.Stock.Item.Describe ~
        Shop/Program.cs -> Shop.Stock.Item.Show ~
        Shop/Program.cs -> Shop.Stock.Price.Half ~
        Shop/Program.cs -> Shop.Stock.Shelf.Add ~
        Shop/Program.cs -> Shop.Stock.Shelf.Find ?
        Shop/Program.cs -> Shop.Stock.Shelf.Find ~
        Shop/Program.cs -> Shop.Stock.Shelf.FindAsync ~
        Shop/Program.cs -> Shop.Words.Labels.Shout
        Shop/Program.cs -> System.Console.WriteLine ~
        """
    )


def test_new_makes_objects_of_what_is_named_or_declared(shop: Built) -> None:
    assert shortened(shop, "instantiates") == lines_of(
        """
        Shop.Stock.Fridge.Coldest -> System.Collections.Generic.List
        Shop.Stock.Item.Item -> Shop.Stock.Price
        Shop.Stock.Price.Half -> Shop.Stock.Price
        Shop.Stock.Shelf -> System.Collections.Generic.Dictionary
        Shop.Tests.ShelfTests -> Shop.Stock.Shelf
        Shop.Tests.ShelfTests.ShelfTests -> Shop.Stock.Food
        Shop/Program.cs -> Shop.Stock.Food
        Shop/Program.cs -> Shop.Stock.Shelf
        """
    )


def test_fields_properties_and_enum_members_are_referenced(shop: Built) -> None:
    assert shortened(shop, "references") == lines_of(
        """
        Shop.Stock.ForSaleAttribute -> System.AttributeTargets.Class
        Shop.Stock.Fridge.ToString -> Shop.Stock.Shelf.Count
        Shop.Stock.Item.Describe -> Shop.Stock.Item.Kind
        Shop.Stock.Item.Describe -> Shop.Stock.Item.Name
        Shop.Stock.Item.Equals -> Shop.Stock.Item.Name
        Shop.Stock.Item.Item -> Shop.Stock.Item.Name
        Shop.Stock.Item.Item -> Shop.Stock.Item.Price
        Shop.Stock.Item.Item -> Shop.Stock.Item.Unknown
        Shop.Stock.Item.Item -> Shop.Stock.Item._count
        Shop.Stock.Item.Kind -> Shop.Stock.Kind.Piece ~
        Shop.Stock.Item.OnSold -> Shop.Stock.Item.Sold
        Shop.Stock.Item.OnSold -> System.EventArgs.Empty
        Shop.Stock.Price.operator + -> Shop.Stock.Price.Amount ~
        Shop.Stock.Shelf.Add -> Shop.Stock.Item.Name ~
        Shop.Stock.Shelf.Add -> Shop.Stock.Shelf._items
        Shop.Stock.Shelf.All -> Shop.Stock.Item.Label ~
        Shop.Stock.Shelf.All -> Shop.Stock.Shelf._items
        Shop.Stock.Shelf.Count -> Shop.Stock.Shelf._items
        Shop.Stock.Shelf.Count -> System.Linq.Enumerable.Count ~
        Shop.Stock.Shelf.Find -> Shop.Stock.Shelf._items
        Shop.Stock.Shelf.this[] -> Shop.Stock.Shelf._items
        Shop.Tests.ShelfTests.Check -> Shop.Stock.Item.Name ~
        Shop.Tests.ShelfTests.Describes -> Shop.Tests.ShelfTests._shelf
        Shop.Tests.ShelfTests.FindsWhatIsThere -> Shop.Tests.ShelfTests._shelf
        Shop.Tests.ShelfTests.ShelfTests -> Shop.Tests.ShelfTests._shelf
        Shop.Words.Labels.Shout -> Shop.Words.ILabelled.Label ~
        Shop/Program.cs -> Shop.Stock.Item.Kind ~
        Shop/Program.cs -> Shop.Stock.Item.Name ~
        Shop/Program.cs -> Shop.Stock.Item.Price ~
        Shop/Program.cs -> Shop.Stock.Kind
        Shop/Program.cs -> Shop.Stock.Kind.Weight
        """
    )


def test_types_are_used_where_they_are_named(shop: Built) -> None:
    assert shortened(shop, "uses_type") == lines_of(
        """
        Shop.Stock.Fridge -> Shop.Stock.Food
        Shop.Stock.Item.Equals -> Shop.Stock.Item
        Shop.Stock.Item.Item -> Shop.Stock.Price
        Shop.Stock.Item.Kind -> Shop.Stock.Kind
        Shop.Stock.Item.Price -> Shop.Stock.Price
        Shop.Stock.Item.Sold -> System.EventHandler
        Shop.Stock.Price.Half -> Shop.Stock.Price
        Shop.Stock.Price.operator + -> Shop.Stock.Price
        Shop.Stock.Shelf -> Shop.Stock.Item
        Shop.Stock.Shelf.Add -> System.Action
        Shop.Stock.Shelf.All -> System.Collections.Generic.IEnumerable
        Shop.Stock.Shelf.Find -> Shop.Stock.Wanted
        Shop.Stock.Shelf.FindAsync -> System.Threading.Tasks.Task
        Shop.Stock.Shelf._items -> System.Collections.Generic.Dictionary
        Shop.Stock.Wanted -> Shop.Stock.Item
        Shop.Tests.ShelfTests.Check -> Shop.Stock.Item
        Shop.Tests.ShelfTests.FindsWhatIsThere -> System.Threading.Tasks.Task
        Shop.Tests.ShelfTests._shelf -> Shop.Stock.Food
        Shop.Tests.ShelfTests._shelf -> Shop.Stock.Shelf
        Shop.Words.Labels.Shout -> Shop.Words.ILabelled
        Shop/Program.cs -> Shop.Stock.Food
        Shop/Program.cs -> Shop.Stock.Item
        Shop/Program.cs -> Shop.Words.ILabelled
        """
    )


def test_attributes_of_the_source_and_of_others_decorate(shop: Built) -> None:
    assert shortened(shop, "decorates") == lines_of(
        """
        Shop.Stock.ForSaleAttribute -> Shop.Stock.Item
        System.AttributeUsage -> Shop.Stock.ForSaleAttribute
        Xunit.Fact -> Shop.Tests.ShelfTests.FindsWhatIsThere
        Xunit.InlineData -> Shop.Tests.ShelfTests.Describes
        Xunit.Theory -> Shop.Tests.ShelfTests.Describes
        """
    )


def test_tests_reach_the_code_through_their_helpers_and_constructors(shop: Built) -> None:
    assert shortened(shop, "tests") == lines_of(
        """
        Shop.Tests.ShelfTests.Describes -> Shop.Stock.Food ~
        Shop.Tests.ShelfTests.Describes -> Shop.Stock.Food.Describe ~
        Shop.Tests.ShelfTests.Describes -> Shop.Stock.Shelf.Add ~
        Shop.Tests.ShelfTests.Describes -> Shop.Stock.Shelf.Find ~
        Shop.Tests.ShelfTests.FindsWhatIsThere -> Shop.Stock.Food ~
        Shop.Tests.ShelfTests.FindsWhatIsThere -> Shop.Stock.Shelf.Add ~
        Shop.Tests.ShelfTests.FindsWhatIsThere -> Shop.Stock.Shelf.FindAsync ~
        """
    )


def test_usings_name_namespaces_and_files_depend_on_what_they_use(shop: Built) -> None:
    assert shortened(shop, "imports", "depends_on") == lines_of(
        """
        Shop.Tests/ShelfTests.cs -> Shop/Stock/Item.cs
        Shop.Tests/ShelfTests.cs -> Shop/Stock/Shelf.Finding.cs
        Shop.Tests/ShelfTests.cs -> Shop/Stock/Shelf.cs
        Shop.Tests/ShelfTests.cs -> System.Threading.Tasks
        Shop.Tests/ShelfTests.cs -> Xunit
        Shop/Program.cs -> Shop.Stock
        Shop/Program.cs -> Shop.Words.Labels
        Shop/Program.cs -> Shop/Stock/Item.cs
        Shop/Program.cs -> Shop/Stock/Shelf.Finding.cs
        Shop/Program.cs -> Shop/Stock/Shelf.cs
        Shop/Program.cs -> Shop/Words/ILabelled.cs
        Shop/Stock/Item.cs -> Shop/Words/ILabelled.cs
        Shop/Stock/Item.cs -> System
        Shop/Stock/Shelf.Finding.cs -> Shop/Stock/Item.cs
        Shop/Stock/Shelf.Finding.cs -> Shop/Stock/Shelf.cs
        Shop/Stock/Shelf.Finding.cs -> System.Linq
        Shop/Stock/Shelf.Finding.cs -> System.Threading.Tasks
        Shop/Stock/Shelf.cs -> Shop/Stock/Item.cs
        Shop/Stock/Shelf.cs -> Shop/Stock/Shelf.Finding.cs
        Shop/Stock/Shelf.cs -> Shop/Words/ILabelled.cs
        Shop/Stock/Shelf.cs -> System
        Shop/Stock/Shelf.cs -> System.Collections.Generic.List
        Shop/Stock/Shelf.cs -> System.Linq
        Shop/Stock/Shelf.cs -> System.Threading.Tasks
        Shop/Usings.cs -> Shop.Words
        Shop/Usings.cs -> System.Collections.Generic
        """
    )


def test_signatures_docs_visibility_and_parameters(shop: Built) -> None:
    shout = shop.node("Shop.Words.Labels.Shout")
    assert shout.signature == "public static string Shout(this ILabelled thing, params string[] more)"
    assert shout.docstring == (
        "Shouts what thing is called.\nthing: What to shout.\nReturns: The ILabelled.Label in capitals."
    )
    assert [(item.name, item.kind, item.annotation) for item in shout.parameters or ()] == [
        ("thing", "positional", "ILabelled"), ("more", "var_positional", "string[]"),
    ]  # fmt: skip
    show = shop.node("Shop.Stock.Item.Show")
    assert [item.default for item in show.parameters or ()] == ["1"]
    visible = {name: shop.node(f"Shop.Stock.{name}").visibility for name in ("Item", "Item.OnSold", "Shelf._items")}
    assert visible == {"Item": "public", "Item.OnSold": "protected", "Shelf._items": "private"}
    assert shop.node("Shop.Stock.Shelf").signature == "public partial class Shelf<T>"
    assert shop.node("Shop.Stock.Item").bases == ("ILabelled", "IEquatable<Item>")
    assert shop.node("Shop.Stock.Item").decorators == ('ForSale("always")',)


def test_parts_of_a_class_are_one_class(shop: Built) -> None:
    inside = {dst for src, dst in shop.edges("contains") if src == "Shop.Stock.Shelf"}
    assert {"Shop.Stock.Shelf.Add", "Shop.Stock.Shelf.FindAsync", "Shop.Stock.Shelf._items"} <= inside


def test_namespaces_are_packages_however_they_are_written(shop: Built) -> None:
    assert shop.names("package") == ["Shop.Stock", "Shop.Tests", "Shop.Words"]
    built = build(
        "#if NET\nnamespace A.B { class C { } }\n#endif\n", b="namespace A { namespace B { class D { C c; } } }"
    )
    assert ("A.B.D", "A.B.C") in {(src.rpartition(".")[0], dst) for src, dst in built.edges("uses_type")}


def test_the_order_of_files_does_not_matter(shop: Built) -> None:
    turned = build_texts(dict(reversed(texts_of("csharp").items())))
    assert (turned.nodes, turned.rows) == (shop.nodes, shop.rows)


def test_overloads_are_told_apart_by_number_and_types_of_arguments() -> None:
    built = build(
        """
        class A {
            void F(int x) { F("s"); F(1, 2); F(x, d: 2.5); F(new A()); }
            void F(string s) { F('c'); }
            void F(int x, int y) { }
            void F(int x, double d) { }
            void F(A a) { F(1); }
        }
        """
    )
    calls = [row for row in built.rows if row["kind"] == "calls"]
    nodes = built.graph.nodes
    taken = {
        (nodes[row["src"]].parameters[0].annotation, tuple(item.annotation for item in nodes[row["dst"]].parameters))
        for row in calls
    }
    assert taken == {
        ("int", ("string",)), ("int", ("int", "int")), ("int", ("int", "double")), ("int", ("A",)),
        ("string", ("int",)), ("A", ("int",)),
    }  # fmt: skip


def test_types_with_and_without_parameters_are_not_the_same() -> None:
    built = build(
        """
        class Box { public void Plain() { } }
        class Box<T> { public T Value { get; } public void Generic() { } }
        class User {
            void F(Box a, Box<Box> b) { a.Plain(); b.Generic(); b.Value.Plain(); new Box<int>().Generic(); }
        }
        """
    )
    assert built.out("User.F", "calls") == {"Box.Plain": "inferred", "Box.Generic": "inferred"}
    made = {built.graph.nodes[row["dst"]].signature for row in built.rows if row["kind"] == "instantiates"}
    assert made == {"class Box<T>"}


def test_a_property_may_have_the_name_of_its_type() -> None:
    built = build("class Color { public void Mix() { } } class Car { Color Color { get; } void F() { Color.Mix(); } }")
    assert built.out("Car.F", "calls") == {"Color.Mix": "inferred"}


def test_patterns_out_variables_and_queries_bind_names() -> None:
    built = build(
        """
        using System.Collections.Generic;
        class T { public void F() { } public T G() => this; public bool Ok() => true; }
        class U {
            void Is(object o) { if (o is T t && t.Ok()) t.F(); }
            void Property(object o) { if (o is T { } t) t.F(); }
            object Switch(object o) => o switch { T t when t.Ok() => t.G(), _ => null };
            void Case(object o) { switch (o) { case T t: t.F(); break; } }
            void Out(Dictionary<int, T> d) { if (d.TryGetValue(1, out T t)) t.F(); }
            void Loop(Dictionary<int, List<T>> d) { foreach (var pair in d) foreach (var t in pair.Value) t.F(); }
            void Query(List<T> ts) { var x = from t in ts where t.Ok() select t.G(); }
            void Null(T t) { t?.G()?.G().F(); t!.G(); (t as T).F(); ((T)t).F(); }
        }
        """
    )
    assert shortened(built, "calls") >= lines_of(
        """
        U.Is -> T.Ok ~
        U.Is -> T.F ~
        U.Property -> T.F ~
        U.Switch -> T.Ok ~
        U.Switch -> T.G ~
        U.Case -> T.F ~
        U.Out -> T.F ~
        U.Loop -> T.F ~
        U.Query -> T.Ok ~
        U.Query -> T.G ~
        U.Null -> T.G ~
        U.Null -> T.F ~
        """
    )


def test_extension_methods_are_only_seen_where_their_namespace_is() -> None:
    extensions = """
        namespace X { public static class E {
            public static void Go(this T t) { } public static void Go(this string s) { }
            public static void Each<V>(this System.Collections.Generic.IEnumerable<V> all, int n) { }
        } }
        """
    with_using = build('using X;\nclass T { void F(T[] ts) { this.Go(); "s".Go(); ts.Each(1); } }', e=extensions)
    assert set(with_using.out("T.F", "calls")) == {"X.E.Go", "X.E.Each"}
    without = build("class T { void F(T t) { t.Go(); } }", e=extensions)
    assert without.out("T.F", "calls") == {}


def test_lambdas_are_given_what_the_method_says() -> None:
    built = build(
        """
        using System;
        class T { public void F() { } }
        class Runner<A> { public void Run(Action<A> act, Func<T, int> f) { } }
        class U { void G(Runner<T> r) { r.Run(a => a.F(), t => { t.F(); return 1; }); } }
        """
    )
    assert built.out("U.G", "calls") == {"Runner.Run": "inferred", "T.F": "inferred"}


def test_a_branch_in_the_middle_of_an_expression_is_read_as_its_first() -> None:
    built = build(
        """
        class A {
            int F() =>
        #if NET
                G();
        #else
                H();
        #endif
            int G() => 1;
            int H() => 2;
        }
        #pragma warning restore""".replace("        #", "#")
    )
    assert built.out("A.F", "calls") == {"A.G": "exact"}
    assert "A.H" in built.names("method")


def test_what_is_neither_defined_nor_well_known_is_outside_and_not_certain() -> None:
    built = build("using Some.Library;\nclass A { void F(Thing t) { t.Go(); Other.Run(); } }")
    assert shortened(built, "calls") == {"A.F -> Thing.Go ~", "A.F -> Other.Run ~"}


def test_a_syntax_error_loses_only_the_method_that_it_is_in() -> None:
    built = build("class A {\n    void B() { if ( }\n    void C() { D(); }\n    void D() { }\n}\n")
    assert built.names("method") == ["A.C", "A.D"]
    assert built.out("A.C", "calls") == {"A.D": "exact"}


def test_deep_nesting_is_no_problem() -> None:
    built = build("class A { int G() => 1; int F() => " + "(1 + " * 2_000 + "G()" + ")" * 2_000 + "; }")
    assert built.out("A.F", "calls") == {"A.G": "exact"}


@pytest.mark.parametrize("mark", ["Fact", "Test", "TestMethod", "Theory", "TestCase(1)", "Xunit.FactAttribute"])
def test_methods_of_all_test_runners_are_tests(mark: str) -> None:
    built = build_texts(
        {"src/A.cs": "public class A { public void F() { } }",
         "A.Tests/ATests.cs": f"public class ATests {{ [{mark}] public void T() {{ new A().F(); }} }}"}
    )  # fmt: skip
    assert built.edges("tests") == {("ATests.T", "A.F"), ("ATests.T", "A")}

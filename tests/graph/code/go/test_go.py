"""Go, end to end: a project of two modules, read and linked, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened, texts_of

MOD = "module example.com/m\n"


@pytest.fixture(scope="module")
def shop() -> Built:
    return build_folder("go")


def build(text: str, **more: str) -> Built:
    """A module of one package; more files by name, where `__` stands for a slash."""
    files = {f"{name.replace('__', '/')}.go": item for name, item in more.items()}
    return build_texts({"go.mod": MOD, "a.go": f"package m\n{text}", **files})


def test_every_definition_has_its_kind_and_full_name(shop: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name'].removeprefix('example.com/')}".replace("  ", " ")
        for row in shop.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        package shop/cmd/shop
        class struct shop/cmd/shop.stock
        variable field shop/cmd/shop.stock.all
        method shop/cmd/shop.stock.first
        function shop/cmd/shop.main
        package shop/store_test
        function shop/store_test.ExampleNew
        package shop/store
        class type shop/store.Kind
        variable const shop/store.Piece
        variable const shop/store.Weight
        variable var shop/store.ErrMissing
        class struct shop/store.Base
        variable field shop/store.Base.ID
        variable field shop/store.Base.created
        method shop/store.Base.Key
        class struct shop/store.Item
        variable field shop/store.Item.Base
        variable field shop/store.Item.Name
        variable field shop/store.Item.Price
        variable field shop/store.Item.kind
        function shop/store.NewItem
        method shop/store.Item.Label
        class type shop/store.Labels
        method shop/store.Labels.Of
        function shop/store.size
        function shop/store.size
        function shop/store.half
        class interface shop/store.Keyed
        method shop/store.Keyed.Key
        class interface shop/store.Labelled
        method shop/store.Labelled.Label
        class type shop/store.Hook
        class struct shop/store.Store
        variable field shop/store.Store.items
        variable field shop/store.Store.hooks
        variable field shop/store.Store.path
        variable type_alias shop/store.path
        function shop/store.New
        method shop/store.Store.Add
        method shop/store.Store.Find
        function shop/store.Show
        function shop/store.filled
        function shop/store.TestFind
        package tools
        class interface tools.Clock
        method tools.Clock.Now
        class struct tools.System
        method tools.System.Now
        function tools.First
        """
    )


def test_a_type_inherits_from_what_it_embeds_and_from_interfaces_whose_methods_it_has(shop: Built) -> None:
    assert shortened(shop, "inherits", "overrides", prefix="example.com/") == lines_of(
        """
        shop/store.Base -> shop/store.Keyed ~
        shop/store.Base.Key -> shop/store.Keyed.Key ~
        shop/store.Item -> shop/store.Base
        shop/store.Item -> shop/store.Keyed ~
        shop/store.Item -> shop/store.Labelled ~
        shop/store.Item.Label -> shop/store.Labelled.Label ~
        shop/store.Labelled -> shop/store.Keyed
        tools.System -> tools.Clock ~
        tools.System.Now -> tools.Clock.Now ~
        """
    )


def test_calls_are_resolved_through_imports_receivers_results_and_generics(shop: Built) -> None:
    assert shortened(shop, "calls", prefix="example.com/") == lines_of(
        """
        shop/cmd/shop.main -> fmt.Println
        shop/cmd/shop.main -> shop/cmd/shop.stock.first ~
        shop/cmd/shop.main -> shop/store.Base.Key ~
        shop/cmd/shop.main -> shop/store.Item.Label ~
        shop/cmd/shop.main -> shop/store.New
        shop/cmd/shop.main -> shop/store.NewItem
        shop/cmd/shop.main -> shop/store.Store.Find ~
        shop/cmd/shop.stock.first -> tools.First
        shop/store.Item.Label -> fmt.Sprintf
        shop/store.Item.Label -> shop/store.Base.Key
        shop/store.Show -> shop/store.Item.Label ~
        shop/store.Show -> shop/store.Labelled.Label ~
        shop/store.Show -> shop/store.Labels.Of ~
        shop/store.Show -> …each ?
        shop/store.Store.Add -> shop/store.Base.Key ~
        shop/store.Store.Add -> …hook ?
        shop/store.TestFind -> shop/store.Item.Label ~
        shop/store.TestFind -> shop/store.Store.Find ~
        shop/store.TestFind -> shop/store.filled
        shop/store.TestFind -> testing.T.Error ~
        shop/store.filled -> shop/store.New
        shop/store.filled -> shop/store.NewItem
        shop/store.filled -> shop/store.Store.Add ~
        shop/store.filled -> testing.T.Fatal ~
        shop/store.filled -> testing.T.Helper ~
        shop/store.half -> shop/store.size
        shop/store_test.ExampleNew -> fmt.Println
        shop/store_test.ExampleNew -> shop/store.New
        store/item.go -> errors.New
        tools.System.Now -> time.Now
        """
    )


def test_literals_and_new_make_objects(shop: Built) -> None:
    assert shortened(shop, "instantiates", prefix="example.com/") == lines_of(
        """
        shop/cmd/shop.main -> shop/cmd/shop.stock
        shop/cmd/shop.main -> shop/store.Item
        shop/store.New -> shop/store.Store
        shop/store.NewItem -> shop/store.Base
        shop/store.NewItem -> shop/store.Item
        shop/store.NewItem -> tools.System
        shop/store.Show -> shop/store.Labels
        """
    )


def test_fields_constants_and_variables_are_referenced(shop: Built) -> None:
    assert shortened(shop, "references", prefix="example.com/") == lines_of(
        """
        shop/cmd/shop.main -> shop/cmd/shop.stock.all ~
        shop/cmd/shop.stock.first -> shop/cmd/shop.stock.all
        shop/store.Base.Key -> shop/store.Base.ID
        shop/store.Item.Label -> shop/store.Item.Name
        shop/store.New -> shop/store.Store.hooks ~
        shop/store.New -> shop/store.Store.items ~
        shop/store.NewItem -> shop/store.Base.ID ~
        shop/store.NewItem -> shop/store.Base.created ~
        shop/store.NewItem -> shop/store.Item.Base ~
        shop/store.NewItem -> shop/store.Item.Name ~
        shop/store.Show -> shop/store.Piece
        shop/store.Store.Add -> shop/store.Store.hooks
        shop/store.Store.Add -> shop/store.Store.items
        shop/store.Store.Find -> shop/store.ErrMissing
        shop/store.Store.Find -> shop/store.Store.items
        """
    )


def test_types_are_used_where_they_are_named(shop: Built) -> None:
    assert shortened(shop, "uses_type", prefix="example.com/") == lines_of(
        """
        shop/cmd/shop.main -> shop/store.Item
        shop/cmd/shop.stock -> shop/store.Keyed
        shop/store.Base.created -> tools.Clock
        shop/store.Hook -> shop/store.Item
        shop/store.Item.kind -> shop/store.Kind
        shop/store.Labels -> shop/store.Kind
        shop/store.Labels.Of -> shop/store.Kind
        shop/store.New -> shop/store.Hook
        shop/store.New -> shop/store.Item
        shop/store.New -> shop/store.Store
        shop/store.NewItem -> shop/store.Item
        shop/store.Piece -> shop/store.Kind
        shop/store.Show -> shop/store.Item
        shop/store.Show -> shop/store.Kind
        shop/store.Show -> shop/store.Labelled
        shop/store.Store.Add -> shop/store.Item
        shop/store.Store.Find -> shop/store.Item
        shop/store.Store.hooks -> shop/store.Hook
        shop/store.Store.items -> shop/store.Item
        shop/store.TestFind -> testing.T
        shop/store.filled -> shop/store.Store
        shop/store.filled -> testing.T
        tools.Clock.Now -> time.Time
        tools.System.Now -> time.Time
        """
    )


def test_tests_reach_the_code_through_their_helpers(shop: Built) -> None:
    assert shortened(shop, "tests", prefix="example.com/") == lines_of(
        """
        shop/store.TestFind -> shop/store.Item.Label ~
        shop/store.TestFind -> shop/store.New ~
        shop/store.TestFind -> shop/store.NewItem ~
        shop/store.TestFind -> shop/store.Store.Add ~
        shop/store.TestFind -> shop/store.Store.Find ~
        shop/store_test.ExampleNew -> shop/store.New
        """
    )


def test_imports_name_packages_and_files_depend_on_the_files_that_define_what_they_use(shop: Built) -> None:
    assert shortened(shop, "imports", "depends_on", prefix="example.com/") == lines_of(
        """
        cmd/shop/main.go -> fmt
        cmd/shop/main.go -> shop/store
        cmd/shop/main.go -> store/item.go
        cmd/shop/main.go -> store/store.go
        cmd/shop/main.go -> tools
        cmd/shop/main.go -> tools/clock.go
        store/example_test.go -> fmt
        store/example_test.go -> shop/store
        store/example_test.go -> store/store.go
        store/item.go -> errors
        store/item.go -> fmt
        store/item.go -> tools
        store/item.go -> tools/clock.go
        store/store.go -> store/item.go
        store/store_test.go -> store/item.go
        store/store_test.go -> store/store.go
        store/store_test.go -> testing
        tools/clock.go -> time
        """
    )


def test_signatures_docs_visibility_and_parameters(shop: Built) -> None:
    add = shop.node("example.com/shop/store.Store.Add")
    assert (add.signature, add.docstring) == ("func (s *Store) Add(item *Item) (err error)", "Add keeps an item.")
    assert [(item.name, item.kind, item.annotation) for item in add.parameters or ()] == [
        ("item", "positional", "*Item")
    ]
    new = shop.node("example.com/shop/store.New")
    assert [item.kind for item in new.parameters or ()] == ["var_positional"]
    first = shop.node("example.com/tools.First")
    assert first.signature == "func First[T any](items []T) T"
    stock = shop.node("example.com/shop/cmd/shop.stock")
    assert (stock.signature, stock.visibility, stock.is_public) == ("type stock[T Keyed] struct", "package", False)
    package = shop.node("example.com/shop/cmd/shop")
    assert (package.name, package.docstring) == ("main", "Command shop sells things.")
    assert shop.node("example.com/shop/store.Piece").docstring == "Piece is sold one by one."
    assert shop.node("example.com/shop/store.Item").bases == ("Base",)


def test_what_is_used_of_others_has_a_node_of_its_own(shop: Built) -> None:
    assert sorted(node.qualified_name for node in shop.graph.externals.values()) == [
        "errors", "errors.New", "fmt", "fmt.Println", "fmt.Sprintf", "testing", "testing.T", "testing.T.Error",
        "testing.T.Fatal", "testing.T.Helper", "time", "time.Now", "time.Time",
    ]  # fmt: skip
    println = next(node for node in shop.graph.externals.values() if node.qualified_name == "fmt.Println")
    assert (println.name, println.path, println.start_line, println.is_public) == ("Println", "", 0, True)


def test_the_order_of_files_does_not_matter(shop: Built) -> None:
    texts = texts_of("go")
    turned = build_texts(dict(reversed(texts.items())))
    assert (turned.nodes, turned.rows) == (shop.nodes, shop.rows)


def test_of_definitions_for_several_systems_that_of_the_own_system_is_meant(shop: Built) -> None:
    calls = [row for row in shop.rows if row["kind"] == "calls" and row["target"].endswith("store.size")]
    assert [shop.graph.nodes[row["dst"]].path for row in calls] == ["store/size_windows.go"]


def test_a_local_name_hides_a_global_one_in_its_block_only() -> None:
    built = build(
        """
        type T struct{}
        func (T) f() {}
        type U struct{}
        func (U) f() {}
        var v T
        func in(cond bool) {
            if v := (U{}); cond { v.f() }
        }
        func out() { v.f() }
        func shadow(v U) { v.f() }
        """
    )
    assert shortened(built, "calls", prefix="example.com/m.") == lines_of(
        """
        in -> U.f ~
        out -> T.f ~
        shadow -> U.f ~
        """
    )


def test_a_variable_may_be_declared_by_what_it_hides() -> None:
    built = build(
        """
        type Node struct{ next *Node }
        func (n *Node) Next() *Node { return n.next }
        func walk(n *Node) {
            for n := n.Next(); n != nil; n = n.Next() { n.Next() }
        }
        """
    )
    assert built.out("example.com/m.walk", "calls") == {"example.com/m.Node.Next": "inferred"}


def test_results_that_are_several_are_told_apart() -> None:
    built = build(
        """
        type A struct{}
        func (A) a() {}
        type B struct{}
        func (*B) b() {}
        func both() (A, *B) { return A{}, nil }
        func use() {
            x, y := both()
            x.a()
            y.b()
        }
        """
    )
    assert built.out("example.com/m.use", "calls") == {
        "example.com/m.both": "exact",
        "example.com/m.A.a": "inferred",
        "example.com/m.B.b": "inferred",
    }


def test_elements_of_maps_slices_and_channels_are_of_their_type() -> None:
    built = build(
        """
        type T struct{}
        func (T) f() {}
        type List []T
        type Box struct{ all map[string][]*T; pipe chan T }
        func loop(b Box, l List) {
            for _, group := range b.all { for _, t := range group { t.f() } }
        }
        func index(b Box) { b.all["x"][0].f() }
        func named(l List) { l[0].f() }
        func receive(b Box) { t := <-b.pipe; t.f() }
        func made() { for _, t := range []T{{}, {}} { t.f() } }
        """
    )
    assert shortened(built, "calls", prefix="example.com/m.") == lines_of(
        """
        loop -> T.f ~
        index -> T.f ~
        named -> T.f ~
        made -> T.f ~
        receive -> T.f ~
        """
    )


def test_embedded_types_give_their_members_the_nearest_first() -> None:
    built = build(
        """
        type Deep struct{}
        func (Deep) f() {}
        func (Deep) g() {}
        type Mid struct{ Deep }
        func (*Mid) f() {}
        type Top struct { *Mid; Other }
        type Other struct{}
        func use(t Top) { t.f(); t.g(); t.Mid.Deep.f() }
        """
    )
    assert built.out("example.com/m.use", "calls") == {
        "example.com/m.Mid.f": "inferred",
        "example.com/m.Deep.g": "inferred",
        "example.com/m.Deep.f": "inferred",
    }


def test_a_method_with_another_signature_is_not_the_interfaces() -> None:
    built = build(
        """
        type Sizer interface { Size(unit string) int }
        type Good struct{}
        func (Good) Size(name string) int { return 1 }
        type Bad struct{}
        func (Bad) Size() int { return 1 }
        """
    )
    assert built.edges("inherits") == {("example.com/m.Good", "example.com/m.Sizer")}


def test_an_interface_with_a_hidden_method_is_implemented_in_its_own_package_only() -> None:
    built = build(
        """
        type Own interface { Name() string; secret() }
        type Near struct{}
        func (Near) Name() string { return "" }
        func (Near) secret() {}
        """,
        other__b='package other\ntype Far struct{}\nfunc (Far) Name() string { return "" }\nfunc (Far) secret() {}\n',
    )
    assert built.edges("inherits") == {("example.com/m.Near", "example.com/m.Own")}


def test_an_interface_with_unknown_methods_is_implemented_by_nobody_known() -> None:
    built = build(
        """
        import "io"
        type R interface { io.Reader; Name() string }
        type T struct{}
        func (T) Name() string { return "" }
        """
    )
    assert shortened(built, "inherits", prefix="example.com/m.") == {"R -> io.Reader"}


def test_a_method_that_only_its_name_gives_away_is_ambiguous_and_a_common_name_says_nothing() -> None:
    built = build(
        """
        type T struct{}
        func (T) Recalibrate() {}
        func (T) Close() {}
        func use(x any) { for _, y := range x.([]any) { y.Recalibrate(); y.Close() } }
        """
    )
    assert built.out("example.com/m.use", "calls") == {"example.com/m.T.Recalibrate": "ambiguous"}
    assert built.open("example.com/m.use", "calls") == {"y.Close": "ambiguous"}


def test_a_syntax_error_loses_only_the_function_that_it_is_in() -> None:
    texts = {"go.mod": MOD, "a.go": "package m\nfunc a() {}\nfunc b() { if { }\n}\nfunc c() { a() }\n"}
    built = build_texts(texts)
    assert {"example.com/m.a", "example.com/m.c"} <= set(built.names("function"))
    assert built.out("example.com/m.c", "calls") == {"example.com/m.a": "exact"}


def test_a_package_is_called_by_the_name_in_its_clause() -> None:
    built = build(
        'import "example.com/m/go-tea"\nfunc use() { tea.Brew() }', **{"go-tea__x": "package tea\nfunc Brew() {}\n"}
    )
    assert built.out("example.com/m.use", "calls") == {"example.com/m/go-tea.Brew": "exact"}


def test_source_without_go_mod_is_named_by_its_folders() -> None:
    built = build_texts({"lib/a.go": "package lib\nfunc F() { g() }\n", "lib/b.go": "package lib\nfunc g() {}\n"})
    assert built.edges("calls") == {("lib.F", "lib.g")}

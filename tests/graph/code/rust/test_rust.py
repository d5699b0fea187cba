"""Rust, end to end: a workspace of two packages, read and linked, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened, texts_of


def build(text: str, **more: str) -> Built:
    """A crate `m`; more files by name, where `__` stands for a slash."""
    files = {f"src/{name.replace('__', '/')}.rs": item for name, item in more.items()}
    return build_texts(
        {"Cargo.toml": '[package]\nname = "m"\n[dependencies]\ntokio = "1"\n', "src/lib.rs": text, **files}
    )


@pytest.fixture(scope="module")
def shop() -> Built:
    return build_folder("rust")


def test_every_definition_has_its_kind_and_full_name(shop: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name']}".replace("  ", " ")
        for row in shop.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        module crate tea_shop
        module module tea_shop::prices
        function tea_shop::prices::price_of
        function tea_shop::prices::round
        class enum tea_shop::Error
        variable enum_member tea_shop::Error::Missing
        variable enum_member tea_shop::Error::Broken
        variable enum_member tea_shop::Error::Closed
        variable type_alias tea_shop::Result
        method tea_shop::Error::fmt
        variable const tea_shop::MOST
        function tea_shop::sell
        module module tea_shop::tests
        function tea_shop::tests::filled
        function tea_shop::tests::sells_what_is_there
        function tea_shop::tests::labels_begin_with_a_name
        module crate tea_shop::main
        function tea_shop::main::show
        function tea_shop::main::describe
        function tea_shop::main::main
        module tea_shop::stock
        class struct tea_shop::stock::Item
        variable field tea_shop::stock::Item::name
        variable field tea_shop::stock::Item::price
        variable field tea_shop::stock::Item::kind
        class enum tea_shop::stock::Kind
        variable enum_member tea_shop::stock::Kind::Piece
        variable enum_member tea_shop::stock::Kind::Weight
        method tea_shop::stock::Kind::word
        variable const tea_shop::stock::Item::USUAL
        method tea_shop::stock::Item::named
        method tea_shop::stock::Item::at
        method tea_shop::stock::Item::label
        module tea_shop::stock::shelf
        class struct tea_shop::stock::shelf::Stock
        variable field tea_shop::stock::shelf::Stock::items
        variable field tea_shop::stock::shelf::Stock::clock
        method tea_shop::stock::shelf::Stock::new
        method tea_shop::stock::shelf::Stock::add
        method tea_shop::stock::shelf::Stock::take
        method tea_shop::stock::shelf::Stock::len
        method tea_shop::stock::shelf::Stock::worth
        module tea_shop::labels
        class trait tea_shop::labels::Label
        method tea_shop::labels::Label::label
        method tea_shop::labels::Label::shout
        method tea_shop::labels::f64::label
        module tea_shop::tests::selling::common
        function tea_shop::tests::selling::common::open_shop
        module crate tea_shop::tests::selling
        function tea_shop::tests::selling::a_missing_thing_cannot_be_sold
        module crate shop_tools
        class trait shop_tools::Clock
        variable type_alias shop_tools::Clock::Moment
        variable const shop_tools::Clock::DAY
        method shop_tools::Clock::now
        method shop_tools::Clock::tomorrow
        class struct shop_tools::System
        variable type_alias shop_tools::System::Moment
        method shop_tools::System::now
        function shop_tools::clock_reading
        class struct shop_tools::Kept
        method shop_tools::Kept::new
        method shop_tools::Kept::value
        variable type_alias shop_tools::Kept::Target
        method shop_tools::Kept::deref
        function macro shop_tools::total
        function shop_tools::timed
        """
    )


def test_types_inherit_from_the_traits_that_they_implement_and_their_methods_override_those(shop: Built) -> None:
    assert shortened(shop, "inherits", "overrides") == lines_of(
        """
        shop_tools::Kept -> std::ops::Deref
        shop_tools::System -> shop_tools::Clock
        shop_tools::System::now -> shop_tools::Clock::now
        tea_shop::Error -> std::fmt::Display
        tea_shop::stock::Item -> tea_shop::labels::Label
        tea_shop::stock::Item::label -> tea_shop::labels::Label::label
        """
    )


def test_calls_are_resolved_through_modules_reexports_receivers_results_and_bounds(shop: Built) -> None:
    assert shortened(shop, "calls") == lines_of(
        """
        shop_tools::Clock::tomorrow -> shop_tools::Clock::now
        shop_tools::Kept::deref -> shop_tools::Kept::value
        shop_tools::System::now -> shop_tools::clock_reading
        shop_tools::timed -> shop_tools::Clock::tomorrow ~
        tea_shop::Error::fmt -> std::fmt::Formatter::write_str ~
        tea_shop::Error::fmt -> tea_shop::stock::Item::label ~
        tea_shop::labels::Label::shout -> tea_shop::labels::Label::label
        tea_shop::main::describe -> tea_shop::labels::Label::label ~
        tea_shop::main::main -> shop_tools::timed
        tea_shop::main::main -> tea_shop::main::describe
        tea_shop::main::main -> tea_shop::main::show
        tea_shop::main::main -> tea_shop::sell
        tea_shop::main::main -> tea_shop::stock::Item::at ~
        tea_shop::main::main -> tea_shop::stock::Item::named
        tea_shop::main::main -> tea_shop::stock::shelf::Stock::add ~
        tea_shop::main::main -> tea_shop::stock::shelf::Stock::new
        tea_shop::main::show -> tea_shop::labels::Label::shout ~
        tea_shop::prices::price_of -> tea_shop::prices::round
        tea_shop::sell -> tea_shop::prices::price_of
        tea_shop::sell -> tea_shop::stock::shelf::Stock::len ~
        tea_shop::sell -> tea_shop::stock::shelf::Stock::take ~
        tea_shop::stock::Item::label -> tea_shop::labels::f64::label ~
        tea_shop::stock::Item::label -> tea_shop::stock::Kind::word ~
        tea_shop::stock::shelf::Stock::add -> log::info
        tea_shop::stock::shelf::Stock::add -> shop_tools::System::now ~
        tea_shop::stock::shelf::Stock::add -> std::collections::HashMap::entry ~
        tea_shop::stock::shelf::Stock::add -> std::collections::hash_map::Entry::or_default ~
        tea_shop::stock::shelf::Stock::len -> std::collections::HashMap::values ~
        tea_shop::stock::shelf::Stock::new -> shop_tools::Kept::new
        tea_shop::stock::shelf::Stock::new -> std::collections::HashMap::new
        tea_shop::stock::shelf::Stock::take -> std::collections::HashMap::get_mut ~
        tea_shop::stock::shelf::Stock::worth -> shop_tools::total
        tea_shop::stock::shelf::Stock::worth -> std::collections::HashMap::values ~
        tea_shop::stock::shelf::Stock::worth -> tea_shop::stock::Item::at ~
        tea_shop::tests::filled -> tea_shop::stock::Item::named
        tea_shop::tests::filled -> tea_shop::stock::shelf::Stock::add ~
        tea_shop::tests::filled -> tea_shop::stock::shelf::Stock::new
        tea_shop::tests::labels_begin_with_a_name -> tea_shop::stock::Item::label ~
        tea_shop::tests::labels_begin_with_a_name -> tea_shop::stock::Item::named
        tea_shop::tests::selling::a_missing_thing_cannot_be_sold -> tea_shop::sell
        tea_shop::tests::selling::a_missing_thing_cannot_be_sold -> tea_shop::stock::shelf::Stock::len ~
        tea_shop::tests::selling::a_missing_thing_cannot_be_sold -> tea_shop::tests::selling::common::open_shop
        tea_shop::tests::selling::common::open_shop -> tea_shop::stock::Item::named
        tea_shop::tests::selling::common::open_shop -> tea_shop::stock::shelf::Stock::add ~
        tea_shop::tests::selling::common::open_shop -> tea_shop::stock::shelf::Stock::new
        tea_shop::tests::sells_what_is_there -> tea_shop::sell
        tea_shop::tests::sells_what_is_there -> tea_shop::tests::filled
        """
    )


def test_struct_literals_tuple_structs_and_variants_make_objects(shop: Built) -> None:
    assert shortened(shop, "instantiates") == lines_of(
        """
        shop_tools::Kept::new -> shop_tools::Kept
        tea_shop::stock::Item::named -> tea_shop::stock::Item
        tea_shop::stock::shelf::Stock::new -> tea_shop::stock::shelf::Stock
        tea_shop::stock::shelf::Stock::take -> tea_shop::Error
        """
    )


def test_fields_constants_and_variants_are_referenced(shop: Built) -> None:
    assert shortened(shop, "references") == lines_of(
        """
        shop_tools::Clock::tomorrow -> shop_tools::Clock::DAY
        tea_shop::Error::fmt -> tea_shop::Error
        tea_shop::Error::fmt -> tea_shop::Error::Broken
        tea_shop::Error::fmt -> tea_shop::Error::Closed
        tea_shop::Error::fmt -> tea_shop::Error::Missing
        tea_shop::main::main -> shop_tools::System
        tea_shop::main::main -> tea_shop::stock::Item
        tea_shop::main::main -> tea_shop::stock::shelf::Stock
        tea_shop::prices::price_of -> tea_shop::stock::Item::price ~
        tea_shop::sell -> tea_shop::Error
        tea_shop::sell -> tea_shop::Error::Closed
        tea_shop::sell -> tea_shop::MOST
        tea_shop::stock::Item::USUAL -> tea_shop::stock::Kind
        tea_shop::stock::Item::USUAL -> tea_shop::stock::Kind::Piece
        tea_shop::stock::Item::at -> tea_shop::stock::Item::price
        tea_shop::stock::Item::label -> tea_shop::stock::Item::kind
        tea_shop::stock::Item::label -> tea_shop::stock::Item::name
        tea_shop::stock::Item::label -> tea_shop::stock::Item::price
        tea_shop::stock::Item::named -> tea_shop::stock::Item::USUAL
        tea_shop::stock::Item::named -> tea_shop::stock::Item::kind ~
        tea_shop::stock::Item::named -> tea_shop::stock::Item::name ~
        tea_shop::stock::Item::named -> tea_shop::stock::Item::price ~
        tea_shop::stock::Kind::word -> tea_shop::stock::Kind::Piece
        tea_shop::stock::Kind::word -> tea_shop::stock::Kind::Weight
        tea_shop::stock::shelf::Stock::add -> tea_shop::stock::Item::name ~
        tea_shop::stock::shelf::Stock::add -> tea_shop::stock::shelf::Stock::clock
        tea_shop::stock::shelf::Stock::add -> tea_shop::stock::shelf::Stock::items
        tea_shop::stock::shelf::Stock::len -> tea_shop::stock::shelf::Stock::items
        tea_shop::stock::shelf::Stock::new -> shop_tools::Kept
        tea_shop::stock::shelf::Stock::new -> shop_tools::System
        tea_shop::stock::shelf::Stock::new -> tea_shop::stock::shelf::Stock::clock ~
        tea_shop::stock::shelf::Stock::new -> tea_shop::stock::shelf::Stock::items ~
        tea_shop::stock::shelf::Stock::take -> tea_shop::Error
        tea_shop::stock::shelf::Stock::take -> tea_shop::Error::Missing
        tea_shop::stock::shelf::Stock::take -> tea_shop::stock::shelf::Stock::items
        tea_shop::stock::shelf::Stock::worth -> tea_shop::stock::Item::name ~
        tea_shop::stock::shelf::Stock::worth -> tea_shop::stock::Item::price ~
        tea_shop::stock::shelf::Stock::worth -> tea_shop::stock::shelf::Stock::items
        tea_shop::tests::filled -> tea_shop::stock::Item
        tea_shop::tests::filled -> tea_shop::stock::shelf::Stock
        tea_shop::tests::labels_begin_with_a_name -> tea_shop::stock::Item
        tea_shop::tests::selling::common::open_shop -> tea_shop::stock::Item
        tea_shop::tests::selling::common::open_shop -> tea_shop::stock::shelf::Stock
        """
    )


def test_types_are_used_where_they_are_named(shop: Built) -> None:
    assert shortened(shop, "uses_type") == lines_of(
        """
        shop_tools::Kept::new -> shop_tools::Kept
        shop_tools::timed -> shop_tools::Clock
        tea_shop::Error::Broken -> tea_shop::stock::Item
        tea_shop::Error::fmt -> std::fmt::Formatter
        tea_shop::Error::fmt -> std::fmt::Result
        tea_shop::Result -> tea_shop::Error
        tea_shop::main::describe -> tea_shop::labels::Label
        tea_shop::main::main -> tea_shop::Result
        tea_shop::main::show -> tea_shop::labels::Label
        tea_shop::prices::price_of -> tea_shop::stock::Item
        tea_shop::sell -> tea_shop::Result
        tea_shop::sell -> tea_shop::stock::shelf::Stock
        tea_shop::stock::Item::USUAL -> tea_shop::stock::Kind
        tea_shop::stock::Item::at -> tea_shop::stock::Item
        tea_shop::stock::Item::kind -> tea_shop::stock::Kind
        tea_shop::stock::Item::named -> tea_shop::stock::Item
        tea_shop::stock::shelf::Stock::add -> tea_shop::stock::Item
        tea_shop::stock::shelf::Stock::clock -> shop_tools::Kept
        tea_shop::stock::shelf::Stock::clock -> shop_tools::System
        tea_shop::stock::shelf::Stock::items -> std::collections::HashMap
        tea_shop::stock::shelf::Stock::items -> tea_shop::stock::Item
        tea_shop::stock::shelf::Stock::new -> tea_shop::stock::shelf::Stock
        tea_shop::stock::shelf::Stock::take -> tea_shop::Result
        tea_shop::stock::shelf::Stock::take -> tea_shop::stock::Item
        tea_shop::tests::filled -> tea_shop::stock::shelf::Stock
        tea_shop::tests::selling::common::open_shop -> tea_shop::stock::shelf::Stock
        """
    )


def test_tests_reach_the_code_through_their_helpers(shop: Built) -> None:
    assert shortened(shop, "tests") == lines_of(
        """
        tea_shop::tests::labels_begin_with_a_name -> tea_shop::stock::Item::label ~
        tea_shop::tests::labels_begin_with_a_name -> tea_shop::stock::Item::named
        tea_shop::tests::selling::a_missing_thing_cannot_be_sold -> tea_shop::sell
        tea_shop::tests::selling::a_missing_thing_cannot_be_sold -> tea_shop::stock::shelf::Stock::len ~
        tea_shop::tests::sells_what_is_there -> tea_shop::sell
        tea_shop::tests::sells_what_is_there -> tea_shop::stock::Item::named ~
        tea_shop::tests::sells_what_is_there -> tea_shop::stock::shelf::Stock::add ~
        tea_shop::tests::sells_what_is_there -> tea_shop::stock::shelf::Stock::new ~
        """
    )


def test_imports_are_resolved_across_the_crates_of_a_workspace(shop: Built) -> None:
    assert shortened(shop, "imports", "depends_on") == lines_of(
        """
        shop/src/lib.rs -> shop/src/stock/mod.rs
        shop/src/lib.rs -> shop/src/stock/shelf.rs
        shop/src/lib.rs -> shop/src/words.rs
        shop/src/main.rs -> shop/src/lib.rs
        shop/src/main.rs -> shop/src/stock/mod.rs
        shop/src/main.rs -> shop/src/stock/shelf.rs
        shop/src/main.rs -> shop/src/words.rs
        shop/src/main.rs -> tools/src/lib.rs
        shop/src/stock/mod.rs -> shop/src/stock/shelf.rs
        shop/src/stock/mod.rs -> shop/src/words.rs
        shop/src/stock/shelf.rs -> shop/src/lib.rs
        shop/src/stock/shelf.rs -> shop/src/stock/mod.rs
        shop/src/stock/shelf.rs -> tools/src/lib.rs
        shop/tests/common/mod.rs -> shop/src/stock/mod.rs
        shop/tests/common/mod.rs -> shop/src/stock/shelf.rs
        shop/tests/selling.rs -> shop/src/lib.rs
        shop/tests/selling.rs -> shop/src/stock/shelf.rs
        shop/tests/selling.rs -> shop/tests/common/mod.rs
        shop_tools -> std::ops::Deref
        tea_shop -> std::fmt
        tea_shop -> tea_shop::labels
        tea_shop -> tea_shop::labels::Label
        tea_shop -> tea_shop::stock
        tea_shop -> tea_shop::stock::Item
        tea_shop -> tea_shop::stock::shelf::Stock
        tea_shop::main -> tea_shop::Result
        tea_shop::main -> tea_shop::labels::Label
        tea_shop::main -> tea_shop::sell
        tea_shop::main -> tea_shop::stock::Item
        tea_shop::main -> tea_shop::stock::shelf::Stock
        tea_shop::stock -> tea_shop::labels::Label
        tea_shop::stock -> tea_shop::stock::Kind
        tea_shop::stock -> tea_shop::stock::shelf
        tea_shop::stock -> tea_shop::stock::shelf::Stock
        tea_shop::stock::shelf -> log::info
        tea_shop::stock::shelf -> serde::Serialize
        tea_shop::stock::shelf -> shop_tools::Clock
        tea_shop::stock::shelf -> shop_tools::Kept
        tea_shop::stock::shelf -> shop_tools::System
        tea_shop::stock::shelf -> shop_tools::total
        tea_shop::stock::shelf -> std::collections::HashMap
        tea_shop::stock::shelf -> tea_shop::Error
        tea_shop::stock::shelf -> tea_shop::Result
        tea_shop::stock::shelf -> tea_shop::stock::Item
        tea_shop::tests::selling -> tea_shop::sell
        tea_shop::tests::selling -> tea_shop::tests::selling::common
        tea_shop::tests::selling -> tea_shop::tests::selling::common::open_shop
        tea_shop::tests::selling::common -> tea_shop::stock::Item
        tea_shop::tests::selling::common -> tea_shop::stock::shelf::Stock
        """
    )


def test_signatures_docs_visibility_and_parameters(shop: Built) -> None:
    at = shop.node("tea_shop::stock::Item::at")
    assert (at.signature, at.docstring) == ("pub fn at(mut self, price: f64) -> Item", "The same at another price.")
    assert [(item.name, item.kind, item.annotation) for item in at.parameters or ()] == [("price", "positional", "f64")]
    system = shop.node("shop_tools::System")
    assert (system.start_line, system.end_line) == (23, 24)
    assert system.decorators == ("derive(Debug, Clone, Default)",)
    assert shop.node("shop_tools::Kept").signature == "pub struct Kept<T>(T)"
    assert shop.node("tea_shop::prices").docstring == "Prices of things."
    assert shop.node("tea_shop", "module").docstring == "A shop for tea."
    assert shop.node("tea_shop::Error::Missing").docstring == "Nobody sells it."
    visible = {
        name: shop.node(f"tea_shop::{name}").visibility for name in ("sell", "prices::price_of", "prices::round")
    }
    assert visible == {"sell": "public", "prices::price_of": "package", "prices::round": "private"}
    assert shop.node("tea_shop::tests::filled").is_test


def test_modules_contain_modules(shop: Built) -> None:
    inner = {dst for src, dst in shop.edges("contains") if src == "tea_shop"}
    assert {"tea_shop::stock", "tea_shop::labels", "tea_shop::prices", "tea_shop::main"} <= inner
    assert ("tea_shop::stock", "tea_shop::stock::shelf") in shop.edges("contains")


def test_what_is_used_of_others_has_a_node_of_its_own(shop: Built) -> None:
    names = {node.qualified_name for node in shop.graph.externals.values()}
    assert {"log::info", "serde::Serialize", "std::collections::HashMap::new", "std::fmt::Display"} <= names
    assert not {name for name in names if name.partition("::")[0] in {"Vec", "Option", "String", "println!"}}


def test_the_order_of_files_does_not_matter(shop: Built) -> None:
    turned = build_texts(dict(reversed(texts_of("rust").items())))
    assert (turned.nodes, turned.rows) == (shop.nodes, shop.rows)


def test_nested_lists_aliases_and_wildcards_of_use_are_followed() -> None:
    built = build(
        """
        mod a;
        use a::{b::{self, g as h}, f};
        use a::c::*;
        fn top() { f(); h(); b::k(); in_c(); self::a::f(); crate::a::b::g(); }
        """,
        a="pub mod b; pub mod c; pub fn f() { self::b::g(); }",
        a__b="pub fn g() { super::f(); super::super::top(); } pub fn k() {}",
        a__c="pub fn in_c() {}",
    )
    assert shortened(built, "calls", prefix="m::") == lines_of(
        """
        top -> a::f
        top -> a::b::g
        top -> a::b::k
        top -> a::c::in_c
        a::f -> a::b::g
        a::b::g -> a::f
        a::b::g -> top
        """
    )


def test_an_inner_module_sees_nothing_of_the_outer_one_without_use() -> None:
    built = build("fn f() {} mod a { fn g() { f(); } } mod b { use super::*; fn g() { f(); } }")
    assert shortened(built, "calls", prefix="m::") == lines_of("a::g -> …f ?\nb::g -> f")


def test_a_module_and_a_function_may_share_a_name() -> None:
    built = build("mod run; use run::run; fn f() { run(); run::stop(); }", run="pub fn run() {} pub fn stop() {}")
    assert built.out("m::f", "calls") == {"m::run::run": "exact", "m::run::stop": "exact"}


def test_a_variable_may_be_declared_by_what_it_hides() -> None:
    built = build(
        """
        struct A; impl A { fn a(&self) -> B { B } }
        struct B; impl B { fn b(&self) {} }
        fn turn(x: &A) -> B { x.a() }
        fn f(x: A) {
            let x = turn(&x
                .same());
            x.b();
            let turn = turn(&A);
            turn.b();
        }
        impl A { fn same(&self) -> &A { self } }
        """
    )
    assert built.out("m::f", "calls") == {"m::turn": "exact", "m::A::same": "inferred", "m::B::b": "inferred"}


def test_options_results_and_boxes_are_looked_through() -> None:
    built = build(
        """
        use std::sync::{Arc, Mutex};
        struct T; impl T { fn f(&self) {} }
        type Res<X> = Result<X, String>;
        fn make() -> Res<Option<Box<T>>> { Ok(None) }
        struct S { all: Vec<Arc<Mutex<T>>>, pair: (u8, Option<T>) }
        fn question() -> Res<()> { make()?.unwrap().f(); Ok(()) }
        fn pattern() { if let Ok(Some(t)) = make() { t.f(); } }
        fn arm() { match make() { Ok(Some(t)) => t.f(), _ => {} } }
        fn lock(s: &S) { for t in s.all.iter() { t.lock().unwrap().f(); } }
        fn closure(s: &S) { s.all.first().map(|t| t.lock().unwrap().f()); s.pair.1.as_ref().map(|t| t.f()); }
        fn boxed() { let t = Arc::new(Box::new(T)); t.f(); }
        """
    )
    found = {src for src, dst in built.edges("calls") if dst == "m::T::f"}
    assert found == {f"m::{name}" for name in ("question", "pattern", "arm", "lock", "closure", "boxed")}


def test_what_variants_and_tuple_structs_hold_has_its_type() -> None:
    built = build(
        """
        struct T; impl T { fn f(&self) {} }
        struct Id(T);
        enum E { One(T), Two { t: T }, Three }
        fn new() -> E { E::One(T) }
        fn two() -> E { E::Two { t: T } }
        fn by_place(e: E) { match e { E::One(t) => t.f(), E::Three => {} _ => {} } }
        fn by_name(e: E) { if let E::Two { t } = e { t.f(); } }
        fn field(id: Id) { id.0.f(); let Id(t) = id; t.f(); }
        """
    )
    assert {src for src, dst in built.edges("calls") if dst == "m::T::f"} == {"m::by_place", "m::by_name", "m::field"}
    assert built.out("m::new", "instantiates", "references") == {"m::E": "exact", "m::E::One": "exact", "m::T": "exact"}
    assert built.out("m::two", "instantiates") == {"m::E": "exact"}
    assert "m::E::Three" in built.out("m::by_place", "references")


def test_bounds_say_what_a_type_parameter_can_do() -> None:
    built = build(
        """
        trait Say { fn say(&self); fn new() -> Self; }
        struct Box2<S> { inner: S }
        impl<S: Say> Box2<S> { fn go(&self) { self.inner.say(); } fn get(&self) -> &S { &self.inner } }
        fn plain<T: Clone + Say>(t: T) { t.say(); T::new(); }
        fn opaque(t: &impl Say, u: Box<dyn Say>) { t.say(); u.say(); }
        struct Cat; impl Cat { fn purr(&self) {} }
        fn filled(cat: Box2<Cat>) { cat.get().purr(); }
        impl<T: Say> Say for &T { fn say(&self) { (**self).say() } fn new() -> Self { loop {} } }
        """
    )
    calls = built.edges("calls")
    assert {src for src, dst in calls if dst == "m::Say::say"} == {
        "m::Box2::go", "m::plain", "m::opaque", "m::T::say"
    }  # fmt: skip
    assert ("m::plain", "m::Say::new") in calls
    assert built.out("m::filled", "calls") == {"m::Box2::get": "inferred", "m::Cat::purr": "inferred"}


def test_of_several_conversions_none_is_certain() -> None:
    built = build(
        """
        struct T;
        impl From<u8> for T { fn from(x: u8) -> T { T } }
        impl From<char> for T { fn from(x: char) -> T { T } }
        fn f() { T::from('a'); }
        """
    )
    assert built.out("m::f", "calls") == {"m::T::from": "ambiguous"}


def test_arguments_of_well_known_macros_are_read_and_others_left_alone() -> None:
    built = build(
        """
        fn f() -> u8 { 1 } fn g() -> u8 { 2 }
        macro_rules! mine { ($x:ident) => { $x() }; }
        fn known() { assert_eq!(f(), vec![g(); 2][0], "{}", format!("{}", f())); }
        fn other() { mine!(f); log::debug!(target: "x", %f()); println!("f()"); }
        """
    )
    assert built.out("m::known", "calls") == {"m::f": "exact", "m::g": "exact"}
    assert shortened(built, "calls", prefix="m::") >= lines_of("other -> mine")
    assert "m::f" not in built.out("m::other", "calls")


def test_text_that_macros_stand_in_is_kept_as_written() -> None:
    built = build('/// See `println!("x")`.\npub fn f() { println!("{}", 1); }\nstatic S: Vec<u8> = vec![1];\n')
    assert built.node("m::f").docstring == 'See `println!("x")`.'
    assert built.node("m::S").value == "vec![1]"


def test_attributes_of_the_source_decorate_and_those_of_others_too() -> None:
    built = build("#[tokio::main]\n#[inline]\nasync fn main() {}\n#[test]\nfn t() {}")
    assert shortened(built, "decorates") == {"tokio::main -> m::main"}


def test_types_of_others_may_be_given_methods() -> None:
    built = build(
        """
        trait Twice { fn twice(&self) -> String; }
        impl Twice for str { fn twice(&self) -> String { String::new() } }
        fn f(name: &str) { name.twice(); }
        """
    )
    assert built.out("m::f", "calls") == {"m::str::twice": "inferred"}


def test_a_syntax_error_loses_only_the_function_that_it_is_in() -> None:
    built = build("fn a() {}\nfn b() { let = ; }\nfn c() { a(); }\n")
    assert built.names("function") == ["m::a", "m::c"]
    assert built.out("m::c", "calls") == {"m::a": "exact"}


def test_deep_nesting_is_no_problem() -> None:
    built = build("fn g() {} fn f() { " + "{ (" * 3_000 + "g()" + ") }" * 3_000 + " }")
    assert built.out("m::f", "calls") == {"m::g": "exact"}


def test_source_without_manifests_is_named_by_its_folders() -> None:
    built = build_texts({"lib/src/lib.rs": "mod a; fn f() { a::g(); }", "lib/src/a.rs": "pub fn g() {}"})
    assert built.edges("calls") == {("lib::f", "lib::a::g")}


def test_a_name_may_be_a_keyword() -> None:
    built = build("struct T; impl T { fn r#try(&self) {} fn r#fn() {} } fn f(t: T) { t.r#try(); T::r#fn(); }")
    assert built.out("m::f", "calls") == {"m::T::try": "inferred", "m::T::fn": "exact"}

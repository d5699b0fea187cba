"""JavaScript, end to end: CommonJS, ES modules and JSX, read and linked, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened, texts_of


@pytest.fixture(scope="module")
def shop() -> Built:
    return build_folder("javascript")


def build(text: str, **more: str) -> Built:
    """A file `a.js`; more files by name, where `__` stands for a slash."""
    files = {f"{name.replace('__', '/')}.js": item for name, item in more.items()}
    return build_texts({"a.js": text, **files})


def test_every_definition_has_its_kind_and_full_name(shop: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name']}".replace("  ", " ")
        for row in shop.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        module lib/basket
        class function lib/basket.Basket
        method lib/basket.Basket.add
        method lib/basket.Basket.sum
        method lib/basket.Basket.empty
        module lib/index
        function lib/index.createShop
        variable var lib/index.shop
        method lib/index.shop.open
        method lib/index.shop.keep
        module lib/pricing
        variable const lib/pricing.RATE
        function lib/pricing.round
        function lib/pricing.discounted
        function lib/pricing.sumOf
        module test/shop.test
        variable const test/shop.test.Basket
        function test/shop.test.filled
        function suite test/shop.test.shop
        function setup test/shop.test.shop.beforeEach
        function suite test/shop.test.shop > opening
        function test test/shop.test.shop > opening > keeps the basket
        function test test/shop.test.shop > opening > sums ${'up'}
        function test test/shop.test.shop > total of %i
        module web/index
        function web/index.App
        function web/index.App.toggle
        class web/index.Row
        variable field web/index.Row.#count
        method web/index.Row.Line
        variable field web/index.Row.state
        method getter web/index.Row.size
        method web/index.Row.load
        method web/index.Row.render
        module web/parts
        function web/parts.label
        function web/parts.Price
        function generator web/parts.pages
        variable const web/parts.kept
        function web/parts.save
        variable default web/parts.default
        method web/parts.default.put
        """
    )


def test_functions_with_a_prototype_are_classes_that_inherit(shop: Built) -> None:
    assert shortened(shop, "inherits", "overrides") == lines_of(
        """
        lib/basket.Basket -> events.EventEmitter
        web/index.Row -> react.Component
        """
    )


def test_calls_are_resolved_through_modules_objects_prototypes_and_elements(shop: Built) -> None:
    assert shortened(shop, "calls") == lines_of(
        """
        lib/basket -> util.inherits
        lib/basket.Basket -> events.EventEmitter.call
        lib/basket.Basket -> uuid.v4
        lib/basket.Basket.add -> events.EventEmitter.emit ~
        lib/basket.Basket.sum -> events.EventEmitter.items.reduce ~
        lib/basket.Basket.sum -> lib/pricing.discounted
        lib/basket.Basket.sum -> lib/pricing.round
        lib/index.createShop -> lib/index.shop.open
        lib/index.shop.keep -> …this.baskets.push ?
        lib/index.shop.open -> lib/index.shop.keep
        lib/index.shop.open -> …basket.add ?
        lib/pricing.discounted -> lib/pricing.round
        lib/pricing.sumOf -> …each.sum ?
        test/shop.test.filled -> lib/basket.Basket.add ~
        test/shop.test.shop > opening > keeps the basket -> lib/index.createShop
        test/shop.test.shop > opening > sums ${'up'} -> lib/basket.Basket.sum ~
        test/shop.test.shop > total of %i -> lib/pricing.sumOf
        test/shop.test.shop > total of %i -> test/shop.test.filled
        test/shop.test.shop.beforeEach -> test/shop.test.filled
        web/index.App -> lib/basket.Basket.empty
        web/index.App -> lib/pricing.discounted
        web/index.App -> react.useState
        web/index.App -> web/index.Row.Line
        web/index.App -> web/parts.Price
        web/index.App.toggle -> …setOpen ?
        web/index.Row.Line -> web/parts.Price
        web/index.Row.load -> react.Component.toString ~
        web/index.Row.load -> web/parts.default.put
        web/index.Row.load -> web/parts.save
        web/index.Row.render -> web/index.Row.load
        web/parts.Price -> web/parts.label
        web/parts.default.put -> web/parts.label
        web/parts.default.put -> web/parts.save
        web/parts.label -> …text.trim ?
        """
    )


def test_new_and_elements_make_objects_of_classes(shop: Built) -> None:
    assert shortened(shop, "instantiates") == lines_of(
        """
        lib/basket.Basket.empty -> lib/basket.Basket
        test/shop.test.filled -> lib/basket.Basket
        web/index.App -> web/index.Row
        """
    )


def test_names_that_are_not_called_are_referenced(shop: Built) -> None:
    assert shortened(shop, "references") == lines_of(
        """
        lib/basket -> lib/basket.Basket
        lib/basket -> lib/pricing.discounted
        lib/basket.Basket -> events.EventEmitter.id ~
        lib/index -> lib/basket.Basket
        lib/index -> lib/index.createShop
        lib/index -> lib/pricing.sumOf
        lib/index.createShop -> lib/index.shop
        lib/pricing -> lib/pricing.round
        lib/pricing -> lib/pricing.sumOf
        lib/pricing.discounted -> lib/pricing.RATE
        test/shop.test.Basket -> lib/index.createShop
        test/shop.test.shop > total of %i -> lib/index.createShop
        web/index.App -> lib/basket.Basket
        web/index.App -> lib/index.createShop
        web/index.App -> web/index.App.toggle
        web/index.App -> web/index.Row
        web/index.Row.load -> web/index.Row.size
        web/index.Row.load -> web/parts.default
        web/index.Row.size -> web/index.Row
        web/index.Row.size -> web/index.Row.#count
        web/parts.pages -> lib/pricing.sumOf
        web/parts.save -> web/parts.kept
        """
    )


def test_documented_types_are_used(shop: Built) -> None:
    assert shortened(shop, "uses_type") == lines_of(
        """
        lib/index.createShop -> lib/basket.Basket
        """
    )


def test_tests_reach_the_code_through_set_up_and_helpers(shop: Built) -> None:
    assert shortened(shop, "tests") == lines_of(
        """
        test/shop.test.shop > opening > keeps the basket -> lib/index.createShop
        test/shop.test.shop > opening > sums ${'up'} -> lib/basket.Basket.sum ~
        test/shop.test.shop > total of %i -> lib/basket.Basket ~
        test/shop.test.shop > total of %i -> lib/basket.Basket.add ~
        test/shop.test.shop > total of %i -> lib/pricing.sumOf
        """
    )


def test_imports_of_all_kinds_name_what_is_exported(shop: Built) -> None:
    assert shortened(shop, "imports") == lines_of(
        """
        lib/basket -> events.EventEmitter
        lib/basket -> lib/pricing.discounted
        lib/basket -> lib/pricing.round
        lib/basket -> util.inherits
        lib/basket -> uuid
        lib/index -> lib/basket.Basket
        lib/index -> lib/pricing
        test/shop.test -> assert
        test/shop.test -> lib/index.createShop
        web/index -> lib/index.createShop
        web/index -> lib/pricing
        web/index -> react
        web/index -> react.useState
        web/index -> web/parts
        web/index -> web/parts.Price
        web/index -> web/parts.default
        web/index -> web/parts.label
        web/index -> web/parts.save
        web/parts -> lib/pricing.sumOf
        """
    )


def test_files_depend_on_the_files_that_define_what_they_use(shop: Built) -> None:
    assert shortened(shop, "depends_on") == lines_of(
        """
        lib/basket.js -> lib/pricing.js
        lib/index.js -> lib/basket.js
        lib/index.js -> lib/pricing.js
        test/shop.test.js -> lib/basket.js
        test/shop.test.js -> lib/index.js
        test/shop.test.js -> lib/pricing.js
        web/index.jsx -> lib/basket.js
        web/index.jsx -> lib/index.js
        web/index.jsx -> lib/pricing.js
        web/index.jsx -> web/parts.js
        web/parts.js -> lib/pricing.js
        """
    )


def test_signatures_docs_visibility_and_parameters(shop: Built) -> None:
    create = shop.node("lib/index.createShop")
    assert create.signature == "function createShop(basket)"
    assert create.docstring.startswith("Open a shop.\n\n@param {Basket} basket what is bought")
    assert (create.visibility, create.is_public) == ("public", True)
    discounted = shop.node("lib/pricing.discounted")
    assert [(item.name, item.kind, item.default) for item in discounted.parameters or ()] == [
        ("price", "positional", None), ("rate", "positional", "RATE"),
    ]  # fmt: skip
    more = shop.node("lib/pricing.sumOf")
    assert [item.kind for item in more.parameters or ()] == ["positional", "var_positional"]
    assert shop.node("web/index.App").signature == "function App({ basket = shop.Basket.empty() })"
    assert shop.node("lib/basket.Basket.add").signature == "Basket.prototype.add = function (item)"
    assert shop.node("lib/index.shop.open").signature == "open: function (basket)"
    assert shop.node("web/index.Row.#count").visibility == "private"
    assert shop.node("lib/pricing.RATE").visibility == "private"
    assert shop.node("web/index.Row").bases == ("React.Component",)


def test_a_test_is_called_by_its_title_in_its_suites(shop: Built) -> None:
    test = shop.node("test/shop.test.shop > opening > keeps the basket")
    assert (test.kind, test.variety, test.signature) == ("function", "test", "it('keeps the basket')")
    assert shop.node("test/shop.test.shop > opening").variety == "suite"
    assert shop.node("test/shop.test.shop.beforeEach").variety == "setup"


def test_the_order_of_files_does_not_matter(shop: Built) -> None:
    texts = texts_of("javascript")
    turned = build_texts(dict(reversed(texts.items())))
    assert (turned.nodes, turned.rows) == (shop.nodes, shop.rows)


def test_what_is_exported_by_assignment_is_found_whatever_its_form() -> None:
    built = build(
        """
        const all = require("./b");
        const whole = require("./c");
        const { one, two: second } = require("./b");
        require("./b").three();
        all.four.five(); whole(); whole.part(); one(); second();
        """,
        b="""
        exports.one = function () {};
        module.exports.two = two;
        function two() {}
        exports.three = () => 1;
        exports.four = require("./d");
        """,
        c="module.exports = function () {};\nmodule.exports.part = function () {};",
        d="const hidden = 1;\nmodule.exports = { five() {}, hidden };",
    )
    assert shortened(built, "calls") == lines_of(
        """
        a -> b.one
        a -> b.two
        a -> b.three
        a -> c.exports
        a -> c.part
        a -> d.five
        """
    )


def test_exports_are_handed_on_by_other_files() -> None:
    built = build(
        'import make, { far, near as close, all } from "./index";\nmake(); far(); close(); all.far();',
        index='export * from "./b";\nexport { near } from "./b/c";\nexport * as all from "./b";\n'
        'export { default } from "./b/c";',
        b__index="export const far = () => 1;",
        b__c="export default function () {}\nfunction inner() {}\nexport { inner as near };",
    )
    assert shortened(built, "calls") == lines_of(
        """
        a -> b/c.default
        a -> b/index.far
        a -> b/c.inner
        """
    )


def test_what_a_file_does_not_export_is_not_seen_in_others() -> None:
    built = build('import { hidden } from "./b";\nhidden();', b="function hidden() {}\nexport const x = 1;")
    assert built.open("a", "calls") == {"hidden": "ambiguous"}


def test_this_is_the_object_of_the_method_around_but_not_of_a_plain_function_in_it() -> None:
    built = build(
        """
        class A {
          run() { [1].forEach(() => this.step()); setTimeout(function () { this.other(); }); }
          step() {}
          other() {}
        }
        const o = { go() { this.stop(); }, stop: () => 1 };
        """
    )
    assert shortened(built, "calls") == lines_of("a.A.run -> a.A.step\na.A.run -> a.A.other ?\na.o.go -> a.o.stop")


def test_members_of_objects_are_not_names_in_the_scope_around() -> None:
    built = build("const o = { helper() {} };\nfunction f() { helper(); }\nf({ other() {} }); other();")
    assert shortened(built, "calls") == lines_of("a.f -> …helper ?\na -> a.f\na -> …other ?")


def test_a_static_method_and_one_of_the_same_name_are_told_apart() -> None:
    built = build("class A { static of() {} of() {} }\nfunction f() { A.of(); new A().of(); }")
    first, second = (row["node_id"] for row in built.nodes.to_pylist() if row["qualified_name"] == "a.A.of")
    found = {row["dst"]: row["confidence"] for row in built.rows if row["kind"] == "calls"}
    assert found == {first: "exact", second: "inferred"}


def test_a_variable_holds_what_it_is_given_later() -> None:
    built = build(
        "class A { go() {} }\nlet a;\nfunction set() { a = new A(); }\nfunction use() { let b; b = new A(); b.go(); }"
    )
    assert built.out("a.use", "calls") == {"a.A.go": "inferred"}


def test_functions_that_are_called_with_other_numbers_of_arguments_are_still_called() -> None:
    built = build("function f(a, b) {}\nf(); f(1, 2, 3);")
    assert built.edges("calls") == {("a", "a.f")}


def test_calls_of_what_hangs_on_results_from_outside_and_of_the_language_get_no_edges() -> None:
    built = build('import x from "x";\nx.y().z(); Math.max(1); "a".trim(); [1].map(String); console.log(x);')
    assert shortened(built, "calls") == {"a -> x.y"}


def test_a_syntax_error_loses_only_the_test_method_or_function_that_it_is_in() -> None:
    text = """
        describe('all', () => {
          it('one', () => {});
          it('two', () => {
            if ( { } f(;
          });
          it('three', () => {});
        });
        function broken( { return 1 }
        class A {
          ok() {}
          bad() { let = = 1; }
          fine() {}
        }
        """
    built = build_texts({"a.test.js": text})
    assert set(built.names("function")) == {"a.test.all", "a.test.all > one", "a.test.all > three"}
    assert set(built.names("method")) == {"a.test.A.ok", "a.test.A.fine"}


def test_deep_nesting_and_long_lines_are_read() -> None:
    deep = "x = " + "(" * 3_000 + "1" + ")" * 3_000 + ";\n"
    long = "y = [" + "f(1)," * 20_000 + "];\n"
    chain = "z = f" + ".g(1)" * 3_000 + ";\n"
    built = build(f"function f() {{}}\n{deep}{long}{chain}f();\n" + "if (1) {" * 500 + "f();" + "}" * 500)
    assert ("a", "a.f") in built.edges("calls")


def test_a_file_whose_name_begins_like_another_is_no_part_of_it() -> None:
    built = build("test();\nexport const x = 1;", **{"a.test": "export const y = 1;"})
    assert shortened(built, "calls") == set()

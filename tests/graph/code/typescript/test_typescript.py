"""TypeScript and TSX, end to end: a repository of two packages, read and linked, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened, texts_of


@pytest.fixture(scope="module")
def shop() -> Built:
    return build_folder("typescript")


def build(text: str, **more: str) -> Built:
    """A file `a.ts`; more files by name, where `__` stands for a slash."""
    files = {f"{name.replace('__', '/')}.ts": item for name, item in more.items()}
    return build_texts({"a.ts": text, **files})


def test_every_definition_has_its_kind_and_full_name(shop: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name'].removeprefix('packages/')}".replace("  ", " ")
        for row in shop.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        module core/src/index
        module core/src/internal/index
        function core/src/internal/index.round
        module namespace core/src/internal/index.format
        function core/src/internal/index.format.euro
        module core/src/item
        class abstract core/src/item.Base
        method constructor core/src/item.Base.constructor
        variable field core/src/item.Base.id
        variable field core/src/item.Base.made
        method abstract core/src/item.Base.price
        method core/src/item.Base.key
        class core/src/item.Item
        variable field core/src/item.Item.kind
        method constructor core/src/item.Item.constructor
        variable field core/src/item.Item.name
        variable field core/src/item.Item.cost
        method core/src/item.Item.price
        method core/src/item.Item.label
        method core/src/item.Item.parse
        module core/src/kinds
        class enum core/src/kinds.Kind
        variable enum_member core/src/kinds.Kind.Piece
        variable enum_member core/src/kinds.Kind.Weight
        class interface core/src/kinds.Labelled
        variable property core/src/kinds.Labelled.kind
        method core/src/kinds.Labelled.label
        class type core/src/kinds.Marks
        variable property core/src/kinds.Marks.first
        method core/src/kinds.Marks.print
        variable type_alias core/src/kinds.Maybe
        module core/src/logged
        function declaration core/src/logged.unlogged
        function core/src/logged.logged
        module core/src/store
        variable type_alias core/src/store.Found
        class core/src/store.Store
        variable field core/src/store.Store.items
        variable field core/src/store.Store.#open
        method core/src/store.Store.add
        method core/src/store.Store.first
        method getter core/src/store.Store.shared
        function core/src/store.find
        variable const core/src/store.labels
        method core/src/store.labels.all
        module ui/src/List
        class interface ui/src/List.Props
        variable property ui/src/List.Props.store
        variable property ui/src/List.Props.children
        function ui/src/List.useLabel
        function ui/src/List.List
        function ui/src/List.Row
        module ui/test/List.spec
        function test ui/test/List.spec.shows a label
        """
    )


def test_classes_and_interfaces_inherit_and_methods_override(shop: Built) -> None:
    assert shortened(shop, "inherits", "overrides", prefix="packages/") == lines_of(
        """
        core/src/item.Item -> core/src/item.Base
        core/src/item.Item -> core/src/kinds.Labelled
        core/src/item.Item.label -> core/src/kinds.Labelled.label
        core/src/item.Item.price -> core/src/item.Base.price
        core/src/kinds.Marks -> core/src/kinds.Labelled
        """
    )


def test_calls_are_resolved_through_packages_types_generics_and_callbacks(shop: Built) -> None:
    assert shortened(shop, "calls", prefix="packages/") == lines_of(
        """
        core/src/internal/index.format.euro -> core/src/internal/index.round
        core/src/item.Item.constructor -> core/src/item.Base.constructor
        core/src/item.Item.label -> core/src/item.Base.key
        core/src/item.Item.price -> core/src/internal/index.round
        core/src/store.Store -> core/src/logged.logged
        core/src/store.Store.add -> core/src/kinds.Labelled.label ~
        core/src/store.find -> core/src/item.Item.parse
        core/src/store.find -> core/src/item.Item.price ~
        core/src/store.find -> core/src/store.Store.add ~
        core/src/store.find -> core/src/store.Store.first ~
        core/src/store.labels.all -> core/src/item.Item.label ~
        ui/src/List.List -> core/src/store.Store.first ~
        ui/src/List.List -> ui/src/List.Row
        ui/src/List.List -> ui/src/List.useLabel
        ui/src/List.Row -> core/src/internal/index.format.euro
        ui/src/List.Row -> core/src/item.Base.price ~
        ui/src/List.Row -> core/src/item.Item.price ~
        ui/src/List.Row -> core/src/store.find
        ui/src/List.useLabel -> core/src/item.Item.label ~
        ui/src/List.useLabel -> react.useMemo
        ui/test/List.spec.shows a label -> core/src/item.Item.label ~
        ui/test/List.spec.shows a label -> core/src/item.Item.parse
        ui/test/List.spec.shows a label -> ui/src/List.List
        ui/test/List.spec.shows a label -> vitest.expect
        ui/test/List.spec.shows a label -> vitest.vi.fn
        """
    )


def test_new_makes_objects(shop: Built) -> None:
    assert shortened(shop, "instantiates", prefix="packages/") == lines_of(
        """
        core/src/item.Item.parse -> core/src/item.Item
        core/src/store.Store.shared -> core/src/store.Store
        """
    )


def test_fields_members_of_enums_and_accessors_are_referenced(shop: Built) -> None:
    assert shortened(shop, "references", prefix="packages/") == lines_of(
        """
        core/src/item.Base.key -> core/src/item.Base.id
        core/src/item.Item.kind -> core/src/kinds.Kind
        core/src/item.Item.kind -> core/src/kinds.Kind.Piece
        core/src/item.Item.price -> core/src/item.Item.cost
        core/src/store.Store.add -> core/src/store.Store.items
        core/src/store.Store.first -> core/src/store.Store.items
        core/src/store.Store.shared -> core/src/store.Store
        core/src/store.Store.shared -> core/src/store.Store.#open
        core/src/store.find -> core/src/item.Item
        core/src/store.find -> core/src/store.Store
        core/src/store.find -> core/src/store.Store.shared
        core/src/store.labels -> core/src/store.find
        ui/src/List.Row -> core/src/kinds.Kind
        ui/src/List.Row -> core/src/kinds.Kind.Piece
        ui/src/List.Row -> core/src/store.labels
        ui/test/List.spec.shows a label -> core/src/item.Item
        """
    )


def test_types_are_used_where_they_are_named(shop: Built) -> None:
    assert shortened(shop, "uses_type", prefix="packages/") == lines_of(
        """
        core/src/item.Item.kind -> core/src/kinds.Kind
        core/src/item.Item.parse -> core/src/item.Item
        core/src/kinds.Labelled.kind -> core/src/kinds.Kind
        core/src/store.Found -> core/src/item.Item
        core/src/store.Found -> core/src/kinds.Maybe
        core/src/store.Store -> core/src/kinds.Labelled
        core/src/store.Store.#open -> core/src/item.Item
        core/src/store.Store.#open -> core/src/store.Store
        core/src/store.Store.shared -> core/src/item.Item
        core/src/store.Store.shared -> core/src/store.Store
        core/src/store.find -> core/src/store.Found
        core/src/store.labels.all -> core/src/item.Item
        ui/src/List.List -> ui/src/List.Props
        ui/src/List.Props.children -> react.ReactNode
        ui/src/List.Props.store -> core/src/item.Item
        ui/src/List.Props.store -> core/src/store.Store
        ui/src/List.Row -> core/src/item.Base
        ui/src/List.useLabel -> core/src/item.Item
        """
    )


def test_decorators_decorate(shop: Built) -> None:
    assert shortened(shop, "decorates", prefix="packages/") == lines_of(
        "core/src/logged.logged -> core/src/store.Store.add"
    )


def test_tests_reach_what_they_call_and_render(shop: Built) -> None:
    assert shortened(shop, "tests", prefix="packages/") == lines_of(
        """
        ui/test/List.spec.shows a label -> core/src/item.Item.label ~
        ui/test/List.spec.shows a label -> core/src/item.Item.parse
        ui/test/List.spec.shows a label -> ui/src/List.List
        """
    )


def test_specifiers_are_found_by_package_path_alias_and_suffix(shop: Built) -> None:
    assert shortened(shop, "imports", prefix="packages/") == lines_of(
        """
        core/src/index -> core/src/internal/index
        core/src/index -> core/src/item.Item
        core/src/index -> core/src/kinds.Kind
        core/src/index -> core/src/kinds.Labelled
        core/src/index -> core/src/store
        core/src/item -> core/src/internal/index.round
        core/src/item -> core/src/kinds.Kind
        core/src/item -> core/src/kinds.Labelled
        core/src/store -> core/src/item.Item
        core/src/store -> core/src/kinds.Labelled
        core/src/store -> core/src/kinds.Maybe
        core/src/store -> core/src/logged.logged
        ui/src/List -> core/src/internal/index
        ui/src/List -> core/src/item.Base
        ui/src/List -> core/src/item.Item
        ui/src/List -> core/src/kinds.Kind
        ui/src/List -> core/src/store.Store
        ui/src/List -> core/src/store.find
        ui/src/List -> core/src/store.labels
        ui/src/List -> react.ReactNode
        ui/src/List -> react.useMemo
        ui/test/List.spec -> core/src/item.Item
        ui/test/List.spec -> ui/src/List.List
        ui/test/List.spec -> vitest.expect
        ui/test/List.spec -> vitest.test
        ui/test/List.spec -> vitest.vi
        """
    )


def test_files_depend_on_the_files_that_define_what_they_use(shop: Built) -> None:
    assert shortened(shop, "depends_on", prefix="packages/") == lines_of(
        """
        core/src/index.ts -> core/src/internal/index.ts
        core/src/index.ts -> core/src/item.ts
        core/src/index.ts -> core/src/kinds.ts
        core/src/index.ts -> core/src/store.ts
        core/src/item.ts -> core/src/internal/index.ts
        core/src/item.ts -> core/src/kinds.ts
        core/src/store.ts -> core/src/item.ts
        core/src/store.ts -> core/src/kinds.ts
        core/src/store.ts -> core/src/logged.js
        ui/src/List.tsx -> core/src/internal/index.ts
        ui/src/List.tsx -> core/src/item.ts
        ui/src/List.tsx -> core/src/kinds.ts
        ui/src/List.tsx -> core/src/store.ts
        ui/test/List.spec.tsx -> core/src/item.ts
        ui/test/List.spec.tsx -> ui/src/List.tsx
        """
    )


def test_signatures_visibility_and_parameters(shop: Built) -> None:
    parse = shop.node("packages/core/src/item.Item.parse")
    assert parse.signature == "static parse(text: string, cost = 0): Item"
    label = shop.node("packages/core/src/kinds.Labelled.label")
    assert [(item.name, item.annotation, item.default) for item in label.parameters or ()] == [("mark", "string", "?")]
    assert shop.node("packages/core/src/item.Base.constructor").visibility == "protected"
    assert shop.node("packages/core/src/item.Item.cost").visibility == "private"
    assert shop.node("packages/core/src/item.Item").bases == ("Base", "Labelled")
    assert shop.node("packages/core/src/store.Store.add").decorators == ("logged()",)
    assert shop.node("packages/core/src/kinds.Kind").docstring == "How things are sold."
    assert shop.node("packages/core/src/store.labels.all").signature == "all: (items: Item[]) =>"


def test_what_is_only_declared_is_a_declaration_and_what_has_code_is_one_definition(shop: Built) -> None:
    assert shop.node("packages/core/src/logged.unlogged").variety == "declaration"
    assert shop.node("packages/core/src/logged.logged").path == "packages/core/src/logged.js"


def test_the_order_of_files_does_not_matter(shop: Built) -> None:
    texts = texts_of("typescript")
    turned = build_texts(dict(reversed(texts.items())))
    assert (turned.nodes, turned.rows) == (shop.nodes, shop.rows)


def test_a_type_and_a_value_may_share_a_name() -> None:
    built = build(
        """
        export interface Shape<T> { area(): T }
        export const Shape = { of(): Shape<number> { return null as any; } };
        export interface Square extends Shape<number> {}
        function f(s: Square) { Shape.of().area(); s.area(); }
        """
    )
    assert built.edges("inherits") == {("a.Square", "a.Shape")}
    assert built.out("a.f", "calls") == {"a.Shape.of": "exact", "a.Shape.area": "inferred"}


def test_parts_of_an_interface_are_one_and_namespaces_have_members() -> None:
    built = build(
        """
        import { util } from "./b";
        interface Box { a(): void }
        interface Box { b(): void }
        function f(box: Box) { box.a(); box.b(); util.help(); }
        """,
        b="export namespace util { export const help = () => inner(); function inner() {} }",
    )
    assert sorted(built.names("class")) == ["a.Box"]
    assert shortened(built, "calls") == lines_of(
        """
        a.f -> a.Box.a ~
        a.f -> a.Box.b ~
        a.f -> b.util.help
        b.util.help -> b.util.inner
        """
    )


def test_unions_with_nothing_promises_and_utility_types_are_what_they_hold() -> None:
    built = build(
        """
        class A { go(): void {} }
        async function get(): Promise<A | undefined> { return undefined; }
        async function f(a: Readonly<A> | null, list: ReadonlyArray<A>, map: Map<string, A[]>) {
          a!.go();
          (await get())?.go();
        }
        function g(list: ReadonlyArray<A>) { list.filter(Boolean).forEach((each) => each.go()); }
        function h(map: Map<string, A[]>) { for (const [each] of map.get("x") ?? []) each; map.get("y")![0].go(); }
        function i(a: A | Date) { a.go(); }
        """
    )
    assert shortened(built, "calls") == lines_of(
        """
        a.f -> a.A.go ~
        a.f -> a.get
        a.g -> a.A.go ~
        a.h -> a.A.go ~
        a.i -> a.A.go ?
        """
    )


def test_a_method_that_gives_this_gives_the_object_with_its_type_arguments() -> None:
    built = build(
        """
        class Item { sell() {} }
        class Box<T> { put(item: T): this { return this; } take(): T { throw 1; } }
        function f(box: Box<Item>) { box.put(new Item()).take().sell(); }
        """
    )
    assert built.out("a.f", "calls") == {"a.Box.put": "inferred", "a.Box.take": "inferred", "a.Item.sell": "inferred"}


def test_variance_and_exports_of_types_do_not_break_a_file() -> None:
    built = build(
        """
        export interface Box<
          // what is held
          out T = unknown,
          in out U extends string = string,
        > { get(): T }
        export type * from "./b";
        export default abstract class Top {}
        """,
        b="export interface B {}",
    )
    assert {"a.Box", "a.Top", "b.B"} <= set(built.names("class"))
    assert ("a", "b") in built.edges("imports")


def test_paths_are_inherited_from_the_configuration_that_is_extended() -> None:
    built = build_texts(
        {
            "tsconfig.json": '{"compilerOptions": {"paths": {"@lib/*": ["./shared/*"]}}}',
            "app/tsconfig.json": '{"extends": "../tsconfig.json", "compilerOptions": {"strict": true}}',
            "app/a.ts": 'import { f } from "@lib/b";\nf();',
            "shared/b.ts": "export function f() {}",
        }
    )
    assert built.edges("calls") == {("app/a", "shared/b.f")}


def test_conditional_exports_and_imports_of_a_package_lead_to_its_source() -> None:
    manifest = """{
        "name": "core", "imports": {"#deep": "./src/deep.ts"},
        "exports": {"./*": {"types": "./dist/*.d.ts", "default": "./dist/*.js"}}
    }"""
    built = build_texts(
        {
            "core/package.json": manifest,
            "core/src/deep.ts": "export function f() {}",
            "core/src/b.ts": 'import { f } from "#deep";\nf();',
            "app/a.ts": 'import { f } from "core/deep";\nf();',
        }
    )
    assert built.edges("calls") == {("core/src/b", "core/src/deep.f"), ("app/a", "core/src/deep.f")}


def test_a_module_of_node_is_never_a_file_of_the_source() -> None:
    built = build_texts(
        {
            "tsconfig.json": '{"compilerOptions": {"baseUrl": "."}}',
            "path.ts": "export const join = 1;",
            "a.ts": 'import { join } from "path";\njoin("a");',
        }
    )
    assert shortened(built, "imports") == {"a -> path.join"}
    assert built.edges("depends_on") == set()


def test_components_and_their_typed_props_are_resolved() -> None:
    built = build_texts(
        {
            "a.tsx": "class Api { load() {} }\nfunction Row({ api, ...rest }: { api: Api; n: number }) { api.load(); "
            "return <li {...rest} />; }\nexport const List = (props: { apis: Api[] }) => <ul><Row api={x} /></ul>;"
        }
    )
    assert shortened(built, "calls") == lines_of("a.Row -> a.Api.load ~\na.List -> a.Row")

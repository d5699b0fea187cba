"""Java, end to end: a build of two modules, read and linked, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened, texts_of


@pytest.fixture(scope="module")
def acme() -> Built:
    return build_folder("java")


def build(text: str, **more: str) -> Built:
    """The package p; more files by name."""
    files = {f"p/{name}.java": item for name, item in more.items()}
    return build_texts({"p/A.java": f"package p;\n{text}", **files})


def test_every_definition_has_its_kind_and_full_name(acme: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name'].removeprefix('com.acme.')}".replace("  ", " ")
        for row in acme.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        package app
        class app.Main
        class record app.Main.Entry
        variable field app.Main.Entry.key
        variable field app.Main.Entry.shape
        method constructor app.Main.Entry.Entry
        method app.Main.Entry.size
        variable field app.Main.known
        class app.Main.Drawer
        method app.Main.Drawer.draw
        method app.Main.log
        method app.Main.log
        method app.Main.main
        class anonymous app.Main.main.$1
        method app.Main.main.$1.run
        package paint
        class enum paint.Colour
        variable enum_member paint.Colour.RED
        class anonymous paint.Colour.RED.$1
        method paint.Colour.RED.$1.isWarm
        variable enum_member paint.Colour.BLUE
        variable field paint.Colour.label
        method constructor paint.Colour.Colour
        method paint.Colour.isWarm
        method paint.Colour.of
        class annotation paint.Named
        method paint.Named.value
        package shapes
        class shapes.AbstractShape
        variable field shapes.AbstractShape.made
        variable field shapes.AbstractShape.listeners
        variable field shapes.AbstractShape.colour
        method constructor shapes.AbstractShape.AbstractShape
        method constructor shapes.AbstractShape.AbstractShape
        method shapes.AbstractShape.colour
        method shapes.AbstractShape.recolour
        method shapes.AbstractShape.recolour
        class interface shapes.AbstractShape.Listener
        method shapes.AbstractShape.Listener.changed
        class shapes.Circle
        variable field shapes.Circle.radius
        method constructor shapes.Circle.Circle
        method shapes.Circle.area
        method shapes.Circle.scaled
        method shapes.Circle.unit
        class shapes.Maths
        method constructor shapes.Maths.Maths
        method shapes.Maths.square
        method shapes.Maths.total
        class interface shapes.Shape
        variable field shapes.Shape.UNIT
        method shapes.Shape.area
        method shapes.Shape.colour
        method shapes.Shape.compareTo
        class shapes.CircleTest
        variable field shapes.CircleTest.circle
        method shapes.CircleTest.make
        method shapes.CircleTest.scales
        method shapes.CircleTest.isComparedByArea
        method shapes.CircleTest.check
        """
    )


def test_classes_extend_and_implement_and_their_methods_override(acme: Built) -> None:
    assert shortened(acme, "inherits", "overrides", prefix="com.acme.") == lines_of(
        """
        paint.Colour.RED.$1 -> paint.Colour
        paint.Colour.RED.$1.isWarm -> paint.Colour.isWarm
        shapes.AbstractShape -> shapes.Shape
        shapes.AbstractShape.colour -> shapes.Shape.colour
        shapes.Circle -> shapes.AbstractShape
        shapes.Circle.area -> shapes.Shape.area
        """
    )


def test_calls_are_resolved_through_imports_inheritance_generics_and_overloads(acme: Built) -> None:
    assert shortened(acme, "calls", prefix="com.acme.") == lines_of(
        """
        app.Main.Drawer.draw -> app.Main.log ~
        app.Main.Drawer.draw -> java.util.Map.get ~
        app.Main.Drawer.draw -> shapes.Circle.area ~
        app.Main.Entry.size -> shapes.Shape.area ~
        app.Main.main -> app.Main.Drawer.draw ~
        app.Main.main -> app.Main.Entry.size ~
        app.Main.main -> app.Main.log ~
        app.Main.main -> java.util.Map.put ~
        app.Main.main -> java.util.function.Supplier.get ~
        app.Main.main -> shapes.Circle.scaled ~
        app.Main.main -> shapes.Circle.unit
        app.Main.main.$1.run -> app.Main.log ~
        shapes.AbstractShape.AbstractShape -> paint.Colour.of
        shapes.AbstractShape.AbstractShape -> shapes.AbstractShape.AbstractShape
        shapes.AbstractShape.recolour -> paint.Colour.of
        shapes.AbstractShape.recolour -> shapes.AbstractShape.Listener.changed ~
        shapes.AbstractShape.recolour -> shapes.AbstractShape.recolour ~
        shapes.Circle.Circle -> shapes.AbstractShape.AbstractShape
        shapes.Circle.area -> shapes.Maths.square
        shapes.Circle.scaled -> shapes.AbstractShape.colour
        shapes.CircleTest.check -> shapes.Shape.compareTo ~
        shapes.CircleTest.isComparedByArea -> org.junit.jupiter.api.Assertions.assertEquals
        shapes.CircleTest.isComparedByArea -> shapes.CircleTest.check
        shapes.CircleTest.make -> shapes.Circle.unit
        shapes.CircleTest.scales -> org.junit.jupiter.api.Assertions.assertEquals
        shapes.CircleTest.scales -> shapes.Circle.area ~
        shapes.CircleTest.scales -> shapes.Circle.scaled ~
        shapes.Maths.total -> shapes.Shape.area ~
        shapes.Shape.compareTo -> shapes.Shape.area
        """
    )


def test_new_makes_objects_and_annotations_decorate(acme: Built) -> None:
    assert shortened(acme, "instantiates", "decorates", prefix="com.acme.") == lines_of(
        """
        app.Main -> java.util.TreeMap
        app.Main.main -> app.Main
        app.Main.main -> app.Main.Drawer
        app.Main.main -> app.Main.Entry
        org.junit.jupiter.api.BeforeEach -> shapes.CircleTest.make
        org.junit.jupiter.api.Test -> shapes.CircleTest.isComparedByArea
        org.junit.jupiter.api.Test -> shapes.CircleTest.scales
        paint.Named -> app.Main
        shapes.AbstractShape -> java.util.ArrayList
        shapes.Circle.scaled -> shapes.Circle
        shapes.Circle.unit -> shapes.Circle
        shapes.CircleTest.isComparedByArea -> shapes.Circle
        """
    )


def test_fields_constants_and_method_references_are_referenced(acme: Built) -> None:
    assert shortened(acme, "references", prefix="com.acme.") == lines_of(
        """
        app.Main.Drawer.draw -> app.Main.known
        app.Main.Entry.Entry -> app.Main.Entry.key
        app.Main.Entry.size -> app.Main.Entry.shape
        app.Main.main -> app.Main.Entry.shape ~
        app.Main.main -> app.Main.known ~
        app.Main.main -> shapes.Circle
        app.Main.main -> shapes.Circle.unit
        paint.Colour.Colour -> paint.Colour.label
        paint.Colour.of -> java.util.Locale.ROOT
        shapes.AbstractShape.AbstractShape -> paint.Colour
        shapes.AbstractShape.AbstractShape -> shapes.AbstractShape.colour
        shapes.AbstractShape.AbstractShape -> shapes.AbstractShape.made
        shapes.AbstractShape.colour -> shapes.AbstractShape.colour
        shapes.AbstractShape.recolour -> paint.Colour
        shapes.AbstractShape.recolour -> shapes.AbstractShape.colour
        shapes.AbstractShape.recolour -> shapes.AbstractShape.listeners
        shapes.Circle.Circle -> shapes.Circle.radius
        shapes.Circle.area -> shapes.Circle.radius
        shapes.Circle.scaled -> shapes.Circle.radius
        shapes.Circle.unit -> paint.Colour
        shapes.Circle.unit -> paint.Colour.RED
        shapes.Circle.unit -> shapes.Shape.UNIT
        shapes.CircleTest.check -> shapes.CircleTest.circle
        shapes.CircleTest.isComparedByArea -> paint.Colour
        shapes.CircleTest.isComparedByArea -> paint.Colour.BLUE
        shapes.CircleTest.make -> shapes.Circle
        shapes.CircleTest.make -> shapes.CircleTest.circle
        shapes.CircleTest.scales -> shapes.CircleTest.circle
        shapes.Shape.colour -> paint.Colour
        shapes.Shape.colour -> paint.Colour.RED
        """
    )


def test_types_are_used_where_they_are_named(acme: Built) -> None:
    assert shortened(acme, "uses_type", prefix="com.acme.") == lines_of(
        """
        app.Main.Entry -> shapes.Shape
        app.Main.known -> java.util.Map
        app.Main.known -> shapes.Circle
        app.Main.main -> app.Main.Entry
        app.Main.main -> java.util.function.Supplier
        app.Main.main -> shapes.Circle
        paint.Colour.of -> paint.Colour
        shapes.AbstractShape.AbstractShape -> paint.Colour
        shapes.AbstractShape.Listener.changed -> shapes.Shape
        shapes.AbstractShape.colour -> paint.Colour
        shapes.AbstractShape.listeners -> java.util.List
        shapes.AbstractShape.listeners -> shapes.AbstractShape.Listener
        shapes.AbstractShape.recolour -> paint.Colour
        shapes.AbstractShape.recolour -> shapes.AbstractShape.Listener
        shapes.Circle.Circle -> paint.Colour
        shapes.Circle.scaled -> shapes.Circle
        shapes.Circle.unit -> shapes.Circle
        shapes.CircleTest.check -> shapes.Shape
        shapes.CircleTest.circle -> shapes.Circle
        shapes.Maths.total -> shapes.Shape
        shapes.Shape.colour -> paint.Colour
        shapes.Shape.compareTo -> shapes.Shape
        """
    )


def test_tests_reach_the_code_through_set_up_and_helpers(acme: Built) -> None:
    assert shortened(acme, "tests", prefix="com.acme.") == lines_of(
        """
        shapes.CircleTest.isComparedByArea -> shapes.Circle
        shapes.CircleTest.isComparedByArea -> shapes.Circle.unit ~
        shapes.CircleTest.isComparedByArea -> shapes.Shape.compareTo ~
        shapes.CircleTest.scales -> shapes.Circle.area ~
        shapes.CircleTest.scales -> shapes.Circle.scaled ~
        shapes.CircleTest.scales -> shapes.Circle.unit ~
        """
    )


def test_imports_name_packages_classes_and_static_members(acme: Built) -> None:
    assert shortened(acme, "imports", prefix="com.acme.") == lines_of(
        """
        app/src/main/java/com/acme/app/Main.java -> java.util.Map
        app/src/main/java/com/acme/app/Main.java -> java.util.TreeMap
        app/src/main/java/com/acme/app/Main.java -> java.util.function.Supplier
        app/src/main/java/com/acme/app/Main.java -> paint.Named
        app/src/main/java/com/acme/app/Main.java -> shapes
        core/src/main/java/com/acme/paint/Colour.java -> java.util.Locale
        core/src/main/java/com/acme/shapes/AbstractShape.java -> java.util.ArrayList
        core/src/main/java/com/acme/shapes/AbstractShape.java -> java.util.List
        core/src/main/java/com/acme/shapes/AbstractShape.java -> paint
        core/src/main/java/com/acme/shapes/Circle.java -> java.lang.Math.PI
        core/src/main/java/com/acme/shapes/Circle.java -> paint.Colour
        core/src/main/java/com/acme/shapes/Circle.java -> shapes.Maths.square
        core/src/main/java/com/acme/shapes/Shape.java -> paint.Colour
        core/src/test/java/com/acme/shapes/CircleTest.java -> org.junit.jupiter.api.Assertions.assertEquals
        core/src/test/java/com/acme/shapes/CircleTest.java -> org.junit.jupiter.api.BeforeEach
        core/src/test/java/com/acme/shapes/CircleTest.java -> org.junit.jupiter.api.Test
        core/src/test/java/com/acme/shapes/CircleTest.java -> paint.Colour
        """
    )


def test_files_depend_on_the_files_of_the_classes_that_they_use(acme: Built) -> None:
    found = {
        line.replace("app/src/main/java/com/acme/", "").replace("core/src/main/java/com/acme/", "")
        for line in shortened(acme, "depends_on")
    }
    assert found == lines_of(
        """
        app/Main.java -> paint/Named.java
        app/Main.java -> shapes/Circle.java
        app/Main.java -> shapes/Shape.java
        core/src/test/java/com/acme/shapes/CircleTest.java -> paint/Colour.java
        core/src/test/java/com/acme/shapes/CircleTest.java -> shapes/Circle.java
        core/src/test/java/com/acme/shapes/CircleTest.java -> shapes/Shape.java
        shapes/AbstractShape.java -> paint/Colour.java
        shapes/AbstractShape.java -> shapes/Shape.java
        shapes/Circle.java -> paint/Colour.java
        shapes/Circle.java -> shapes/AbstractShape.java
        shapes/Circle.java -> shapes/Maths.java
        shapes/Circle.java -> shapes/Shape.java
        shapes/Maths.java -> shapes/Shape.java
        shapes/Shape.java -> paint/Colour.java
        """
    )


def test_signatures_docs_visibility_and_parameters(acme: Built) -> None:
    shape = acme.node("com.acme.shapes.Shape")
    assert shape.signature == "public interface Shape extends Comparable<Shape>"
    assert shape.docstring == "Something that can be drawn.\n\n<p>Every shape has a colour."
    circle = acme.node("com.acme.shapes.Circle.Circle")
    assert circle.signature == "public Circle(double radius, Colour colour)"
    assert circle.docstring == "Makes a circle.\n\n@param radius how wide it is"
    assert [(item.name, item.annotation) for item in circle.parameters or ()] == [
        ("radius", "double"),
        ("colour", "Colour"),
    ]
    total = acme.node("com.acme.shapes.Maths.total")
    assert [(item.kind, item.annotation) for item in total.parameters or ()] == [("var_positional", "Shape")]
    assert acme.node("com.acme.shapes.Shape.compareTo").decorators == ("Override",)
    assert acme.node("com.acme.app.Main").decorators == ('Named("main")',)
    visible = {name: acme.node(f"com.acme.shapes.{name}").visibility for name in (
        "Shape.area", "AbstractShape.made", "AbstractShape.listeners", "Maths", "Circle.unit",
    )}  # fmt: skip
    assert visible == {
        "Shape.area": "public", "AbstractShape.made": "private", "AbstractShape.listeners": "protected",
        "Maths": "package", "Circle.unit": "public",
    }  # fmt: skip
    assert not acme.node("com.acme.shapes.AbstractShape.colour", "method").is_public


def test_the_order_of_files_does_not_matter(acme: Built) -> None:
    turned = build_texts(dict(reversed(texts_of("java").items())))
    assert (turned.nodes, turned.rows) == (acme.nodes, acme.rows)


def test_overloads_are_told_apart_by_number_then_type_of_arguments() -> None:
    built = build(
        """
        class Base {}
        class Sub extends Base {}
        class A {
            void f(int x) {}
            void f(String x) {}
            void f(Base x) {}
            void f(int x, int y) {}
            void use(Sub sub, Object thing) {
                f(1, 2);
                f("a" + 1);
                f(sub);
                f((Base) thing);
            }
            void unsure(java.util.function.Supplier<?> s) { f(s.get()); }
        }
        """
    )
    called = {
        (built.graph.nodes[row["src"]].name, built.graph.nodes[row["dst"]].signature, row["confidence"])
        for row in built.rows
        if row["kind"] == "calls" and row["dst"] in built.graph.nodes
    }
    assert called == {
        ("use", "void f(int x, int y)", "exact"),
        ("use", "void f(String x)", "inferred"),
        ("use", "void f(Base x)", "inferred"),
        ("unsure", "void f(int x)", "ambiguous"),
    }


def test_a_nested_class_sees_the_members_of_those_around_it() -> None:
    built = build(
        """
        class A extends B {
            int size;
            class Inner { int twice() { return size + own() + inherited(); } int own() { return 1; } }
        }
        class B { int inherited() { return 2; } int own() { return 3; } }
        """
    )
    assert shortened(built, "calls", "references", prefix="p.") == lines_of(
        """
        A.Inner.twice -> A.Inner.own
        A.Inner.twice -> B.inherited
        A.Inner.twice -> A.size
        """
    )


def test_a_variable_never_hides_a_method() -> None:
    built = build("class A { String name() { return null; } void f(String name) { name(); name.length(); } }")
    assert built.out("p.A.f", "calls") == {"p.A.name": "exact"}


def test_super_this_and_the_object_of_an_outer_class() -> None:
    built = build(
        """
        class B { B(int x) {} void f() {} }
        class A extends B {
            A() { super(1); }
            void f() { super.f(); this.g(); }
            void g() {}
            class C { void g() { A.this.g(); } }
        }
        interface I { default void h() {} }
        class D implements I { public void h() { I.super.h(); } }
        """
    )
    assert shortened(built, "calls", prefix="p.") == lines_of(
        """
        A.A -> B.B
        A.f -> B.f
        A.f -> A.g
        A.C.g -> A.g ~
        D.h -> I.h ~
        """
    )


def test_a_method_inherited_from_outside_is_called_by_the_name_of_its_class() -> None:
    built = build("import org.x.Base;\nclass A extends Base { void f() { run(); System.exit(1); Math.abs(2); } }")
    assert shortened(built, "calls", prefix="p.") == {"A.f -> org.x.Base.run ~"}


def test_patterns_loops_and_resources_bind_typed_names() -> None:
    built = build(
        """
        class T implements AutoCloseable { void f() {} public void close() {} static T make() { return null; } }
        class A {
            void instance(Object o) { if (o instanceof T t && true) t.f(); }
            void loop(T[][] all) { for (T[] row : all) for (var t : row) t.f(); }
            void resource() { try (var t = T.make()) { t.f(); } }
            void choose(Object o) { switch (o) { case T t -> t.f(); default -> {} } }
            void cast(Object o) { ((T) o).f(); }
            void made() { new T().f(); new T[] {null}[0].f(); }
        }
        """
    )
    callers = {src for src, dst in built.edges("calls", confidence="inferred") if dst == "p.T.f"}
    assert callers == {f"p.A.{name}" for name in ("instance", "loop", "resource", "choose", "cast", "made")}


def test_elements_of_library_containers_are_of_the_type_that_they_name() -> None:
    built = build(
        """
        import java.util.*;
        class T { void f() {} }
        class A {
            Map<String, List<T>> groups;
            void get() { groups.get("a").get(0).f(); }
            void stream(List<? extends T> list) { list.stream().findFirst().get().f(); }
            void each() { for (var entry : groups.values()) for (var t : entry) t.f(); }
        }
        """
    )
    assert {src for src, dst in built.edges("calls") if dst == "p.T.f"} == {"p.A.get", "p.A.stream", "p.A.each"}


def test_type_arguments_flow_through_inheritance_and_methods() -> None:
    built = build(
        """
        class Box<T> { T item; T get() { return item; } Box<T> same() { return this; } }
        class Names extends Box<Name> {}
        class Name { void shout() {} }
        class A {
            void direct(Box<Name> box) { box.same().get().shout(); }
            void inherited(Names names) { names.get().shout(); }
            void field(Names names) { names.item.shout(); }
            <N extends Name> void bound(N name) { name.shout(); }
        }
        """
    )
    callers = {src for src, dst in built.edges("calls") if dst == "p.Name.shout"}
    assert callers == {"p.A.direct", "p.A.inherited", "p.A.field", "p.A.bound"}


def test_a_lambda_takes_what_the_method_that_it_is_given_to_hands_out() -> None:
    built = build(
        """
        import java.util.*;
        import java.util.function.*;
        class T { void f() {} boolean g() { return true; } }
        interface Visitor<N> { void visit(N node, int depth); default void done() {} }
        class Tree<N> { void walk(Visitor<N> visitor) {} void each(Consumer<? super N> consumer) {} }
        class A {
            void stream(List<T> list) { list.stream().filter(t -> t.g()).forEach(t -> t.f()); }
            void map(Map<String, T> map) { map.forEach((key, value) -> value.f()); }
            void visitor(Tree<T> tree) { tree.walk((node, depth) -> { node.f(); }); }
            void consumer(Tree<T> tree) { tree.each(node -> node.f()); }
            void comparator(List<T> list) { list.sort((a, b) -> { b.f(); return 0; }); }
            void unknown(Object o) { run(x -> x.f()); }
        }
        """
    )
    callers = {src for src, dst in built.edges("calls", confidence="inferred") if dst == "p.T.f"}
    assert callers == {f"p.A.{name}" for name in ("stream", "map", "visitor", "consumer", "comparator")}


def test_an_import_may_name_a_class_in_a_class_and_full_names_need_none() -> None:
    built = build_texts(
        {
            "src/main/java/a/Outer.java": "package a; public class Outer { public static class In { void f() {} } }",
            "src/main/java/b/Use.java": """package b;
                import a.Outer.In;
                class Use { void f(In in) { in.f(); } a.Outer g() { return new a.Outer(); } }""",
        }
    )
    assert built.out("b.Use.f", "calls") == {"a.Outer.In.f": "inferred"}
    assert built.edges("instantiates") == {("b.Use.g", "a.Outer")}
    assert ("src/main/java/b/Use.java", "a.Outer.In") in built.edges("imports")


def test_junit_3_testng_and_annotated_tests_are_tests() -> None:
    files = {
        "src/main/java/p/A.java": "package p; class A { void f() {} }",
        "src/test/java/p/OldTest.java": "package p; class OldTest extends junit.framework.TestCase "
        "{ void testF() { new A().f(); } void helper() { new A().f(); } }",
        "src/test/java/p/NewTest.java": "package p; import org.testng.annotations.Test; "
        "class NewTest { @Test(enabled = true) void works() { new A().f(); } }",
    }
    built = build_texts(files)
    assert {src for src, dst in built.edges("tests") if dst == "p.A.f"} == {"p.OldTest.testF", "p.NewTest.works"}


def test_a_syntax_error_loses_only_the_method_that_it_is_in() -> None:
    built = build("class A { void a() {} void b() { int = ; } void c() { a(); } }")
    assert built.names("method") == ["p.A.a", "p.A.c"]
    assert built.out("p.A.c", "calls") == {"p.A.a": "exact"}

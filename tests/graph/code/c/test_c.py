"""C, end to end: a small library with its tests, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened

from synth.graph.code.c.headers import is_cpp


@pytest.fixture(scope="module")
def store() -> Built:
    return build_folder("c")


def row_of(built: Built, name: str) -> dict[str, object]:
    """The only node of a qualified name."""
    found = [row for row in built.nodes.to_pylist() if row["qualified_name"] == name]
    assert len(found) == 1, found
    return dict(found[0])


def test_every_definition_has_its_kind_and_full_name(store: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name']}".replace("  ", " ")
        for row in store.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        class enum store_limit
        class struct item
        class struct store
        class struct store_ops
        class struct store_stats
        function declaration store_size
        function file_close
        function file_open
        function helper
        function log_line
        function macro LOG
        function macro STORE_EACH
        function macro STORE_PUBLIC
        function main
        function setUp
        function store_add
        function store_new
        function test checked
        function test_adding
        variable const file_ops
        variable enum_member store_limit::STORE_LARGE
        variable enum_member store_limit::STORE_SMALL
        variable field item::name
        variable field item::next
        variable field item::number
        variable field item::real
        variable field item::value
        variable field store::first
        variable field store::ops
        variable field store::stats
        variable field store_ops::close
        variable field store_ops::open
        variable field store_stats::compare
        variable field store_stats::used
        variable macro STORE_VERSION
        variable made
        variable store_verbose
        variable type_alias store_compare
        """
    )


def test_includes_are_found_in_the_folders_that_the_compilation_database_names(store: Built) -> None:
    assert shortened(store, "imports") == lines_of(
        """
        include/store.h -> stddef.h
        src/log.c -> src/log.h
        src/store.c -> include/store.h
        src/store.c -> src/log.h
        src/store.c -> stdlib.h
        src/tool.c -> include/store.h
        src/tool.c -> stdio.h
        tests/test_store.c -> include/store.h
        tests/test_store.c -> unity.h
        """
    )


def test_a_function_that_a_header_declares_is_called_where_it_is_defined(store: Built) -> None:
    assert shortened(store, "calls") == lines_of(
        """
        checked -> store_add
        file_open -> LOG
        log_line -> helper
        main -> helper
        main -> printf ~
        main -> store_add
        main -> store_new
        setUp -> store_new
        store_add -> log_line
        store_add -> malloc ~
        store_new -> calloc ~
        test_adding -> TEST_ASSERT_EQUAL ~
        test_adding -> store_add
        """
    )


def test_static_functions_belong_to_their_files(store: Built) -> None:
    names = {row["node_id"]: (row["name"], row["path"]) for row in store.nodes.to_pylist()}
    helped = {
        (names[row["src"]][1], names[row["dst"]][1])
        for row in store.rows
        if row["kind"] == "calls" and row["dst"] and names[row["dst"]][0] == "helper"
    }
    assert helped == {("src/log.c", "src/log.c"), ("src/tool.c", "src/tool.c")}


def test_tables_of_functions_refer_to_the_functions_and_to_the_fields(store: Built) -> None:
    assert shortened(store, "references") == lines_of(
        """
        checked -> made
        file_close -> store::ops ~
        file_open -> store::ops ~
        file_open -> store_ops::open ~
        file_ops -> file_close
        file_ops -> file_open
        file_ops -> store_ops::close ~
        file_ops -> store_ops::open ~
        setUp -> made
        store_add -> item::next ~
        store_add -> store::first ~
        store_add -> store::stats ~
        store_add -> store_limit::STORE_SMALL
        store_add -> store_stats::used ~
        store_add -> store_verbose
        store_new -> file_ops
        store_new -> store::ops ~
        test_adding -> made
        """
    )


def test_types_are_used_where_they_are_written(store: Built) -> None:
    assert shortened(store, "uses_type") == lines_of(
        """
        file_close -> store
        file_open -> store
        file_ops -> store_ops
        include/store.h -> item
        include/store.h -> store
        item::next -> item
        made -> store
        main -> store
        store::first -> item
        store::ops -> store_ops
        store::stats -> store_stats
        store_add -> item
        store_add -> store
        store_new -> store
        store_new -> store_ops
        store_ops::close -> store
        store_ops::open -> store
        store_size -> store
        store_stats::compare -> store_compare
        """
    )


def test_test_functions_and_check_tests_exercise_what_they_and_the_set_up_call(store: Built) -> None:
    assert shortened(store, "tests") == lines_of(
        """
        checked -> store_add
        checked -> store_new ~
        test_adding -> store_add
        test_adding -> store_new ~
        """
    )
    assert row_of(store, "checked")["is_test"]


def test_a_comment_of_the_header_documents_the_function(store: Built) -> None:
    row = row_of(store, "store_new")
    assert row["path"] == "src/store.c"
    assert row["docstring"] == "Makes a store; NULL where there is no memory."
    assert row["signature"] == "store * store_new(const struct store_ops *ops)"
    assert row_of(store, "item::name")["docstring"] == "never NULL"
    assert row_of(store, "store_limit")["docstring"] == "How many values fit."


def test_parameters_keep_their_whole_type(store: Built) -> None:
    assert row_of(store, "store_add")["parameters"] == [
        {"name": "self", "kind": "positional", "annotation": "store *", "default": None},
        {"name": "name", "kind": "positional", "annotation": "const char *", "default": None},
        {"name": "...", "kind": "var_positional", "annotation": None, "default": None},
    ]


def test_a_guard_is_no_definition_and_macros_belong_to_no_function() -> None:
    text = "#ifndef A_H\n#define A_H\n#define SIZE 3\nstruct s {\n#define BIT 1\n    int x;\n};\n"
    built = build_texts({"a.h": f"{text}#ifndef OWN\n#define OWN\n#endif\n#endif\n"})
    macros = {row["qualified_name"] for row in built.nodes.to_pylist() if row["variety"] == "macro"}
    assert macros == {"SIZE", "BIT", "OWN"}


def test_both_branches_are_kept_unless_they_tear_a_function_apart() -> None:
    built = build_texts(
        {
            "a.c": """
#if A
int one(void) { return 1; }
#else
int one(void) { return 2; }
#endif
#ifdef B
int two(int a) {
#else
int two(int a, int b) {
#endif
    return one();
}
int three(void) { return two(1); }
#if 0
int never(void) { return 0; }
#endif
"""
        }
    )
    names = sorted(row["name"] for row in built.nodes.to_pylist() if row["kind"] == "function")
    assert names == ["one", "one", "three", "two"]
    assert shortened(built, "calls") == {"three -> two", "two -> one"}


def test_a_function_of_the_standard_library_is_not_one_that_another_file_happens_to_define() -> None:
    built = build_texts(
        {"a.c": "unsigned strlen(const char *a) { return 0; }\nstruct s { void *(*malloc)(int); };\n",
         "b.c": "#include <string.h>\nvoid f(void) { strlen(malloc(1)); helped(); }\n",
         "c.c": "int helped(void) { return 1; }\n"}
    )  # fmt: skip
    outside = {row["node_id"] for row in built.nodes.to_pylist() if row["kind"] == "external"}
    assert shortened(built, "calls") == {"f -> strlen ~", "f -> malloc ~", "f -> helped ?"}
    assert sum(row["dst"] in outside for row in built.rows if row["kind"] == "calls") == 2


def test_a_typedef_of_a_tag_is_one_class() -> None:
    built = build_texts(
        {"a.c": "typedef struct a a;\nstruct a { int x; };\ntypedef struct { int y; } b;\ntypedef struct c d;\n"}
    )
    found = {(row["kind"], row["name"]) for row in built.nodes.to_pylist() if row["kind"] not in {"file", "external"}}
    assert found == {("class", "a"), ("variable", "x"), ("class", "b"), ("variable", "y"), ("variable", "d")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("namespace a { int f(); }", True),
        ("template <typename T> T f(T t);", True),
        ("class A;", True),
        ('#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\n#endif\n', False),
        ("/* std::string is for C++ */\nint class_of(int namespace_id);", False),
        ("struct a { int public; };", False),
    ],
)
def test_a_header_is_cpp_by_what_only_cpp_can_say(text: str, *, expected: bool) -> None:
    assert is_cpp(text) is expected

"""C++, end to end: a small library with its tests, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened


@pytest.fixture(scope="module")
def bank() -> Built:
    return build_folder("cpp")


def row_of(built: Built, name: str, **wanted: str) -> dict[str, object]:
    """The only node of a qualified name, with the given values."""
    found = [
        row
        for row in built.nodes.to_pylist()
        if row["qualified_name"] == name and all(row[key] == value for key, value in wanted.items())
    ]
    assert len(found) == 1, found
    return dict(found[0])


def definitions_of(built: Built) -> set[str]:
    return {
        f"{row['kind']} {row['variety']} {row['qualified_name']}".replace("  ", " ")
        for row in built.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }


def test_every_definition_has_its_kind_and_full_name(bank: Built) -> None:
    assert definitions_of(bank) == lines_of(
        """
        class bank::Account
        class bank::AccountTest
        class bank::Box
        class bank::Gold
        class bank::Listener
        class enum bank::Fault
        class enum bank::Kind
        class struct bank::Account::Entry
        class struct bank::Money
        class struct bank::Printable
        function bank::audit
        function bank::larger
        function bank_os
        function clamp
        function each
        function macro BANK_MAX
        function macro EXPORTED_AS
        function main
        function page_count
        function page_size
        function pay
        function test bank::Larger.Picks
        function test gold costs more
        method bank::Account::deposit
        method bank::Account::fee
        method bank::Account::note
        method bank::Account::opened
        method bank::Account::text
        method bank::Account::withdraw
        method bank::AccountTest::SetUp
        method bank::Box::get
        method bank::Gold::fee
        method bank::Listener::reset
        method constructor bank::Account::Account
        method constructor bank::Box::Box
        method declaration bank::Listener::heard
        method declaration bank::Printable::text
        method destructor bank::Account::~Account
        method destructor bank::Printable::~Printable
        method operator bank::Account::operator bool
        method operator bank::Account::operator==
        method operator bank::Box::operator->
        method test bank::AccountTest::Withdraws
        module namespace bank
        variable all
        variable const kLimit
        variable enum_member bank::Fault::empty
        variable enum_member bank::Fault::none
        variable enum_member bank::Kind::Checking
        variable enum_member bank::Kind::Saving
        variable field bank::Account::Entry::cents
        variable field bank::Account::Entry::kind
        variable field bank::Account::cents_
        variable field bank::Account::entries_
        variable field bank::Account::limit_
        variable field bank::Account::listeners_
        variable field bank::Account::owner_
        variable field bank::AccountTest::account_
        variable field bank::Box::value_
        variable field bank::Money::cents
        variable macro BANK_API
        variable macro BANK_BEGIN_NAMESPACE
        variable macro BANK_END_NAMESPACE
        variable type_alias bank::Accounts
        variable type_alias bank::Hook
        """
    )


def test_includes_are_files_of_the_source_or_what_is_outside(bank: Built) -> None:
    assert shortened(bank, "imports") == lines_of(
        """
        include/bank/account.hpp -> include/bank/export.hpp
        include/bank/account.hpp -> map
        include/bank/account.hpp -> memory
        include/bank/account.hpp -> string
        include/bank/account.hpp -> vector
        include/bank/printable.h -> string
        src/account.cpp -> include/bank/account.hpp
        src/account.cpp -> include/bank/printable.h
        src/account.cpp -> src/listener.h
        src/main.cpp -> include/bank/account.hpp
        src/main.cpp -> iostream
        src/os.cpp -> src/os.h
        tests/account_test.cpp -> gtest/gtest.h
        tests/account_test.cpp -> include/bank/account.hpp
        tests/catch_test.cpp -> catch2/catch_test_macros.hpp
        tests/catch_test.cpp -> include/bank/account.hpp
        """
    )


def test_a_file_depends_on_what_it_includes_and_on_the_bases_of_its_classes(bank: Built) -> None:
    assert shortened(bank, "depends_on") == lines_of(
        """
        include/bank/account.hpp -> include/bank/export.hpp
        include/bank/account.hpp -> include/bank/printable.h
        src/account.cpp -> include/bank/account.hpp
        src/account.cpp -> include/bank/printable.h
        src/account.cpp -> src/listener.h
        src/main.cpp -> include/bank/account.hpp
        src/os.cpp -> src/os.h
        tests/account_test.cpp -> include/bank/account.hpp
        tests/catch_test.cpp -> include/bank/account.hpp
        """
    )


def test_classes_inherit_and_their_methods_override(bank: Built) -> None:
    assert shortened(bank, "inherits", "overrides") == lines_of(
        """
        bank::Account -> bank::Printable
        bank::Account::text -> bank::Printable::text
        bank::AccountTest -> testing::Test
        bank::Gold -> bank::Account
        bank::Gold::fee -> bank::Account::fee
        """
    )


def test_calls_are_resolved_through_members_pointers_containers_templates_and_overloads(bank: Built) -> None:
    assert shortened(bank, "calls") == lines_of(
        """
        bank::Account::Account -> bank::Account::note
        bank::Account::Account -> clamp
        bank::Account::deposit -> bank::Account::deposit ~
        bank::Account::deposit -> bank::Account::note
        bank::Account::deposit -> bank::Listener::heard ~
        bank::Account::note -> std::vector::push_back ~
        bank::Account::text -> std::to_string ~
        bank::Account::withdraw -> std::vector::push_back ~
        bank::AccountTest::SetUp -> bank::Account::deposit ~
        bank::AccountTest::Withdraws -> EXPECT_EQ ~
        bank::AccountTest::Withdraws -> bank::Account::withdraw ~
        bank::Gold::fee -> bank::Account::fee
        bank::Larger.Picks -> EXPECT_EQ ~
        bank::Larger.Picks -> bank::larger
        bank::audit -> bank::Account::fee ~
        bank::larger -> BANK_MAX
        bank_os -> …m.def ?
        clamp -> bank::larger
        each -> bank::Account::deposit ~
        each -> …hook ?
        gold costs more -> REQUIRE ~
        gold costs more -> bank::Gold::fee ~
        main -> bank::Account::deposit ~
        main -> bank::Account::opened
        main -> bank::Account::text ~
        main -> bank::Account::withdraw ~
        main -> bank::Box::get ~
        main -> bank::Gold::fee ~
        main -> bank::larger
        main -> each
        main -> std::vector::push_back ~
        page_count -> page_size
        pay -> bank::Account::deposit ~
        """
    )


def test_an_overload_is_called_for_the_types_that_it_is_given(bank: Built) -> None:
    deposits = {row["node_id"]: row["signature"] for row in bank.nodes.to_pylist() if row["name"] == "deposit"}
    inside = [
        (deposits[row["src"]], deposits[row["dst"]])
        for row in bank.rows
        if row["kind"] == "calls" and row["src"] in deposits and row["dst"] in deposits
    ]
    assert inside == [("void Account::deposit(const Money& money)", "void Account::deposit(long cents, bool loud)")]


def test_what_makes_an_object_instantiates_its_class(bank: Built) -> None:
    assert shortened(bank, "instantiates") == lines_of(
        """
        bank::Account::opened -> bank::Account
        bank::Account::withdraw -> bank::Account::Entry
        gold costs more -> bank::Gold
        main -> bank::Account
        main -> bank::Gold
        main -> bank::Money
        """
    )


def test_fields_constants_and_functions_as_values_are_referenced(bank: Built) -> None:
    assert shortened(bank, "references") == lines_of(
        """
        bank::Account::Account -> bank::Account::cents_
        bank::Account::Account -> bank::Account::owner_
        bank::Account::Account -> bank::Printable
        bank::Account::Entry::kind -> bank::Kind::Saving
        bank::Account::deposit -> bank::Account::cents_
        bank::Account::deposit -> bank::Account::listeners_
        bank::Account::deposit -> bank::Money::cents ~
        bank::Account::note -> bank::Account::Entry::cents ~
        bank::Account::note -> bank::Account::entries_
        bank::Account::operator bool -> bank::Account::cents_
        bank::Account::operator== -> bank::Account::owner_
        bank::Account::text -> bank::Account::cents_
        bank::Account::withdraw -> bank::Account::cents_
        bank::Account::withdraw -> bank::Account::entries_
        bank::Account::withdraw -> bank::Fault
        bank::Account::withdraw -> bank::Fault::empty
        bank::Account::withdraw -> bank::Fault::none
        bank::Account::withdraw -> bank::Kind::Saving
        bank::AccountTest::SetUp -> bank::AccountTest::account_
        bank::AccountTest::Withdraws -> bank::AccountTest::account_
        bank::AccountTest::Withdraws -> bank::Fault
        bank::AccountTest::Withdraws -> bank::Fault::none
        bank::Box::Box -> bank::Box::value_
        bank::Box::get -> bank::Box::value_
        bank::Box::operator-> -> bank::Box::value_
        bank::Gold -> bank::Account
        bank::Gold::fee -> bank::Account
        bank_os -> page_size
        clamp -> kLimit
        each -> all
        main -> all
        main -> bank::Account
        main -> pay
        main -> std::cout ~
        src/main.cpp -> bank::larger
        """
    )


def test_types_are_used_where_they_are_written(bank: Built) -> None:
    assert shortened(bank, "uses_type") == lines_of(
        """
        all -> bank::Accounts
        bank::Account::Account -> std::string
        bank::Account::Entry::kind -> bank::Kind
        bank::Account::deposit -> bank::Money
        bank::Account::entries_ -> bank::Account::Entry
        bank::Account::entries_ -> std::vector
        bank::Account::listeners_ -> bank::Listener
        bank::Account::listeners_ -> std::map
        bank::Account::listeners_ -> std::string
        bank::Account::listeners_ -> std::unique_ptr
        bank::Account::note -> bank::Account::Entry
        bank::Account::opened -> bank::Account
        bank::Account::opened -> std::string
        bank::Account::operator== -> bank::Account
        bank::Account::owner_ -> std::string
        bank::Account::text -> std::string
        bank::Account::withdraw -> bank::Fault
        bank::AccountTest::account_ -> bank::Account
        bank::Accounts -> bank::Account
        bank::Accounts -> std::shared_ptr
        bank::Accounts -> std::vector
        bank::Hook -> bank::Account
        bank::Listener::heard -> bank::Account
        bank::Printable::text -> std::string
        bank::audit -> bank::Account
        each -> bank::Hook
        gold costs more -> bank::Gold
        main -> bank::Account
        main -> bank::Box
        pay -> bank::Account
        """
    )


def test_tests_of_googletest_and_catch2_exercise_what_they_call(bank: Built) -> None:
    assert shortened(bank, "tests") == lines_of(
        """
        bank::AccountTest::Withdraws -> bank::Account::deposit ~
        bank::AccountTest::Withdraws -> bank::Account::withdraw ~
        bank::Larger.Picks -> bank::larger
        gold costs more -> bank::Gold
        gold costs more -> bank::Gold::fee ~
        """
    )


def test_a_declaration_and_its_definition_are_one_node_with_the_better_of_both(bank: Built) -> None:
    row = row_of(bank, "bank::Account::deposit", docstring="Puts money in.")
    assert (row["path"], row["start_line"], row["end_line"]) == ("src/account.cpp", 24, 30)
    assert row["signature"] == "void Account::deposit(long cents, bool loud)"
    assert row["parameters"] == [
        {"name": "cents", "kind": "positional", "annotation": "long", "default": None},
        {"name": "loud", "kind": "positional", "annotation": "bool", "default": "false"},
    ]
    assert row_of(bank, "bank::Account::note")["visibility"] == "private"
    assert row_of(bank, "bank::Account::Entry")["visibility"] == "protected"


def test_doxygen_comments_document_what_stands_below_and_before_them(bank: Built) -> None:
    assert row_of(bank, "bank::Account")["docstring"] == "One person's money.\n\nNever negative."
    assert row_of(bank, "bank::Fault::empty")["docstring"] == "there was no money"
    assert row_of(bank, "bank::Account::Entry::cents")["docstring"] == "signed"
    assert row_of(bank, "bank::larger")["docstring"] == "The larger of two."
    assert row_of(bank, "bank::Kind::Checking")["docstring"] == ""


def test_signatures_keep_templates_and_drop_macros_and_initialisers(bank: Built) -> None:
    assert row_of(bank, "bank::Account")["signature"] == "class Account : public Printable"
    assert row_of(bank, "bank::Account")["bases"] == ["Printable"]
    assert row_of(bank, "bank::larger")["signature"] == (
        "template <typename T, typename U = T> T larger(const T& a, const U& b)"
    )
    assert row_of(bank, "bank::Box::get")["signature"] == "template <typename T> T& Box<T>::get()"
    assert row_of(bank, "bank::Account::Account")["signature"] == "Account::Account(std::string owner, long cents)"


def test_what_is_static_or_in_a_namespace_without_a_name_is_private_to_its_file(bank: Built) -> None:
    private = {row["qualified_name"] for row in bank.nodes.to_pylist() if row["visibility"] == "private"}
    assert {"clamp", "kLimit", "pay", "all"} <= private
    assert not row_of(bank, "clamp")["is_public"]
    assert row_of(bank, "bank::larger")["is_public"]


def test_a_header_that_only_cpp_can_read_is_cpp(bank: Built) -> None:
    languages = {row["path"]: row["language"] for row in bank.nodes.to_pylist() if row["kind"] == "file"}
    assert languages["src/listener.h"] == "cpp"
    assert languages["src/os.h"] == "c"


def test_a_name_in_several_namespaces_is_that_of_the_nearest() -> None:
    built = build_texts(
        {
            "a.cpp": """
            void f() {}
            namespace a {
            void f() {}
            namespace b { void g() { f(); ::f(); a::f(); } }
            }
            namespace c { void f(); using a::b::g; void h() { f(); g(); } }
            namespace d { using namespace a; void i() { b::g(); } }
            """
        }
    )
    assert shortened(built, "calls") == lines_of(
        """
        a::b::g -> a::f
        a::b::g -> f
        c::h -> a::b::g
        c::h -> c::f
        d::i -> a::b::g
        """
    )


def test_static_functions_of_one_name_in_two_files_are_told_apart() -> None:
    text = "static int one(void);\nint {0}(void) {{ return one(); }}\nstatic int one(void) {{ return 1; }}\n"
    built = build_texts({"a.cpp": text.format("a"), "b.cpp": text.format("b")})
    paths = {row["node_id"]: row["path"] for row in built.nodes.to_pylist()}
    calls = [(paths[row["src"]], paths[row["dst"]]) for row in built.rows if row["kind"] == "calls"]
    assert calls == [("a.cpp", "a.cpp"), ("b.cpp", "b.cpp")]


def test_a_static_declaration_stands_for_no_function_of_another_file() -> None:
    built = build_texts({"a.cpp": "static int one(void);\n", "b.cpp": "static int one(void) { return 1; }\n"})
    assert sorted(row["path"] for row in built.nodes.to_pylist() if row["name"] == "one") == ["a.cpp", "b.cpp"]


def test_an_overload_may_make_what_it_takes_of_what_it_is_given() -> None:
    built = build_texts(
        {
            "a.cpp": """
            struct Source { };
            struct Text { Text(const Source& s); };
            struct Other { };
            void f(int a, Text t);
            void f(Other o, Text t);
            void g(Source s) { f(1, s); }
            """
        }
    )
    signatures = {row["node_id"]: row["signature"] for row in built.nodes.to_pylist()}
    called = [(signatures[row["dst"]], row["confidence"]) for row in built.rows if row["kind"] == "calls"]
    assert called == [("void f(int a, Text t)", "inferred")]


def test_of_two_headers_of_one_name_the_included_one_counts() -> None:
    built = build_texts(
        {
            "x/api.h": "int go(int a);", "x/api.cpp": '#include "api.h"\nint go(int a) { return 1; }',
            "y/api.h": "int go(char *b, int c);", "y/use.cpp": '#include "../x/api.h"\nint use() { return go(1); }',
        }
    )  # fmt: skip
    assert shortened(built, "imports") == {"x/api.cpp -> x/api.h", "y/use.cpp -> x/api.h"}
    paths = {row["node_id"]: row["path"] for row in built.nodes.to_pylist()}
    assert [paths[row["dst"]] for row in built.rows if row["kind"] == "calls"] == ["x/api.cpp"]


def test_a_nested_class_may_be_written_outside_of_its_class() -> None:
    built = build_texts(
        {
            "a.cpp": """
            namespace n {
            class A { struct Rep; Rep* rep_; void f(); };
            struct A::Rep { int x; void set(int y) { x = y; } };
            void A::f() { rep_->set(1); Rep other; other.x = 2; }
            }
            """
        }
    )
    assert "class struct n::A::Rep" in definitions_of(built)
    assert "variable field n::A::Rep::x" in definitions_of(built)
    assert shortened(built, "calls") == {"n::A::f -> n::A::Rep::set ~"}


def test_elements_of_containers_pairs_and_iterators_are_known() -> None:
    built = build_texts(
        {
            "a.cpp": """
            #include <map>
            struct Item { void use(); };
            struct Shop { std::map<int, Item> items; std::vector<std::unique_ptr<Item>> all; Item plain[3]; };
            void walk(Shop& shop) {
              for (auto& item : shop.all) item->use();
            }
            void find(Shop& shop) { auto found = shop.items.find(1); found->second.use(); }
            void both(Shop& shop) { for (auto& [key, item] : shop.items) item.use(); }
            void last(Shop* shop) { shop->all.back()->use(); }
            void some(Shop* shop) { shop->plain[1].use(); shop->items[2].use(); }
            void row(Item* items) { items[1].use(); }
            """
        }
    )
    ours = {edge for edge in shortened(built, "calls") if "Item" in edge}
    assert ours == {f"{name} -> Item::use ~" for name in ("walk", "find", "both", "last", "some", "row")}


def test_a_method_that_is_not_known_is_told_by_its_name_only_where_nothing_else_has_it() -> None:
    built = build_texts(
        {
            "a.cpp": """
            struct A { void shine(); void run(); };
            struct B { void run(); };
            void f(auto t) { t.shine(); t.run(); }
            """
        }
    )
    assert shortened(built, "calls") == {"f -> A::shine ?", "f -> …t.run ?"}


def test_members_of_an_enumeration_are_seen_around_it_unless_it_is_a_class() -> None:
    built = build_texts(
        {
            "a.cpp": """
            enum Open { kOne };
            enum class Closed { kTwo };
            struct S { enum Inner { kThree }; };
            int f() { return kOne + kTwo + S::kThree + (int)Closed::kTwo; }
            """
        }
    )
    assert shortened(built, "references") == {
        "f -> Open::kOne", "f -> S", "f -> S::Inner::kThree", "f -> Closed", "f -> Closed::kTwo",
    }  # fmt: skip


def test_templates_are_filled_and_aliases_followed() -> None:
    built = build_texts(
        {
            "a.cpp": """
            struct Item { void use(); };
            template <typename T> struct Holder { T& get(); T* operator->(); struct Cursor { T* at(); }; };
            using Items = Holder<Item>;
            typedef Items::Cursor Cursor;
            void f(Items& items) { items.get().use(); items->use(); }
            void g(Cursor cursor) { cursor.at(); }
            """
        }
    )
    assert shortened(built, "calls") == {
        "f -> Holder::get ~", "f -> Item::use ~", "g -> Holder::Cursor::at ~",
    }  # fmt: skip


def test_deep_nesting_is_read_without_recursion() -> None:
    depth = 3_000
    text = "void f() { int x = " + "g(" * depth + "1" + ")" * depth + "; }\nvoid g(int a) {}\n"
    built = build_texts({"a.cpp": text})
    assert "f -> g" in shortened(built, "calls")


def test_a_syntax_error_loses_nothing_around_it() -> None:
    built = build_texts({"a.cpp": "void f() { g(); }\nvoid broken( { ] }\nvoid g() {}\nstruct S { int x; };\n"})
    assert {"function f", "function g", "class struct S", "variable field S::x"} <= definitions_of(built)


def test_the_order_of_files_and_a_second_build_change_nothing() -> None:
    first, second = build_folder("cpp"), build_folder("cpp")
    assert first.nodes.equals(second.nodes)
    assert first.rows == second.rows

"""Ruby, end to end: a gem with its specs and tests, read and linked, and what only small files show."""

import pytest
from conftest import Built
from projects import build_folder, build_texts, lines_of, shortened, texts_of


@pytest.fixture(scope="module")
def shop() -> Built:
    return build_folder("ruby")


def build(text: str, **more: str) -> Built:
    """A file in `lib`; more files by name, where `__` stands for a slash."""
    files = {f"{name.replace('__', '/')}.rb": item for name, item in more.items()}
    return build_texts({"lib/a.rb": text, **files})


def test_every_definition_has_its_kind_and_full_name(shop: Built) -> None:
    found = {
        f"{row['kind']} {row['variety']} {row['qualified_name']}".replace("  ", " ")
        for row in shop.nodes.to_pylist()
        if row["kind"] not in {"external", "file"}
    }
    assert found == lines_of(
        """
        function main
        class module Shop
        variable constant Shop::VERSION
        class Shop::Error
        class Shop::Missing
        method Shop::Missing#initialize
        variable field Shop::Missing#@name
        variable attribute Shop.currency
        method singleton_method Shop.default_store
        variable field Shop#@default_store
        method singleton_method Shop.reset
        class struct Shop::Price
        variable attribute Shop::Price#amount
        variable attribute Shop::Price#currency
        method Shop::Price#to_s
        class Shop::Item
        variable attribute Shop::Item#name
        variable attribute Shop::Item#price
        method Shop::Item#initialize
        variable field Shop::Item#@name
        variable field Shop::Item#@price
        variable field Shop::Item#@tags
        method singleton_method Shop::Item.build
        method Shop::Item#label
        method alias Shop::Item#to_s
        method Shop::Item#<=>
        method Shop::Item#rename!
        method Shop::Item#tagged?
        method Shop::Item#secret
        method Shop::Item#clean
        class module Shop::Priced
        variable constant Shop::Priced::FREE
        method singleton_method Shop::Priced.included
        class module Shop::Priced::ClassMethods
        method Shop::Priced::ClassMethods#cheapest
        method Shop::Priced#free?
        method Shop::Priced#label
        class module Shop::Report
        method singleton_method Shop::Report.show
        class Shop::Report::Text
        variable constant Shop::Report::Text::WIDTH
        method Shop::Report::Text#initialize
        variable field Shop::Report::Text#@store
        method Shop::Report::Text#show
        variable attribute Shop::Report::Text#style=
        method Shop::Report::Text#rows
        class module Shop::Format
        method module_function Shop::Format.money
        method module_function Shop::Format.pad
        class module Shop::Countable
        method Shop::Countable#count
        class Shop::Base
        method Shop::Base#all
        method Shop::Base#clear
        method Shop::Base#log
        class Shop::Store
        variable constant Shop::Store::LIMIT
        variable constant Shop::Store::HIDDEN
        variable field Shop::Store#@@stores
        method Shop::Store#initialize
        variable field Shop::Store#@path
        variable field Shop::Store#@items
        variable field Shop::Store#@first
        method singleton_method Shop::Store.open
        method Shop::Store#clear
        method Shop::Store#add
        method Shop::Store#find
        method Shop::Store#each_item
        method Shop::Store#hidden
        class Shop::Store::Lines
        method Shop::Store::Lines#lines
        class describe spec/store_spec.rb: Shop::Store
        method let spec/store_spec.rb: Shop::Store#store
        method let spec/store_spec.rb: Shop::Store#item
        method hook spec/store_spec.rb: Shop::Store#before
        method spec/store_spec.rb: Shop::Store#fill
        method it spec/store_spec.rb: Shop::Store starts without items
        class describe spec/store_spec.rb: Shop::Store #find
        method it spec/store_spec.rb: Shop::Store #find finds what was added
        class describe spec/store_spec.rb: Shop::Store #find when empty
        method it spec/store_spec.rb: Shop::Store #find when empty is_expected.to be
        class ItemTest
        method ItemTest#setup
        variable field ItemTest#@item
        method ItemTest#test_label
        method it ItemTest is priced
        """
    )


def test_superclasses_and_modules_that_are_mixed_in_are_bases(shop: Built) -> None:
    assert shortened(shop, "inherits", "overrides") == lines_of(
        """
        ItemTest -> Minitest::Test
        Shop::Item -> Shop::Priced
        Shop::Item#label -> Shop::Priced#label ~
        Shop::Missing -> Shop::Error
        Shop::Store -> Shop::Base
        Shop::Store -> Shop::Countable
        Shop::Store -> Shop::Format
        Shop::Store#clear -> Shop::Base#clear
        """
    )


def test_calls_are_resolved_through_self_constants_types_and_mixed_in_modules(shop: Built) -> None:
    assert shortened(shop, "calls") == lines_of(
        """
        ItemTest is priced -> Shop::Priced#free? ~
        ItemTest#setup -> Shop::Item.build
        ItemTest#test_label -> Minitest::Test.assert_equal ~
        ItemTest#test_label -> Shop::Item#label ~
        Rakefile -> Shop.default_store
        Rakefile -> Shop::Store#each_item ~
        Rakefile -> …item.label ?
        Shop.reset -> Shop.default_store
        Shop.reset -> Shop::Store#clear ~
        Shop::Base#clear -> Shop::Base#log
        Shop::Countable#count -> Shop::Base#all ~
        Shop::Format.money -> Shop::Format.pad
        Shop::Item#<=> -> …other.name ?
        Shop::Item#clean -> …text.strip ?
        Shop::Item#label -> Shop::Price#to_s ~
        Shop::Item#rename! -> Shop::Item#clean
        Shop::Item#tagged? -> …@tags.include? ?
        Shop::Item#to_s -> Shop::Item#label
        Shop::Priced::ClassMethods#cheapest -> …items.min_by ?
        Shop::Report.show -> Shop::Report::Text#show ~
        Shop::Report::Text#show -> Shop::Report::Text#rows
        Shop::Report::Text#show -> Shop::Store#each_item ~
        Shop::Report::Text#show -> Shop::Store.open
        Shop::Store#add -> Shop::Priced#free? ?
        Shop::Store#add -> …item.name ?
        Shop::Store#clear -> Shop::Base#clear
        Shop::Store#each_item -> Shop::Base#all
        Shop::Store#each_item -> Shop::Base#log
        Shop::Store#each_item -> Shop::Format.money
        Shop::Store#each_item -> Shop::Item#clean ~
        Shop::Store#each_item -> Shop::Item#label ~
        Shop::Store#each_item -> Shop::Item#rename! ~
        Shop::Store#each_item -> Shop::Priced::ClassMethods#cheapest
        Shop::Store#each_item -> Shop::Store#add ~
        Shop::Store#each_item -> Shop::Store#find
        Shop::Store#each_item -> Shop::Store.open
        Shop::Store#initialize -> Shop::Item.build
        Shop::Store.open -> Shop::Format.money
        Shop::Store::Lines#lines -> JSON.parse
        bin/shop -> main
        main -> Shop.default_store
        main -> Shop::Report.show
        spec/store_spec.rb: Shop::Store #find finds what was added -> Shop::Store#find ~
        spec/store_spec.rb: Shop::Store #find finds what was added -> spec/store_spec.rb: Shop::Store#fill
        spec/store_spec.rb: Shop::Store #find finds what was added -> spec/store_spec.rb: Shop::Store#item
        spec/store_spec.rb: Shop::Store #find finds what was added -> spec/store_spec.rb: Shop::Store#store
        spec/store_spec.rb: Shop::Store #find when empty is_expected.to be -> spec/store_spec.rb: Shop::Store#store
        spec/store_spec.rb: Shop::Store -> RSpec.describe
        spec/store_spec.rb: Shop::Store starts without items -> Shop::Base#all ~
        spec/store_spec.rb: Shop::Store starts without items -> spec/store_spec.rb: Shop::Store#store
        spec/store_spec.rb: Shop::Store#before -> Shop::Store#clear ~
        spec/store_spec.rb: Shop::Store#before -> spec/store_spec.rb: Shop::Store#store
        spec/store_spec.rb: Shop::Store#fill -> Shop::Store#add ~
        spec/store_spec.rb: Shop::Store#fill -> spec/store_spec.rb: Shop::Store#item
        spec/store_spec.rb: Shop::Store#fill -> spec/store_spec.rb: Shop::Store#store
        spec/store_spec.rb: Shop::Store#item -> Shop::Item.build
        """
    )


def test_new_makes_objects(shop: Built) -> None:
    assert shortened(shop, "instantiates") == lines_of(
        """
        Shop.default_store -> Shop::Store
        Shop::Item#initialize -> Shop::Price
        Shop::Item.build -> Shop::Item
        Shop::Item.build -> Shop::Price
        Shop::Report.show -> Shop::Report::Text
        Shop::Store#add -> Shop::Missing
        Shop::Store#each_item -> Shop::Item
        Shop::Store.open -> Shop::Store
        spec/store_spec.rb: Shop::Store#store -> Shop::Store
        """
    )


def test_what_is_named(shop: Built) -> None:
    assert shortened(shop, "references") == lines_of(
        """
        ItemTest is priced -> ItemTest#@item
        ItemTest#setup -> Shop::Item
        ItemTest#test_label -> ItemTest#@item
        Rakefile -> Shop
        Shop.reset -> Shop.currency
        Shop::Item#<=> -> Shop::Item#name
        Shop::Item#initialize -> Shop
        Shop::Item#initialize -> Shop.currency
        Shop::Item#label -> Shop::Item#name
        Shop::Item#label -> Shop::Item#price
        Shop::Item#rename! -> Shop::Item#price
        Shop::Item#tagged? -> Shop::Item#@tags
        Shop::Price#to_s -> Shop::Price#amount
        Shop::Price#to_s -> Shop::Price#currency
        Shop::Priced#free? -> Shop::Item#price ~
        Shop::Priced#free? -> Shop::Price#amount ~
        Shop::Priced#free? -> Shop::Priced::FREE
        Shop::Priced.included -> Shop::Priced::ClassMethods
        Shop::Priced::ClassMethods#cheapest -> Shop::Item#price ?
        Shop::Priced::ClassMethods#cheapest -> Shop::Price#amount ?
        Shop::Report::Text#rows -> Shop::Report::Text::WIDTH
        Shop::Report::Text#show -> Shop::Report::Text#@store
        Shop::Report::Text#show -> Shop::Store
        Shop::Report::Text::WIDTH -> Shop::Store::LIMIT
        Shop::Store#add -> Shop::Error
        Shop::Store#add -> Shop::Store#@items
        Shop::Store#add -> Shop::Store::LIMIT
        Shop::Store#each_item -> Shop::Format
        Shop::Store#each_item -> Shop::Item
        Shop::Store#each_item -> Shop::Store#@first
        Shop::Store#find -> Shop::Store#@items
        Shop::Store#initialize -> Shop::Item
        main -> Shop
        main -> Shop::Report
        spec/store_spec.rb: Shop::Store#item -> Shop::Item
        spec/store_spec.rb: Shop::Store#store -> Shop::Store
        """
    )


def test_rescue_names_types(shop: Built) -> None:
    assert shortened(shop, "uses_type") == lines_of(
        """
        Shop::Store#each_item -> Shop::Missing
        """
    )


def test_tests_exercise_what_they_call_themselves_and_through_let_helpers_and_hooks(shop: Built) -> None:
    assert shortened(shop, "tests") == lines_of(
        """
        ItemTest is priced -> Shop::Item.build ~
        ItemTest is priced -> Shop::Priced#free? ~
        ItemTest#test_label -> Shop::Item#label ~
        ItemTest#test_label -> Shop::Item.build ~
        spec/store_spec.rb: Shop::Store #find finds what was added -> Shop::Item.build ~
        spec/store_spec.rb: Shop::Store #find finds what was added -> Shop::Store ~
        spec/store_spec.rb: Shop::Store #find finds what was added -> Shop::Store#add ~
        spec/store_spec.rb: Shop::Store #find finds what was added -> Shop::Store#clear ~
        spec/store_spec.rb: Shop::Store #find finds what was added -> Shop::Store#find ~
        spec/store_spec.rb: Shop::Store #find when empty is_expected.to be -> Shop::Store ~
        spec/store_spec.rb: Shop::Store #find when empty is_expected.to be -> Shop::Store#clear ~
        spec/store_spec.rb: Shop::Store starts without items -> Shop::Base#all ~
        spec/store_spec.rb: Shop::Store starts without items -> Shop::Store ~
        spec/store_spec.rb: Shop::Store starts without items -> Shop::Store#clear ~
        """
    )


def test_required_files_are_found_by_load_path_and_relative_to_the_file(shop: Built) -> None:
    assert shortened(shop, "imports", "depends_on") == lines_of(
        """
        Rakefile -> lib/shop.rb
        Rakefile -> lib/shop/store.rb
        bin/shop -> lib/shop.rb
        bin/shop -> lib/shop/report.rb
        lib/shop.rb -> json
        lib/shop.rb -> lib/shop/item.rb
        lib/shop.rb -> lib/shop/report.rb
        lib/shop.rb -> lib/shop/store.rb
        lib/shop/item.rb -> lib/shop.rb
        lib/shop/item.rb -> lib/shop/priced.rb
        lib/shop/priced.rb -> lib/shop/item.rb
        lib/shop/report.rb -> lib/shop/report/text.rb
        lib/shop/report/text.rb -> lib/shop/store.rb
        lib/shop/store.rb -> lib/shop.rb
        lib/shop/store.rb -> lib/shop/item.rb
        lib/shop/store.rb -> lib/shop/priced.rb
        spec/store_spec.rb -> lib/shop.rb
        spec/store_spec.rb -> lib/shop/item.rb
        spec/store_spec.rb -> lib/shop/store.rb
        test/item_test.rb -> lib/shop.rb
        test/item_test.rb -> lib/shop/item.rb
        test/item_test.rb -> lib/shop/priced.rb
        test/item_test.rb -> minitest/autorun
        """
    )


def test_signatures_docs_visibility_and_parameters(shop: Built) -> None:
    init = shop.node("Shop::Item#initialize")
    assert [(item.name, item.kind, item.default) for item in init.parameters or ()] == [
        ("name", "positional", None),
        ("price", "positional", "Price.new(0, Shop.currency)"),
        ("tags", "var_positional", None),
        ("size", "keyword_only", None),
        ("colour", "keyword_only", "nil"),
        ("more", "var_keyword", None),
        ("block", "block", None),
    ]
    assert init.docstring == "@param name [String]\n@param price [Price] what it costs"
    seen = {name: shop.node(f"Shop::Item#{name}").visibility for name in ("label", "secret", "clean", "@tags")}
    assert seen == {"label": "public", "secret": "protected", "clean": "private", "@tags": "private"}
    assert [shop.node(f"Shop::Store{name}").visibility for name in ("::LIMIT", "::HIDDEN", "#hidden", "#find")] == [
        "public", "private", "private", "public"
    ]  # fmt: skip
    assert (shop.node("Shop.default_store").visibility, shop.node("Shop.reset").visibility) == ("public", "private")
    assert shop.node("Shop::Store.open").signature == "def self.open(path)"
    assert shop.node("Shop::Price").signature == "Price = Struct.new(:amount, :currency)"
    text = shop.node("Shop::Report::Text")
    assert (text.signature, text.docstring) == ("class Shop::Report::Text", "Reports as plain text.")
    assert shop.node("Shop::Report::Text::WIDTH").docstring == ""


def test_a_module_in_many_files_is_one_node_where_it_is_documented(shop: Built) -> None:
    nodes = [row for row in shop.nodes.to_pylist() if row["qualified_name"] == "Shop"]
    assert [(row["path"], row["variety"], row["docstring"]) for row in nodes] == [
        ("lib/shop.rb", "module", "Sells things.")
    ]
    assert {("Shop", "Shop::Item"), ("Shop", "Shop::Store"), ("lib/shop.rb", "Shop")} <= shop.edges("contains")


def test_what_is_used_of_others_has_a_node_of_its_own(shop: Built) -> None:
    assert sorted(node.qualified_name for node in shop.graph.externals.values()) == [
        "JSON.parse", "Minitest::Test", "Minitest::Test.assert_equal", "RSpec.describe", "json", "minitest/autorun",
    ]  # fmt: skip
    parse = next(node for node in shop.graph.externals.values() if node.qualified_name == "JSON.parse")
    assert (parse.name, parse.path) == ("parse", "")


def test_the_order_of_files_does_not_matter(shop: Built) -> None:
    turned = build_texts(dict(reversed(texts_of("ruby").items())))
    assert (turned.nodes, turned.rows) == (shop.nodes, shop.rows)


def test_constants_are_looked_for_around_then_in_ancestors_then_at_the_top() -> None:
    built = build(
        """
        LIMIT = 0
        class Base
          LIMIT = 1
          ONLY = 2
        end
        module Outer
          LIMIT = 3
          class Inner < Base
            def near = LIMIT
            def inherited = ONLY
            def top = ::LIMIT
            def other = Base::LIMIT
          end
        end
        class Outer::Apart < Base
          def near = LIMIT
        end
        """
    )
    assert shortened(built, "references") == lines_of(
        """
        Outer::Inner#near -> Outer::LIMIT
        Outer::Inner#inherited -> Base::ONLY
        Outer::Inner#top -> LIMIT
        Outer::Inner#other -> Base::LIMIT
        Outer::Apart#near -> Base::LIMIT
        """
    )


def test_a_class_named_by_a_path_belongs_where_the_path_leads() -> None:
    built = build(
        "module A\n  module B; end\nend\nmodule C\n  class A::B::D\n    def f; end\n    X = 1\n  end\nend\n",
        lib__b="A::B::D.new.f\n",
    )
    assert built.names("class") == ["A", "A::B", "A::B::D", "C"]
    assert {("A::B", "A::B::D"), ("A::B::D", "A::B::D#f")} <= built.edges("contains")
    assert built.out("lib/b.rb", "calls") == {"A::B::D#f": "inferred"}


def test_methods_are_looked_for_in_what_is_prepended_then_the_class_then_the_last_module_then_above() -> None:
    built = build(
        """
        module First; def a; end; def b; end; def c; end; def d; end; end
        module Last; def a; end; def b; end; def c; end; end
        module Front; def a; end; end
        class Base; def a; end; def b; end; def c; end; def d; end; def e; end; end
        class Item < Base
          include First
          include Last
          prepend Front
          def a; end
          def b; end
          def use; a; b; c; d; e; end
        end
        """
    )
    assert set(built.out("Item#use", "calls")) == {"Front#a", "Item#b", "Last#c", "First#d", "Base#e"}


def test_super_calls_the_method_above_on_objects_and_on_classes() -> None:
    built = build(
        """
        class Base
          def self.make(x); end
          def run(x); end
        end
        class Item < Base
          def self.make(x) = super
          class << self
            def run(x); end
          end
          def run(x) = super(x)
        end
        """
    )
    assert built.edges("calls") == {("Item.make", "Base.make"), ("Item#run", "Base#run")}
    assert built.edges("overrides") == {("Item.make", "Base.make"), ("Item#run", "Base#run")}


def test_methods_of_a_class_and_of_its_objects_are_two() -> None:
    built = build(
        """
        class Item
          def self.find; end
          def find; end
          def self.all = find
          def all = find
          def both = self.class.find
        end
        def use
          Item.find
          item = Item.new
          item.find
          item&.all
        end
        """
    )
    assert shortened(built, "calls") == lines_of(
        """
        Item.all -> Item.find
        Item#all -> Item#find
        Item#both -> Item.find
        use -> Item.find
        use -> Item#find ~
        use -> Item#all ~
        """
    )


def test_a_bare_name_is_a_local_variable_where_one_is_bound_and_else_a_call() -> None:
    built = build(
        """
        class Item
          def size = 1
          def name = ""
          def use(name)
            name.upcase
            size.zero?
            [1].each { |size| size.odd? }
            total = size
            total.abs
          end
        end
        """
    )
    assert built.out("Item#use", "calls") == {"Item#size": "exact"}


def test_what_a_block_calls_is_inferred_since_it_may_be_run_for_another_object() -> None:
    built = build(
        """
        class App
          def self.get(path); end
          def page; end
          def shown = [1].each { |x| page }
          get("/") { page }
        end
        """
    )
    assert shortened(built, "calls") >= {"App#shown -> App#page ~", "App -> App#page ~", "App -> App.get"}


def test_functions_of_modules_are_called_on_the_module() -> None:
    built = build(
        """
        module A
          module_function
          def a = b
          def b; end
        end
        module B
          extend self
          def c = d
          def d; end
        end
        module C
          def self.e; end
          def f; end
          module_function :f
          private_class_method :e
        end
        def use; A.a; B.c; C.f; end
        """
    )
    assert set(built.out("use", "calls")) == {"A.a", "B#c", "C.f"}
    assert (built.node("C.e").visibility, built.node("C.f").variety) == ("private", "module_function")


def test_structs_and_data_are_classes_with_their_fields() -> None:
    built = build(
        """
        Point = Struct.new(:x, :y) { def sum = x + y }
        class Line < Struct.new(:from, :to); end
        Size = Data.define(:wide) do
          def double = wide * 2
        end
        Failure = Class.new(StandardError)
        Late = Class.new(Failure)
        """
    )
    assert built.names("class") == ["Failure", "Late", "Line", "Point", "Size"]
    assert built.names("variable") == ["Line#from", "Line#to", "Point#x", "Point#y", "Size#wide"]
    assert built.edges("references") == {
        ("Point#sum", "Point#x"), ("Point#sum", "Point#y"), ("Size#double", "Size#wide"),
    }  # fmt: skip
    assert built.edges("inherits") == {("Late", "Failure")}


def test_names_that_methods_are_given_are_definitions() -> None:
    built = build(
        """
        class Item
          def a; end
          alias b a
          alias_method :c, :b
          define_method(:d) { |x = 1| a }
          attr_writer :e
          %w[x y].each { |name| define_method(name) { a } }
          class << self
            alias f new
            attr_reader :g
          end
        end
        """
    )
    assert built.names("method") == ["Item#a", "Item#b", "Item#c", "Item#d", "Item.f"]
    assert built.names("variable") == ["Item#e=", "Item.g"]
    assert built.out("Item#b", "calls") == {"Item#a": "exact"}
    assert built.out("Item#d", "calls") == {"Item#a": "exact"}
    assert [item.default for item in built.node("Item#d").parameters or ()] == ["1"]


def test_instance_variables_are_of_the_types_that_they_are_given() -> None:
    built = build(
        """
        class Log; def one; end; def two; end; def three; end; end
        class Item
          attr_reader :log
          def initialize(other)
            made = Log.new
            @log = made
          end
          def lazy = @lazy ||= Log.new
          def use
            @log.one
            log.two
            lazy.three
          end
        end
        """
    )
    assert built.out("Item#use", "calls") == {
        "Log#one": "inferred", "Log#two": "inferred", "Log#three": "inferred", "Item#lazy": "exact",
    }  # fmt: skip
    assert built.out("Item#use", "references") == {"Item#@log": "exact", "Item#log": "exact"}


def test_types_that_documentation_declares_are_believed() -> None:
    built = build(
        """
        class Log; def one(x); end; def two(x); end; def three(x); end; end
        class Other; def one(x); end; def two(x); end; def three(x); end; end
        class Item
          # Made elsewhere.
          #
          # @return [Log, nil] the log
          attr_reader :log

          # @param logs [Array<Log>]
          # @param [Log] last
          # @return [self]
          def each_log(logs, last)
            logs.each { |item| item.one(1) }
            last.two(2)
            log.three(3)
          end

          # @return [Log, Other]
          def either = nil
          def use = each_log([], nil).each_log([], nil)
          def unsure = either.one(1)
        end
        """
    )
    assert built.out("Item#each_log", "calls") == {
        "Log#one": "inferred",
        "Log#two": "inferred",
        "Log#three": "inferred",
    }
    assert built.out("Item#use", "calls") == {"Item#each_log": "exact"}
    assert built.out("Item#unsure", "calls") == {"Item#either": "exact"}


def test_setters_and_names_that_are_sent_are_called() -> None:
    built = build(
        """
        class Item
          attr_accessor :size
          def name=(text); end
          def hidden; end
          def itself_again = self
        end
        def use
          item = Item.new
          item.itself_again.name = "x"
          item.size = 1
          item.send(:hidden)
        end
        """
    )
    assert built.out("use", "calls") == {
        "Item#name=": "inferred", "Item#hidden": "inferred", "Item#itself_again": "inferred",
    }  # fmt: skip
    assert built.out("use", "references") == {"Item#size": "inferred"}


def test_a_module_finds_what_the_class_that_includes_it_has() -> None:
    built = build(
        """
        module Labelled
          def label = name
        end
        class Item
          include Labelled
          def name; end
        end
        """
    )
    assert shortened(built, "calls") == {"Labelled#label -> Item#name ~"}


def test_names_in_heredocs_and_strings_are_read_and_what_they_only_quote_is_not() -> None:
    built = build('def a; end\ndef b; end\ndef use\n  x = <<~TEXT\n    #{a} b\n  TEXT\n  "#{b}"\nend\n')
    assert set(built.out("use", "calls")) == {"a", "b"}


def test_a_class_of_others_that_is_reopened_keeps_what_is_not_seen() -> None:
    built = build(
        """
        class Minitest::Test
          def helper; end
        end
        class ItemTest < Minitest::Test
          def test_it
            helper
            refute_nil 1
          end
        end
        """
    )
    assert shortened(built, "calls") == {
        "ItemTest#test_it -> Minitest::Test#helper", "ItemTest#test_it -> Minitest::Test.refute_nil ~",
    }  # fmt: skip


def test_load_paths_are_those_of_the_gemspec_and_the_nearest_file_is_meant() -> None:
    built = build_texts(
        {
            "one/one.gemspec": 'Gem::Specification.new do |s|\n  s.require_paths = ["src"]\nend\n',
            "one/src/shared.rb": "def f; end\n",
            "two/lib/shared.rb": "def g; end\n",
            "one/src/main.rb": 'require "shared"\nrequire File.expand_path("../../two/lib/shared", __dir__)\n',
            "two/bin/run.rb": 'require "shared"\nrequire File.expand_path("../../lib/shared", __FILE__)\nload "x.rb"\n',
        }
    )
    assert shortened(built, "imports") == lines_of(
        """
        one/src/main.rb -> one/src/shared.rb
        one/src/main.rb -> two/lib/shared.rb
        two/bin/run.rb -> two/lib/shared.rb
        two/bin/run.rb -> x.rb
        """
    )


def test_modules_that_rspec_is_told_to_include_are_seen_in_the_examples_of_the_same_gem() -> None:
    built = build_texts(
        {
            "one/spec/spec_helper.rb": "module Help\n  def helped; end\nend\nRSpec.configure { |c| c.include Help }\n",
            "one/spec/a_spec.rb": 'describe "a" do\n  it("works") { helped }\nend\n',
            "two/spec/b_spec.rb": 'describe "b" do\n  it("works") { helped }\nend\n',
        }
    )
    assert built.edges("calls") == {("one/spec/a_spec.rb: a works", "Help#helped")}


def test_an_example_that_names_no_subject_has_one_of_the_described_class() -> None:
    built = build_texts(
        {
            "lib/item.rb": "class Item\n  def run; end\nend\n",
            "spec/item_spec.rb": "describe Item do\n  it('runs') { subject.run }\nend\n",
        }
    )
    assert built.edges("tests") == {("spec/item_spec.rb: Item runs", "Item#run")}


def test_a_syntax_error_loses_only_the_method_that_it_is_in() -> None:
    built = build(
        """
        class Item
          def a; end
          def b
            foo(1,
          end
          def c
            a
          end
        end
        """
    )
    assert built.names("method") == ["Item#a", "Item#c"]
    assert built.out("Item#c", "calls") == {"Item#a": "exact"}


def test_deep_nesting_is_read_to_the_end() -> None:
    deep = "[" * 3000 + "f" + "]" * 3000
    built = build(f"def f; end\ndef use\n  {deep}\n  a{'.b' * 3000}\nend\ndef last = f\n")
    assert built.out("last", "calls") == {"f": "exact"}

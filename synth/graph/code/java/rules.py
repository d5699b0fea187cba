"""What do Java's names mean? Packages, imports, nested classes, overriding and tests."""

import re
from collections.abc import Sequence

from synth.graph.code.facts import Binding, Import
from synth.graph.code.java.builtins import (
    BUILTINS,
    GIVES_ELEMENT,
    GIVES_ENTRIES,
    GIVES_ITSELF,
    GIVES_RESULT,
    JAVA_LANG,
    LITERALS,
    PACKAGES,
    PRIMITIVES,
    RESULTS,
    UNIVERSAL,
)
from synth.graph.code.java.steps import CONSTRUCTOR
from synth.graph.code.toolkit.overloads import shape_of
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Instance, Value

TESTS = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property", "Theory"})
_NO_ABSTRACT = re.compile(r"^[^(]*\b(?:default|static|private)\b")
SETUPS = frozenset({"Before", "BeforeEach", "BeforeAll", "BeforeClass", "BeforeMethod", "BeforeTest"})


class JavaRules(Rules):
    """Java."""

    family = "java"
    builtins = BUILTINS
    dynamic_types = frozenset({"java.lang.Object"})
    constructor = CONSTRUCTOR
    literals = LITERALS
    universal = UNIVERSAL
    accessors = frozenset({"field", "enum_member"})  # a record's fields
    has_method_names = True
    has_implicit_members = True

    def resolve_import(self, resolver: Resolver, unit: Unit, item: Import) -> Found | None:
        """A class of a package, a class in a class, or a static member."""
        holder = resolver.find_path(item.module, unit)
        dotted = item.module if item.symbol in {"", "*"} else f"{item.module}.{item.symbol}"
        if holder is None:
            return Found(External(dotted))
        if item.symbol in {"", "*"}:
            return holder
        return resolver.member(holder, item.symbol, unit) or Found(External(dotted))

    def find_elsewhere(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """Wildcard imports, then `java.lang`, then full names."""
        found = super().find_elsewhere(resolver, unit, name)
        if found is not None:
            return found
        if name in PRIMITIVES:
            return Found(External(name))
        if name in JAVA_LANG:
            return Found(External(f"java.lang.{name}"))
        return self._of_others(resolver, unit, name) or resolver.top_space(name)

    def _of_others(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """A class of the only package of others that is imported whole, or of one that is known to have it."""
        wild = [item for item in unit.facts.imports if item.symbol == "*"] if name[:1].isupper() else []
        outside = [item.module for item in wild if resolver.find_path(item.module, unit) is None]
        known = [package for package in outside if name in PACKAGES.get(package, ())]
        package = (known or outside)[0] if known or len(outside) == 1 else ""
        if not package or (not known and package in PACKAGES):
            return None
        return Found(External(f"{package}.{name}"))

    def is_builtin(self, name: str) -> bool:
        """Primitive types, and what `java.lang` itself has."""
        parts = name.split(".")
        return parts[0] in PRIMITIVES or (name.startswith("java.lang.") and parts[2] in JAVA_LANG)

    def outside_result(self, resolver: Resolver, holder: Value, method: External) -> Value | None:
        """Elements, keys and views of collections, optionals and suppliers; words and numbers of the JDK."""
        package, _, name = method.name.rpartition(".")
        if package.startswith(("java.lang.", "java.util.")):
            for given, names in RESULTS.items():
                if name in names:
                    found = resolver.object_of(resolver.units[0], 0, given)
                    return None if found is None else found.value
        if not isinstance(holder, Instance) or not isinstance(holder.of, External) or not holder.arguments:
            return None
        if name in GIVES_ELEMENT:
            return holder.arguments[-1]
        if name in GIVES_ITSELF:
            return holder
        return holder.arguments[0] if name in {"getKey", "firstKey", "lastKey"} else None

    def hands_out(self, holder: Value, method: External, index: int) -> Value | None:
        """An element of a collection, stream or optional; a key and a value of a map."""
        if not isinstance(holder, Instance) or not isinstance(holder.of, External) or not holder.arguments:
            return None
        is_map = len(holder.arguments) == 2 and method.name.rpartition(".")[2] in GIVES_ENTRIES
        return holder.arguments[index] if is_map and index < 2 else holder.arguments[0]

    def takes(self, resolver: Resolver, function: Value, index: int) -> Value | None:
        """By the library's functional interfaces, or by the only abstract method of one of the source."""
        if not isinstance(function, Instance):
            return None
        if isinstance(function.of, External):
            name = function.of.name.rpartition(".")[2]
            position = 0 if name in {"Comparator", "BinaryOperator", "UnaryOperator"} else index
            return function.arguments[position] if position < len(function.arguments) - (name in GIVES_RESULT) else None
        if not isinstance(function.of, Symbol):
            return None
        members = [item for items in resolver.members.own(function.of).values() for item in items]
        abstract = [item for item in members if item.kind == "method" and not _NO_ABSTRACT.search(item.fact.signature)]
        if len(abstract) != 1 or function.of.variety != "interface":
            return None
        return _parameter_type(resolver, abstract[0], function, index)

    def overridden(self, method: Symbol, hidden: Sequence[Symbol]) -> Symbol | None:
        """The method with parameters of the same types, or the only one that takes as many."""
        words = method.fact.signature.split("(")[0].split()
        if method.variety == "constructor" or "static" in words or "private" in words:
            return None
        shape = shape_of(method)
        alike = [item for item in hidden if item.kind == "method" and len(shape_of(item)) == len(shape)]
        same = [item for item in alike if shape_of(item) == shape]
        return (same or alike)[0] if same or len(alike) == 1 else None

    def is_test(self, symbol: Symbol) -> bool:
        """Methods that JUnit or TestNG run."""
        if symbol.kind != "method" or not symbol.unit.facts.is_test:
            return False
        return bool(_annotations(symbol) & TESTS) or (symbol.name.startswith("test") and _is_test_case(symbol))

    def is_setup(self, symbol: Symbol) -> bool:
        """Methods that JUnit or TestNG run before the tests of the class."""
        return symbol.kind == "method" and (symbol.name == "setUp" or bool(_annotations(symbol) & SETUPS))


def _parameter_type(resolver: Resolver, method: Symbol, holder: Instance, index: int) -> Value | None:
    parameters = method.unit.parameters.get(method.index, [])
    bound = method.unit.tables[method.fact.body].get(parameters[index].name, []) if index < len(parameters) else []
    if not bound or not isinstance(bound[0], Binding):
        return None
    found = resolver.object_of(method.unit, method.fact.body, bound[0].annotation)
    filled = None if found is None else resolver.fill_for(found, Found(holder), method)
    return None if filled is None else filled.value


def _annotations(symbol: Symbol) -> set[str]:
    return {item.partition("(")[0].rpartition(".")[2] for item in symbol.fact.decorators}


def _is_test_case(symbol: Symbol) -> bool:
    cls = symbol.parent
    return cls is not None and cls.kind == "class" and any(base.endswith("TestCase") for base in cls.fact.bases)

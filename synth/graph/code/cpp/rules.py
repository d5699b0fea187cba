"""What do the names of C and C++ mean? Namespaces, includes, declarations and definitions, and tests."""

import re
from collections.abc import Iterator, Mapping, Sequence

from synth.graph.code.cpp.builtins import BUILTINS, LITERALS, NAMESPACES, STANDARD
from synth.graph.code.cpp.hidden import name_namespaces
from synth.graph.code.cpp.includes import Includes
from synth.graph.code.cpp.library import is_container, member_of, result_of
from synth.graph.code.cpp.ranking import HEADER, distance, is_scoped, is_shared, is_special, space_around
from synth.graph.code.cpp.steps import CONSTRUCTOR, GLOBAL, INLINE
from synth.graph.code.facts import FileFacts, Import
from synth.graph.code.toolkit.overloads import shape_of
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Place, Space, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group, Instance, Value

_QUALIFIERS = re.compile(
    r"\b(?:unsigned(?=\s+\w)|signed|const|volatile|struct|class|enum|union|typename|register|restrict)\b|[*&]|\[\w*\]|\.\.\."
)
_TEST = re.compile(r"(test(?![a-z])|should(?=_)|(?:\w+_)?test_)", re.IGNORECASE)
_ARROW = "operator->"
_SETUPS = frozenset({"SetUp", "SetUpTestSuite", "SetUpTestCase", "setUp", "setup", "TestBody"})


class CppRules(Rules):
    """C and C++, linked together; one object for each collection."""

    family = "cpp"
    separator = "::"
    supers: frozenset[str] = frozenset()
    roots = frozenset({GLOBAL})
    dynamic_types = frozenset({"void"})
    builtins = BUILTINS
    constructor = CONSTRUCTOR
    literals = LITERALS
    has_implicit_members = True
    has_enclosing_spaces = True
    has_conversions = True
    has_pointers = True
    depends_by_use = False

    def __init__(self) -> None:
        self._includes = Includes([], {})
        self._named: frozenset[str] = frozenset()
        self._functions: dict[str, list[Symbol]] = {}  # of namespaces

    def places(self, files: Sequence[FileFacts], manifests: Mapping[str, str]) -> dict[str, Place]:
        """All files share the global namespace; namespaces that macros begin get the names that the macros give."""
        name_namespaces(files)
        self._includes = Includes(files, manifests)
        return {file.path: Place("", "") for file in files}

    def prepare(self, resolver: Resolver, manifests: Mapping[str, str]) -> None:
        """Let the members of an enumeration without `class` be seen around it."""
        self._named = frozenset(item.name for unit in resolver.units for item in unit.symbols if is_shared(item))
        for unit in resolver.units:
            for symbol in unit.symbols:
                if symbol.kind == "function" and symbol.parent is not None and symbol.parent.kind == "module":
                    self._functions.setdefault(symbol.name, []).append(symbol)
        for unit in resolver.units:
            for symbol in unit.symbols:
                if symbol.variety == "enum" and symbol.kind == "class" and not is_scoped(symbol):
                    outer = unit.tables[symbol.fact.scope]
                    for name, items in unit.tables[symbol.fact.body].items():
                        outer.setdefault(name, []).extend(items)

    def import_name(self, resolver: Resolver, unit: Unit, item: Import) -> str:
        """An include binds no name."""
        return ""

    def resolve_import(self, resolver: Resolver, unit: Unit, item: Import) -> Found | None:
        """An included file, or what a `using` names."""
        if item.module:
            path = self._includes.find(unit.path, item.module)
            return Found(resolver.by_path[path].file if path else External(item.module[1:-1]))
        if item.symbol == INLINE:
            return Found(space_around(resolver, unit, item.scope))
        chain = item.alias[1:] if item.symbol == "*" else item.symbol
        return resolver.evaluate(unit, item.scope, chain, item.line)

    def root_of(self, resolver: Resolver, unit: Unit, scope: int, root: str) -> Found | None:
        """The global namespace."""
        return Found(resolver.spaces.of(""))

    def find_elsewhere(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """What `using namespace` brings, then the language's own names, then macros that are outside of the source."""
        for item in unit.facts.imports:
            if item.symbol == "*":
                source = resolver.import_of(unit, item)
                found = None if source is None else resolver.member(source, name, unit)
                if found is not None and not isinstance(found.value, External):
                    return found
        if name in BUILTINS:
            return Found(External(name))
        return self.find_unknown(unit, name) if name.isupper() or name in NAMESPACES else None

    def find_member(self, resolver: Resolver, unit: Unit, holder: Found, name: str) -> Found | None:
        """What a member of an alias, of a part of the standard library or of the global namespace is."""
        value = holder.value
        if isinstance(value, Space):
            is_standard = value.name.partition("::")[0] == "std"
            return (
                Found(External(f"{value.name}::{name}".lstrip(":")), "type") if is_standard or not value.name else None
            )
        if isinstance(value, Symbol) and value.variety == "type_alias":
            meant = resolver.declared(value)
            inner = meant.value if meant is not None else None
            return resolver.member(Found(inner.of, holder.how), name, unit) if isinstance(inner, Instance) else None
        given = member_of(value, name)
        if given is None and isinstance(value, Instance) and isinstance(value.of, Symbol) and name != _ARROW:
            pointed = resolver.member(holder, _ARROW, unit)
            held = None if pointed is None else resolver.called(unit, pointed, holder)
            return None if held is None else resolver.member(held, name, unit)
        return None if given is None else Found(given, "type")

    def outside_result(self, resolver: Resolver, holder: Value, method: External) -> Value | None:
        """What methods of the standard library give."""
        return result_of(holder, method.name.rpartition("::")[2])

    def is_gone_through(self, value: Instance) -> bool:
        """Whether it is a smart pointer or iterator, and not a container to which a pointer points."""
        return not is_container(value)

    def ranked(self, declaration: Symbol, definitions: Sequence[Symbol]) -> Sequence[Symbol]:
        """What the file of the declaration includes comes first, then what headers have, then what is near."""
        seen = self._includes.seen_from(declaration.unit.path)

        def rank(symbol: Symbol) -> tuple[object, ...]:
            path = symbol.unit.path
            is_source = symbol.kind == "class" and not HEADER.search(path)
            return path not in seen, is_source, is_special(symbol), *distance(declaration.unit, symbol)

        return sorted(definitions, key=rank)

    def find_unknown(self, unit: Unit, name: str) -> Found | None:
        """A name that the source defines nowhere is of an included file that is not in the source.

        C++ also finds a function by the namespaces of its arguments.
        """
        known = self._functions.get(name)
        if known is None or name in STANDARD:
            return None if name in self._named and name not in STANDARD else Found(External(name), "type")
        seen = self._includes.seen_from(unit.path)
        near = list(dict.fromkeys(symbol.main for symbol in known if symbol.unit.path in seen))
        same = {symbol.qualified_name for symbol in near}
        return Found(Group(tuple(near)) if len(near) > 1 else near[0], "unique_name") if len(same) == 1 else None

    def prefer(self, unit: Unit, symbols: Sequence[Symbol]) -> Sequence[Symbol]:
        """Overloads stay; of what is defined several times the nearest definition counts, and no specialisation."""
        general = [symbol for symbol in symbols if not is_special(symbol)] or list(symbols)
        ranked = sorted(general, key=lambda symbol: distance(unit, symbol))
        kept: dict[tuple[object, ...], Symbol] = {}
        for symbol in ranked:
            is_function = symbol.kind in {"function", "method"}
            kept.setdefault(shape_of(symbol) if is_function else (symbol.kind, "?"), symbol)
        if not any(symbol.kind in {"function", "method"} for symbol in ranked):
            return ranked[:1]
        return list(kept.values())

    def seen(self, unit: Unit, symbols: Sequence[Symbol]) -> tuple[Sequence[Symbol], str]:
        """What a file or one that it includes declares, then what files see that include it, then what all share."""
        if not symbols or symbols[0].kind == "module":
            return symbols, "name"
        for paths in (self._includes.seen_from(unit.path), self._includes.around(unit.path)):
            found = [symbol for symbol in symbols if symbol.unit.path in paths]
            if found:
                return found, "name"
        if symbols[0].name in STANDARD:
            return [], "name"
        shared = [symbol for symbol in symbols if symbol.fact.visibility != "private"]
        return (shared, "unique_name") if len({symbol.main for symbol in shared}) == 1 else ([], "name")

    def part_key(self, symbol: Symbol) -> str:
        """What is private to a file is declared and defined there; a specialisation is a class of its own."""
        name = symbol.qualified_name
        if symbol.kind == "function" and symbol.fact.visibility == "private":
            return f"{symbol.unit.path}:{name}"
        if symbol.variety in {"macro", "type_alias", "enum_member", "field", "test", "const"} or is_special(symbol):
            return f"{symbol.unit.path}:{name}:{symbol.index}"
        return name

    def take_over(self, declaration: Symbol, definition: Symbol) -> None:
        """The better comment, the access and the default values of a declaration."""
        fact, other = definition.fact, declaration.fact
        docstring = max(other.docstring, fact.docstring, key=len)
        is_member = bool(fact.attached) and not other.attached
        visibility = other.visibility if is_member else fact.visibility
        facts = definition.unit.facts
        facts.definitions[definition.index] = fact._replace(docstring=docstring, visibility=visibility)
        given = declaration.unit.parameters.get(declaration.index, [])
        taken = definition.unit.parameters.get(definition.index, [])
        if len(given) == len(taken):
            for position, (item, known) in enumerate(zip(given, taken, strict=True)):
                if known.default is None and item.default is not None:
                    taken[position] = known._replace(default=item.default)

    def memberships(self, symbol: Symbol, parent: Symbol) -> Iterator[tuple[Symbol, str]]:
        """Constructors have no name; members of an enumeration without `class` are members of what is around it."""
        is_constructor = symbol.kind == "method" and symbol.name == parent.name
        yield parent, CONSTRUCTOR if is_constructor else symbol.name
        outer = parent.parent
        if symbol.variety == "enum_member" and outer is not None and outer.kind == "class" and not is_scoped(parent):
            yield outer, symbol.name

    def plain_type(self, annotation: str) -> str:
        """A type without pointers, references and qualifiers; a pointer to a plain value stays one."""
        plain = _QUALIFIERS.sub("", annotation).replace(" ", "").replace("::", ".")
        return f"{plain}*" if plain in BUILTINS and "*" in annotation else plain

    def external_name(self, path: str) -> str:
        """The last name of what is outside, or the file that is included."""
        return path.removesuffix("()").rpartition("::")[2].rpartition("/")[2] or path

    def is_public(self, symbol: Symbol) -> bool:
        """What a header has is meant to be used, though it may be `static` there."""
        current: Symbol | None = symbol
        while current is not None and current.index >= 0:
            visibility = current.fact.visibility
            is_inline = current.kind in {"function", "variable"} and bool(HEADER.search(current.unit.path))
            if visibility not in {"public", ""} and not (is_inline and current.fact.parent < 0):
                return False
            current = current.parent
        return True

    def overridden(self, method: Symbol, hidden: Sequence[Symbol]) -> Symbol | None:
        """The method of a base that takes the same types."""
        if method.name == (method.parent.name if method.parent is not None else "") or method.name.startswith("~"):
            return None
        shape = shape_of(method)
        return next((item for item in hidden if item.kind == "method" and shape_of(item) == shape), None)

    def is_test(self, symbol: Symbol) -> bool:
        """Tests that a macro makes, and functions of C that are called `test_…` in files of tests."""
        if symbol.kind not in {"function", "method"}:
            return False
        if symbol.variety == "test":
            return True
        is_plain = symbol.kind == "function" and symbol.variety == "" and symbol.unit.facts.language == "c"
        return is_plain and symbol.unit.facts.is_test and bool(_TEST.match(symbol.name))

    def is_setup(self, symbol: Symbol) -> bool:
        """What a fixture does before each of its tests."""
        is_constructor = symbol.parent is not None and symbol.name == symbol.parent.name
        return symbol.name in _SETUPS or (symbol.kind == "method" and is_constructor)

"""What do C#'s names mean? Namespaces, usings, extension methods, overriding and tests."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from synth.graph.code.csharp.library import (
    COMMON,
    KEYWORDS,
    LINQ,
    LITERALS,
    NAMESPACES,
    NOTHING_KNOWN,
    argument_of,
    element_of,
    given_to_lambda,
    is_sequence,
    is_task,
    property_of,
    result_of,
)
from synth.graph.code.csharp.steps import ATTRIBUTE, CONSTRUCTOR
from synth.graph.code.facts import Binding, Import
from synth.graph.code.toolkit.overloads import EXTENSION, shape_of
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import COMMON_METHODS, Rules, words
from synth.graph.code.toolkit.units import Space, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group, Instance, Many, TypeParameter, Value

TESTS = words("Fact Theory Test TestCase TestCaseSource TestMethod DataTestMethod Property SkippableFact Scenario")
SETUPS = words("SetUp OneTimeSetUp TestInitialize ClassInitialize Before")
_USING = re.compile(r'<Using\s+Include="([\w.]+)"')
_MODIFIERS = re.compile(r"^(?:(?:ref|out|in|params|readonly|scoped)\s+)+")
_ROOTS = words("System Microsoft Windows Xunit NUnit")
_NOT_OVERRIDING = words("static private new")


class CSharpRules(Rules):
    """C#."""

    family = "csharp"
    supers = frozenset({"base"})
    builtins = KEYWORDS
    constructor = CONSTRUCTOR
    indexer = "this[]"
    literals = LITERALS
    common_methods = COMMON_METHODS | COMMON
    universal = MappingProxyType({"ToString": "string", "GetType": "Type", "Equals": "bool", "GetHashCode": "int"})
    has_implicit_members = True
    has_enclosing_spaces = True
    merges_classes = True

    def __init__(self) -> None:
        self._folders: set[str] = set()
        self._project_usings: dict[str, list[str]] = {}
        self._imported: dict[Unit, tuple[list[Found], list[str]]] = {}
        self._globals: dict[str, list[tuple[Unit, Import]]] = {}
        self._extensions: dict[str, list[Symbol]] = {}
        found: dict[str, list[str]] = defaultdict(list)
        for space, names in NAMESPACES.items():
            for name in names.split():
                found[name].append(space)
        self._known = {name: tuple(spaces) for name, spaces in found.items()}

    def prepare(self, resolver: Resolver, manifests: Mapping[str, str]) -> None:
        """Note the extension methods, and what whole projects import."""
        self._folders = {path.rpartition("/")[0] for path in manifests if path.endswith(".csproj")}
        self._extensions, self._globals, self._imported = defaultdict(list), defaultdict(list), {}
        self._project_usings = defaultdict(list)
        for path, text in sorted(manifests.items()):
            self._project_usings[path.rpartition("/")[0]] += _USING.findall(text)
        for unit in resolver.units:
            for item in unit.facts.imports:
                if item.reach == "both":
                    self._globals[_project_of(unit.path, self._folders)].append((unit, item))
            for symbol in unit.symbols:
                if symbol.variety == EXTENSION:
                    self._extensions[symbol.name].append(symbol)

    def part_key(self, symbol: Symbol) -> str:
        """Only what is declared as partial has parts."""
        if symbol.kind == "class" and "partial" in symbol.fact.signature.split():
            head = symbol.fact.signature.partition(":")[0].partition(" where ")[0]
            count = head.count(",") + 1 if "<" in head else 0
            return f"{symbol.qualified_name}`{count}"
        return f"{symbol.qualified_name} {symbol.node_id}"

    def memberships(self, symbol: Symbol, parent: Symbol) -> Iterable[tuple[Symbol, str]]:
        """A constructor has a name of its own."""
        yield parent, CONSTRUCTOR if symbol.variety == "constructor" else symbol.name

    def resolve_import(self, resolver: Resolver, unit: Unit, item: Import) -> Found | None:
        """A namespace or a type; what the source does not have is outside."""
        dotted = item.module if item.symbol in {"", "*"} else f"{item.module}.{item.symbol}"
        found = resolver.find_path(dotted, unit)
        if found is None and unit.place.space:
            found = self._relative(resolver, unit, dotted)
        return found or Found(External(dotted.partition("`")[0]))

    def _relative(self, resolver: Resolver, unit: Unit, path: str) -> Found | None:
        """A path from a namespace around."""
        space = unit.place.space
        while space:
            found = resolver.find_path(f"{space}.{path}", unit)
            if found is not None:
                return found
            space = space.rpartition(".")[0]
        return None

    def find_elsewhere(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """What `using` brings, of the file and of its project; then namespaces by their full names."""
        if name.startswith(ATTRIBUTE):
            bare = name.removeprefix(ATTRIBUTE)
            found = resolver.lookup(unit, 0, f"{bare}Attribute", 0)
            if found is None or isinstance(found.value, External):
                found = resolver.lookup(unit, 0, bare, 0) or found
            return found
        if name in KEYWORDS:
            return Found(External(name))
        for other, item in self._globals.get(_project_of(unit.path, self._folders), ()):
            if item.alias == name:
                return resolver.import_of(other, item)
        inside, outside = self._usings(resolver, unit)
        for source in inside:
            found = resolver.member(source, name, unit)
            if found is not None and not isinstance(found.value, External):
                return found
        return self._of_library(name, outside) or resolver.top_space(name)

    def _usings(self, resolver: Resolver, unit: Unit) -> tuple[list[Found], list[str]]:
        """What a file imports as a whole: of the source, and the names of what is outside."""
        if unit not in self._imported:
            sources = [resolver.import_of(other, item) for other, item in self._imports(unit) if item.symbol == "*"]
            spaces = self._spaces_of(unit)
            sources += [resolver.find_path(space, unit) or Found(External(space)) for space in spaces]
            known = [item for item in dict.fromkeys(sources) if item is not None]
            outside = [item.value.name for item in known if isinstance(item.value, External)]
            self._imported[unit] = [item for item in known if not isinstance(item.value, External)], outside
        return self._imported[unit]

    def _spaces_of(self, unit: Unit) -> list[str]:
        """What the project files in the folders above import for a file."""
        parts = unit.path.split("/")
        folders = ["/".join(parts[:count]) for count in range(len(parts))]
        return [space for folder in folders for space in self._project_usings.get(folder, ())]

    def _imports(self, unit: Unit) -> Iterator[tuple[Unit, Import]]:
        for item in unit.facts.imports:
            yield unit, item
        for other, item in self._globals.get(_project_of(unit.path, self._folders), ()):
            if other is not unit:
                yield other, item

    def _of_library(self, name: str, outside: Sequence[str]) -> Found | None:
        """A well-known type of a namespace that is imported; `System` and its like may be imported unasked."""
        bare = name.partition("`")[0]
        spaces = self._known.get(bare) or self._known.get(bare.removesuffix("Attribute"), ())
        generic = [space for space in spaces if space.endswith(".Generic")] if "`" in name else []
        imported = [space for space in spaces if space in outside]
        chosen = ([space for space in generic if space in outside] or imported or generic or list(spaces))[:1]
        return Found(External(f"{chosen[0]}.{bare}")) if chosen else None

    def find_unknown(self, unit: Unit, name: str) -> Found | None:
        """A name in capitals that nothing explains is a type or namespace of others."""
        bare = name.removeprefix(ATTRIBUTE).partition("`")[0]
        return Found(External(bare), "type") if bare[:1].isupper() else None

    def find_member(self, resolver: Resolver, unit: Unit, holder: Found, name: str) -> Found | None:
        """Elements, what lambdas are given, properties of well-known types, and extension methods."""
        value, bare = holder.value, name.partition("`")[0]
        if name == "|each":
            return Found(self._element(resolver, value) or NOTHING_KNOWN, "annotation")
        if "|" in name:
            method, place, position = name.split("|")
            given = self._given(resolver, unit, holder, method, int(place), int(position))
            return Found(given or NOTHING_KNOWN, "annotation")
        if isinstance(value, Instance | Many):
            return self._of_object(resolver, unit, value, name)
        if isinstance(value, Symbol):
            return resolver.members.find(value, bare) if bare != name else None
        is_outside = isinstance(value, Space) and value.name.partition(".")[0] in _ROOTS
        if isinstance(value, Space | External) and (is_outside or (isinstance(value, External) and bare != name)):
            return Found(External(f"{value.name}.{bare}"))
        return None

    def _of_object(self, resolver: Resolver, unit: Unit, value: Instance | Many, name: str) -> Found | None:
        known = property_of(value, name)
        if known is not None:
            return Found(known, "annotation")
        if name == "GetValueOrDefault":  # types are written down without the mark of what may be null
            return Found(External(f"System.Nullable.{name}"), "annotation")
        return self._extension(resolver, unit, value, name) or _of_sequence(value, name)

    def hands_down(self, base: External) -> bool:
        """An interface gives its classes nothing."""
        name = base.name.rpartition(".")[2]
        return not (name[:1] == "I" and name[1:2].isupper())

    def _element(self, resolver: Resolver, value: Value) -> Value | None:
        """What a loop gives: of a class of the source what its base gives."""
        if not isinstance(value, Instance) or not isinstance(value.of, Symbol):
            return element_of(value)
        for cls in resolver.members.order(value.of):
            for base in resolver.members.bases(cls) if isinstance(cls, Symbol) else ():
                if isinstance(base.value, External):
                    given = tuple(resolver.fill(item, value.of, value.arguments) for item in base.arguments)
                    found = element_of(Instance(base.value, given))
                    if found is not None:
                        return found
        return None

    def _given(
        self, resolver: Resolver, unit: Unit, holder: Found, method: str, place: int, position: int
    ) -> Value | None:
        """What a lambda takes, by the delegate that the method wants, or by what methods of sequences do."""
        found = resolver.member(holder, method, unit)
        symbols = found.value.symbols if found is not None and isinstance(found.value, Group) else ()
        if found is not None and isinstance(found.value, Symbol):
            symbols = (found.value,)
        for symbol in symbols:
            wanted = self._wanted(resolver, symbol, place + (symbol.variety == EXTENSION))
            given = argument_of(wanted, position)
            if given is not None and symbol.parent is not None and isinstance(holder.value, Instance):
                arguments = resolver.members.arguments_of(holder.value, symbol.parent.main)
                return resolver.fill(given, symbol.parent.main, arguments)
        return given_to_lambda(holder.value, method, position) if not symbols else None

    def _wanted(self, resolver: Resolver, symbol: Symbol, place: int) -> Value | None:
        parameters = symbol.unit.parameters.get(symbol.index, ())
        if place >= len(parameters) or symbol.fact.body < 0:
            return None
        for bound in symbol.unit.tables[symbol.fact.body].get(parameters[place].name, ()):
            if isinstance(bound, Binding) and bound.kind == "parameter":
                found = resolver.object_of(symbol.unit, symbol.fact.body, bound.annotation)
                return None if found is None else found.value
        return None

    def _extension(self, resolver: Resolver, unit: Unit, value: Value, name: str) -> Found | None:
        """The extension methods of this name whose namespace is seen and whose first parameter may be the object."""
        seen = [
            symbol
            for symbol in self._extensions.get(name, ())
            if self._is_imported(unit, symbol) and self._may_be(resolver, self._wanted(resolver, symbol, 0), value)
        ]
        if not seen:
            return None
        return Found(seen[0] if len(seen) == 1 else Group(tuple(seen)), "type")

    def _is_imported(self, unit: Unit, symbol: Symbol) -> bool:
        """Whether a file sees the namespace of a definition."""
        holder = symbol.parent
        space = holder.qualified_name.rpartition(".")[0] if holder is not None else ""
        around = f"{unit.place.space}.".startswith(f"{space}.") or not space or unit is symbol.unit
        return around or space in self._spaces_of(unit) or any(item.module == space for _, item in self._imports(unit))

    def _may_be(self, resolver: Resolver, wanted: Value | None, value: Value) -> bool:
        """Whether an object can be given where a type is wanted."""
        if wanted is None or (isinstance(wanted, Instance) and isinstance(wanted.of, TypeParameter)):
            return True
        if isinstance(wanted, Many) or isinstance(value, Many):
            return is_sequence(wanted) and is_sequence(value)
        if not isinstance(wanted, Instance) or not isinstance(value, Instance):
            return False
        if isinstance(value.of, Symbol):
            return wanted.of in resolver.members.order(value.of.main)
        if isinstance(wanted.of, External) and isinstance(value.of, External):
            return wanted.of.name == value.of.name or (is_sequence(wanted) and is_sequence(value))
        return False

    def outside_result(self, resolver: Resolver, holder: Value, method: External) -> Value | None:
        """Elements and awaited values."""
        name = method.name.rpartition(".")[2]
        return holder if name == "GetValueOrDefault" else result_of(holder, name)

    def is_gone_through(self, value: Instance) -> bool:
        """`await` goes through tasks."""
        return is_task(value)

    def plain_type(self, annotation: str) -> str:
        """Without `ref` and its like, and without the mark of what may be null."""
        return _MODIFIERS.sub("", annotation).replace(" ", "").rstrip("?")

    def overridden(self, method: Symbol, hidden: Sequence[Symbol]) -> Symbol | None:
        """The method with parameters of the same types, or the only one that takes as many."""
        heading = set(method.fact.signature.partition("(")[0].split())
        if method.variety in {"constructor", "operator", "destructor", EXTENSION} or heading & _NOT_OVERRIDING:
            return None
        shape = shape_of(method)
        alike = [item for item in hidden if item.kind == "method" and len(shape_of(item)) == len(shape)]
        same = [item for item in alike if shape_of(item) == shape]
        return (same or alike)[0] if same or len(alike) == 1 else None

    def external_name(self, path: str) -> str:
        """The last part of a path."""
        return path.rpartition(".")[2] or path

    def is_test(self, symbol: Symbol) -> bool:
        """Methods that xUnit, NUnit or MSTest run."""
        return symbol.kind == "method" and bool(_attributes(symbol) & TESTS)

    def is_setup(self, symbol: Symbol) -> bool:
        """What runs before each test of a class: its constructor, or methods that say so."""
        if symbol.kind != "method":
            return False
        return symbol.variety == "constructor" or symbol.name == "InitializeAsync" or bool(_attributes(symbol) & SETUPS)


def _of_sequence(value: Value, name: str) -> Found | None:
    """What LINQ has for everything that can be looped over, and what arrays have."""
    if name in LINQ and is_sequence(value):
        return Found(External(f"System.Linq.Enumerable.{name}"), "type")
    return Found(External(f"System.Array.{name}"), "type") if isinstance(value, Many) else None


def _attributes(symbol: Symbol) -> set[str]:
    return {item.partition("(")[0].rpartition(".")[2].removesuffix("Attribute") for item in symbol.fact.decorators}


def _project_of(path: str, folders: set[str]) -> str:
    """The folder of the nearest project file above."""
    folder = path.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folder

"""What do the names of a language mean? The hooks of linking, with what most languages have in common."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from synth.graph.code.facts import FileFacts, Import
from synth.graph.code.toolkit.units import Place, Space, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Instance, Value

if TYPE_CHECKING:
    from synth.graph.code.toolkit.resolver import Resolver


def words(text: str) -> frozenset[str]:
    """The words of a text, parted by white space."""
    return frozenset(text.split())


COMMON_METHODS = words(
    "add addall all any append apply call cancel clear clone close collect commit compare compareto connect "
    "contains copy count create delete dispose done each emit empty end equals error execute exists exit fail "
    "filter find first flush format foreach from get getname getvalue handle hash hashcode has indexof info init "
    "insert is isempty iterator join key keys last len length list load lock log map match merge message name new "
    "next open parse pop print println push put read readline release remove render replace reset resolve run "
    "save search seek select send set size skip sleep sort split start status step stop string sub sum take test "
    "then to tostring trim type unlock update use valid value values visit wait warn with write"
)
"""Methods that objects of all kinds have, in small letters: a call of one says nothing about the object."""


class Rules:
    """One language, or several that share their names, as it is linked; a language overrides what it does differently.

    Attributes:
        family: the language's name, or that of the first of those that are linked together.
        separator: what stands between a package or module and what is in it, and between a type and its member.
        selves: names that stand for the object whose method they are in, beside the receivers that methods name.
        supers: names that stand for the same object seen as one of its base class.
        roots: other names with a meaning of their own at the beginning of a chain; see `root_of`.
        self_types: names of types that stand for the class that they are in.
        dynamic_types: types that say nothing of an object, such as `any`.
        builtins: names that every file knows, which get no edges.
        constructor: the name by which chains call a constructor of an object's class; empty where they never do.
        literals: for a literal's type the other types of parameters that it may be given to.
        accessors: varieties of variables that are called as if they were methods which give them.
        universal: methods that every object has, with the type that each one gives.
        common_methods: methods that are never told by their name alone.
        conversions: varieties of classes that are only called to convert a value.
        has_method_names: whether functions have names of their own, so that a variable never hides one.
        has_field_names: whether fields and methods of one name do not hide each other.
        has_implicit_members: whether a bare name may be a member of the class that it is in.
        has_conversions: whether a class may say that its objects are made of others unasked.
        indexer: the name of the member that `[]` calls on an object of a class; empty where there is none.
        has_pointers: whether `p[i]` may be one of the objects that `p` points at, so that its type is that of `p`.
        has_enclosing_spaces: whether names of an outer package or namespace are seen in those inside of it.
        has_ordered_locals: whether a local name stands for its last declaration above, and not for all of them.
        depends_by_use: whether a file depends on those whose definitions it uses, and not only on those it imports.
        has_closed_modules: whether names outside of a module inside of a file are not seen in it.
        nests_modules: whether modules contain those whose names begin with theirs.
        merges_classes: whether classes of one qualified name are parts of one class.
        has_loose_calls: whether a function may be called with more or fewer arguments than it names.
    """

    family: str = ""
    separator: str = "."
    selves: frozenset[str] = frozenset({"this"})
    supers: frozenset[str] = frozenset({"super"})
    roots: frozenset[str] = frozenset()
    self_types: frozenset[str] = frozenset()
    dynamic_types: frozenset[str] = frozenset()
    builtins: frozenset[str] = frozenset()
    constructor: str = ""
    literals: Mapping[str, frozenset[str]] = MappingProxyType({})
    accessors: frozenset[str] = frozenset({"enum_member"})
    universal: Mapping[str, str] = MappingProxyType({})
    common_methods: frozenset[str] = COMMON_METHODS
    conversions: frozenset[str] = frozenset()
    has_method_names: bool = False
    has_field_names: bool = False
    has_implicit_members: bool = False
    has_conversions: bool = False
    indexer: str = ""
    has_pointers: bool = False
    has_enclosing_spaces: bool = False
    has_ordered_locals: bool = True
    depends_by_use: bool = True
    has_closed_modules: bool = False
    nests_modules: bool = False
    merges_classes: bool = False
    has_loose_calls: bool = False

    def places(self, files: Sequence[FileFacts], manifests: Mapping[str, str]) -> dict[str, Place]:
        """Where the top level of each file belongs, by path."""
        return {file.path: Place(file.package, "package" if file.package else "") for file in files}

    def prepare(self, resolver: "Resolver", manifests: Mapping[str, str]) -> None:
        """Work out what resolving needs to know of the collection, before any name is looked up."""

    def import_name(self, resolver: "Resolver", unit: Unit, item: Import) -> str:
        """The name that an import binds which gives none."""
        return item.symbol

    def resolve_import(self, resolver: "Resolver", unit: Unit, item: Import) -> Found | None:
        """What an import stands for: a package or module where it has no symbol or `*`, else what it names there."""
        space = resolver.spaces.by_name.get(item.module)
        if not item.module:
            return resolver.lookup(unit, item.scope, item.symbol, item.line)
        dotted = f"{item.module}{self.separator}{item.symbol}" if item.symbol not in {"", "*"} else item.module
        if space is None:
            return Found(External(dotted))
        if item.symbol in {"", "*"}:
            return Found(space)
        return resolver.space_member(space, item.symbol, unit)

    def root_of(self, resolver: "Resolver", unit: Unit, scope: int, root: str) -> Found | None:
        """What one of `roots` stands for, such as `crate` in Rust."""
        return None

    def find_elsewhere(self, resolver: "Resolver", unit: Unit, name: str) -> Found | None:
        """What a bare name stands for that no scope and no package around it binds: wildcard imports, defaults."""
        for item in unit.facts.imports:
            if item.symbol == "*":
                source = self.resolve_import(resolver, unit, item)
                found = None if source is None else resolver.member(source, name, unit)
                if found is not None and not isinstance(found.value, External):
                    return found
        return None

    def is_gone_through(self, value: Instance) -> bool:
        """Whether the link `!` leads from an object of a type that is outside to its first type argument."""
        return True

    def ranked(self, declaration: Symbol, definitions: Sequence[Symbol]) -> Sequence[Symbol]:
        """Definitions of a declaration's name, the one first that it most likely declares."""
        return definitions

    def find_unknown(self, unit: Unit, name: str) -> Found | None:
        """What a bare name stands for that nothing else explains."""
        return None

    def find_member(self, resolver: "Resolver", unit: Unit, holder: Found, name: str) -> Found | None:
        """What an object has beside what its class says, such as an extension method."""
        return None

    def call_of(self, resolver: "Resolver", space: Space) -> Found | None:
        """The function that shares its name with a module, where that name is called."""
        return None

    def hands_down(self, base: External) -> bool:
        """Whether a base that is outside of the source may give its classes members that the source does not show."""
        return True

    def outside_result(self, resolver: "Resolver", holder: Value, method: External) -> Value | None:
        """What a method that is outside of the source gives for an object, such as an element for a list."""
        return None

    def hands_out(self, holder: Value, method: External, index: int) -> Value | None:
        """What a method that is outside of the source hands to a lambda, as its argument at an index."""
        return None

    def takes(self, resolver: "Resolver", function: Value, index: int) -> Value | None:
        """What an object takes as its argument at an index when it is called, such as one of a functional interface."""
        return None

    def prefer(self, unit: Unit, symbols: Sequence[Symbol]) -> Sequence[Symbol]:
        """Of definitions of one name those that a file means: its own, then those outside of tests."""
        own = [symbol for symbol in symbols if symbol.unit is unit]
        if own:
            return own
        return [symbol for symbol in symbols if not symbol.unit.facts.is_test] or symbols

    def seen(self, unit: Unit, symbols: Sequence[Symbol]) -> tuple[Sequence[Symbol], str]:
        """Of the definitions that a space has by one name those that a file sees, and how sure that is."""
        return [symbol for symbol in symbols if symbol.unit is unit or self.is_seen(unit, symbol)], "name"

    def is_seen(self, unit: Unit, symbol: Symbol) -> bool:
        """Whether a definition of another file can be named from a file that shares its space."""
        return True

    def part_key(self, symbol: Symbol) -> str:
        """What the parts and declarations of one definition have in common."""
        return symbol.qualified_name

    def take_over(self, declaration: Symbol, definition: Symbol) -> None:
        """Take what only a declaration says into the definition that it stands for."""

    def memberships(self, symbol: Symbol, parent: Symbol) -> Iterable[tuple[Symbol, str]]:
        """The classes of which a definition in a class is a member, and the name that it has there."""
        yield parent, self.constructor if symbol.variety == "constructor" else symbol.name

    def plain_type(self, annotation: str) -> str:
        """A parameter's type as facts write types, by how it is written in the source."""
        return annotation.replace(" ", "")

    def is_builtin(self, name: str) -> bool:
        """Whether what is outside of the source is part of the language, so that it gets no edges."""
        return name.partition(self.separator)[0] in self.builtins

    def is_dynamic(self, name: str) -> bool:
        """Whether a type says nothing of its objects."""
        last = name.rpartition(self.separator)[2]
        return any(item.rpartition(self.separator)[2] == last for item in self.dynamic_types)

    def external_name(self, path: str) -> str:
        """The last name of what is outside of the source, by its full name."""
        return path.removesuffix("()").rpartition(self.separator)[2] or path

    def is_public(self, symbol: Symbol) -> bool:
        """Whether users of the source are meant to use a definition."""
        current: Symbol | None = symbol
        while current is not None and current.index >= 0:
            if current.fact.visibility != "public":
                return False
            current = current.parent
        return True

    def implicit_bases(self, resolver: "Resolver") -> Iterable[tuple[Symbol, Symbol]]:
        """Classes and the interfaces that they implement without saying so."""
        return ()

    def overridden(self, method: Symbol, hidden: Sequence[Symbol]) -> Symbol | None:
        """Which of a base's members of the same name a method hides."""
        return next((symbol for symbol in hidden if symbol.kind == "method"), None)

    def is_test(self, symbol: Symbol) -> bool:
        """Whether a test runner would run it."""
        return False

    def is_of_tests(self, symbol: Symbol) -> bool:
        """Whether a definition serves tests and is not what they test."""
        return symbol.unit.facts.is_test

    def is_setup(self, symbol: Symbol) -> bool:
        """Whether a test runner runs it before the tests that stand beside it."""
        return False

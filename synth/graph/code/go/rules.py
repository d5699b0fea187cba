"""What do Go's names mean? Modules and packages, imports, method sets and tests."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from synth.graph.code.facts import FileFacts, Import
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules, words
from synth.graph.code.toolkit.structure import classes_of
from synth.graph.code.toolkit.units import Place, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found

BUILTINS = words(
    "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string "
    "uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap clear close complex copy delete imag "
    "len make max min new panic print println real recover _ C unsafe.Pointer unsafe.Sizeof"
)
_MODULE = re.compile(r'^\s*module\s+"?([^\s"]+)', re.MULTILINE)
_TEST = re.compile(r"(Test|Benchmark|Example|Fuzz)(?![a-z])")
_VERSION = re.compile(r"v\d+$")
_QUALIFIER = re.compile(r"\b\w+\.(?=\w)")


class GoRules(Rules):
    """Go."""

    family = "go"
    selves: frozenset[str] = frozenset()
    supers: frozenset[str] = frozenset()
    builtins = BUILTINS
    dynamic_types = frozenset({"any"})
    conversions = frozenset({"type", "interface"})

    def places(self, files: Sequence[FileFacts], manifests: Mapping[str, str]) -> dict[str, Place]:
        """A package is a folder; its name begins with that of the module whose go.mod is nearest above.

        Tests of a package `x_test` are a package beside it.
        """
        modules = {
            path.rpartition("/")[0]: match[1]
            for path, text in manifests.items()
            if path.rpartition("/")[2] == "go.mod" and (match := _MODULE.search(text))
        }
        return {file.path: Place(_package_of(file, modules), "package", name=file.package) for file in files}

    def import_name(self, resolver: Resolver, unit: Unit, item: Import) -> str:
        """What the imported package calls itself; of others the last part of the path that is no version."""
        space = resolver.spaces.by_name.get(item.module)
        if space is not None and space.parts:
            return space.parts[0][0].facts.package
        parts = [part for part in item.module.split("/") if not _VERSION.match(part)] or [item.module]
        return re.sub(r"\.v\d+$", "", parts[-1]).removeprefix("go-")

    def resolve_import(self, resolver: Resolver, unit: Unit, item: Import) -> Found | None:
        """An import names a package of the source or of others; `import .` takes all that it has."""
        space = resolver.spaces.by_name.get(item.module)
        return Found(External(item.module) if space is None else space)

    def find_elsewhere(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """What `import .` brings, then what Go itself has."""
        return super().find_elsewhere(resolver, unit, name) or (Found(External(name)) if name in BUILTINS else None)

    def prefer(self, unit: Unit, symbols: Sequence[Symbol]) -> Sequence[Symbol]:
        """Of definitions for several builds those for the same one as the file, as far as file names tell."""
        nearer = super().prefer(unit, symbols)
        suffix = _build_of(unit.path)
        return [symbol for symbol in nearer if suffix and _build_of(symbol.unit.path) == suffix] or nearer

    def external_name(self, path: str) -> str:
        """`Println` of `fmt.Println`, `http` of `net/http`."""
        return path.rpartition("/")[2].rpartition(".")[2] or path

    def implicit_bases(self, resolver: Resolver) -> Iterator[tuple[Symbol, Symbol]]:
        """A type implements an interface by having its methods."""
        having: dict[str, list[Symbol]] = defaultdict(list)
        sets: dict[Symbol, dict[str, str]] = {}
        classes = classes_of(resolver.units)
        for cls in classes:
            sets[cls] = _method_set(resolver, cls)
            if cls.variety != "interface":
                for name in sets[cls]:
                    having[name].append(cls)
        for interface in classes:
            wanted = sets[interface]
            if interface.variety != "interface" or not wanted or _has_outside(resolver, interface):
                continue
            rarest = min(wanted, key=lambda name: (len(having[name]), name))
            for cls in having[rarest]:
                if wanted.items() <= sets[cls].items() and _may_implement(resolver, cls, interface, wanted):
                    yield cls, interface

    def is_test(self, symbol: Symbol) -> bool:
        """Functions that `go test` runs."""
        return symbol.kind == "function" and symbol.unit.path.endswith("_test.go") and bool(_TEST.match(symbol.name))


def _package_of(file: FileFacts, modules: Mapping[str, str]) -> str:
    folder = file.path.rpartition("/")[0]
    above = folder
    while above and above not in modules:
        above = above.rpartition("/")[0]
    module = modules.get(above, "")
    rest = folder[len(above) :].strip("/") if above in modules else folder
    name = "/".join(part for part in (module, rest) if part) or file.package
    is_outer_test = file.package.endswith("_test") and file.path.endswith("_test.go")
    return f"{name}_test" if is_outer_test else name


def _build_of(path: str) -> str:
    """The system and processor that a file's name says it is for."""
    stem = path.rpartition("/")[2].removesuffix(".go").removesuffix("_test")
    return stem.partition("_")[2]


def _method_set(resolver: Resolver, cls: Symbol) -> dict[str, str]:
    """The methods of a type, embedded ones too, with what they take and give."""
    found: dict[str, str] = {}
    for item in resolver.members.order(cls):
        if isinstance(item, Symbol):
            for name, symbols in resolver.members.own(item).items():
                if symbols[0].kind == "method":
                    found.setdefault(name, _shape(symbols[0]))
                elif item.variety == "struct":
                    found.setdefault(name, "")
    return {name: shape for name, shape in found.items() if shape}


def _shape(method: Symbol) -> str:
    taken = [f"{item.kind} {item.annotation}" for item in method.unit.parameters.get(method.index, ())]
    return _QUALIFIER.sub("", f"{','.join(taken)}:{method.fact.returns}")


def _may_implement(resolver: Resolver, cls: Symbol, interface: Symbol, wanted: Mapping[str, str]) -> bool:
    """Whether it does not embed it anyway; methods in small letters are another package's own."""
    is_open = all(name[:1].isupper() for name in wanted)
    return (is_open or cls.unit.space is interface.unit.space) and interface not in resolver.members.order(cls)


def _has_outside(resolver: Resolver, interface: Symbol) -> bool:
    """Whether some of an interface's methods are not known."""
    return any(isinstance(item, External) for item in resolver.members.order(interface))

"""What do the names of scripts mean? Modules, imports of every kind, `this`, and what a file exports."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from synth.graph.code.facts import FileFacts, Import
from synth.graph.code.javascript.globals import BUILTINS, ELEMENT, SAME
from synth.graph.code.javascript.imports import DEFAULT, WHOLE
from synth.graph.code.javascript.resolver import ScriptResolver
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import COMMON_METHODS, Rules, words
from synth.graph.code.toolkit.units import Place, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Instance, Many, Super, Value

_SUFFIX = re.compile(r"(\.d)?\.[cm]?[jt]sx?$")
_PACKAGE_DOT = re.compile(r"\.(js|io|ts)$")


class ScriptRules(Rules):
    """JavaScript, TypeScript and TSX, which import each other."""

    family = "javascript"
    selves: frozenset[str] = frozenset()
    supers: frozenset[str] = frozenset()
    roots = frozenset({"this", "super", "exports"})
    self_types = frozenset({"this"})
    dynamic_types = frozenset({"any", "unknown", "Object", "object", "Function"})
    builtins = BUILTINS
    constructor = "constructor"
    common_methods = COMMON_METHODS | words(
        "bind on off once emit pipe catch finally every some reduce foreach splice slice concat includes trim "
        "split charat substring tolowercase touppercase tofixed assign freeze getelementbyid queryselector "
        "addeventlistener removeeventlistener setattribute getattribute appendchild removechild preventdefault "
        "stoppropagation subscribe unsubscribe dispatch getstate setstate tobe toequal log warn error debug parse "
        "stringify json text"
    )
    has_ordered_locals = False
    has_loose_calls = True
    merges_classes = True

    def places(self, files: Sequence[FileFacts], manifests: Mapping[str, str]) -> dict[str, Place]:
        """Every file is a module, called by its path without the suffix; a declaration file shares that of its code."""
        stems = {file.path: _SUFFIX.sub("", file.path) for file in files}
        code = Counter(stem for path, stem in stems.items() if ".d." not in path)
        found: dict[str, Place] = {}
        for file in files:
            stem = stems[file.path]
            space = file.path if code[stem] > 1 and ".d." not in file.path else stem
            found[file.path] = Place(space, "module", is_shared=False, name=stem.rpartition("/")[2])
        return found

    def prepare(self, resolver: Resolver, manifests: Mapping[str, str]) -> None:
        """Read how the source is laid out."""
        if isinstance(resolver, ScriptResolver):
            resolver.lay_out(manifests)

    def import_name(self, resolver: Resolver, unit: Unit, item: Import) -> str:
        """An import without a name is only run."""
        return ""

    def resolve_import(self, resolver: Resolver, unit: Unit, item: Import) -> Found | None:
        """What an import or export names: a module, what it exports, or something of a package of others."""
        if not item.module:
            if item.symbol in unit.tables[item.scope] or item.symbol.isidentifier():
                return resolver.lookup(unit, item.scope, item.symbol, item.line)
            return resolver.evaluate(unit, item.scope, item.symbol, item.line)
        if not isinstance(resolver, ScriptResolver):
            return None
        path = resolver.layout.find(item.module, unit.path)
        if path is not None:
            return resolver.exported(resolver.by_path[path], item.symbol, unit)
        if not resolver.layout.is_outside(item.module):
            return None
        package = item.module.removeprefix("node:")
        is_whole = item.symbol in {"", "*", DEFAULT, WHOLE}
        return Found(External(package if is_whole else f"{package}.{item.symbol}"))

    def root_of(self, resolver: Resolver, unit: Unit, scope: int, root: str) -> Found | None:
        """`exports` is the file; `this` is the object of the method around, through arrow functions only."""
        if root == "exports":
            return Found(unit.space)
        own = scope_of_this(unit, scope)
        if own >= 0:
            return resolver.bound(unit, own, "this", 0) if root == "this" else None
        holder = holder_of(unit, scope)
        if holder is None:
            return None
        return Found(Super(holder) if root == "super" else Instance(holder), "self")

    def find_elsewhere(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """What every script knows."""
        return Found(External(name)) if name in BUILTINS else None

    def find_member(self, resolver: Resolver, unit: Unit, holder: Found, name: str) -> Found | None:
        """What arrays have."""
        return Found(External(f"Array.{name}"), "type") if isinstance(holder.value, Many) else None

    def outside_result(self, resolver: Resolver, holder: Value, method: External) -> Value | None:
        """What methods of arrays, maps and promises give."""
        name = method.name.rpartition(".")[2]
        if isinstance(holder, Many):
            return holder if name in SAME else holder.element if name in ELEMENT else None
        if isinstance(holder, Instance) and isinstance(holder.of, External) and holder.arguments:
            kind = holder.of.name
            if kind in {"Map", "WeakMap", "ReadonlyMap"} and name == "get":
                return holder.arguments[-1]
            if kind == "Promise" and name in {"catch", "finally"}:
                return holder
        return None

    def prefer(self, unit: Unit, symbols: Sequence[Symbol]) -> Sequence[Symbol]:
        """Of definitions of one name its own, then those with code, then those outside of tests."""
        nearer = super().prefer(unit, symbols)
        return [symbol for symbol in nearer if symbol.variety != "declaration"] or nearer

    def is_seen(self, unit: Unit, symbol: Symbol) -> bool:
        """Only what a file exports is."""
        return symbol.fact.visibility == "public"

    def is_builtin(self, name: str) -> bool:
        """What the language has, and what only hangs on the result of something outside."""
        return "()" in name or super().is_builtin(name)

    def external_name(self, path: str) -> str:
        """`useState` of `react.useState`, `core` of `@scope/core`, `socket.io` of itself."""
        last = path.removesuffix("()").rpartition("/")[2]
        if "." not in _PACKAGE_DOT.sub("", last):
            return last or path
        return last.rpartition(".")[2] or path

    def overridden(self, method: Symbol, hidden: Sequence[Symbol]) -> Symbol | None:
        """A constructor overrides nothing."""
        return None if method.name == "constructor" else super().overridden(method, hidden)

    def is_test(self, symbol: Symbol) -> bool:
        """What `test` and `it` are given."""
        return symbol.variety == "test"

    def is_of_tests(self, symbol: Symbol) -> bool:
        """Suites, tests and set-up, wherever they stand, and all that is in files of tests."""
        return symbol.unit.facts.is_test or symbol.variety in {"test", "suite", "setup"}

    def is_setup(self, symbol: Symbol) -> bool:
        """What `beforeEach` and the like are given."""
        return symbol.variety == "setup"


def scope_of_this(unit: Unit, scope: int) -> int:
    """The function around a scope that has a `this` of its own, through arrow functions only; -1 where none has."""
    scopes = unit.facts.scopes
    while scope >= 0 and "this" not in unit.tables[scope]:
        if scopes[scope].definition >= 0 and unit.symbols[scopes[scope].definition].kind in {"class", "method"}:
            return -1
        scope = scopes[scope].parent
    return scope


def holder_of(unit: Unit, scope: int) -> Symbol | None:
    """The class or object whose method a scope is in; None in a function that has a `this` of its own."""
    scopes = unit.facts.scopes
    while scope >= 0:
        here = scopes[scope]
        if here.kind == "class" and here.definition < 0:
            return None
        if here.definition >= 0 and here.kind != "block":
            symbol = unit.symbols[here.definition]
            if symbol.kind == "class":
                return symbol.main
            parent = symbol.parent
            if symbol.kind == "method" and parent is not None:
                is_member = parent.kind in {"class", "variable"} or symbol.fact.attached
                return parent.main if is_member else None
            if not symbol.fact.signature.endswith("=>") and symbol.variety not in {"test", "setup", "suite"}:
                return None
        scope = here.parent
    return None

"""What do Ruby's names mean? Load paths, nested names, external constants and tests."""

import re
from collections.abc import Mapping, Sequence

from synth.graph.code.facts import FileFacts, Import
from synth.graph.code.ruby.builtins import CLASSES, COMMON, EXAMPLES, KERNEL, UNIVERSAL
from synth.graph.code.ruby.loading import LoadPaths
from synth.graph.code.ruby.nesting import place_nested
from synth.graph.code.ruby.resolver import RubyResolver
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Place, Symbol, Unit
from synth.graph.code.toolkit.values import Found, Instance, Super

SETUPS = frozenset({"setup", "before", "around", "initialize"})


class RubyRules(Rules):
    """Ruby."""

    family = "ruby"
    separator = "::"
    selves: frozenset[str] = frozenset()
    supers: frozenset[str] = frozenset()
    roots = frozenset({"self", "super", "described_class"})
    builtins = CLASSES | KERNEL | EXAMPLES
    common_methods = COMMON
    universal = UNIVERSAL
    merges_classes = True

    def places(self, files: Sequence[FileFacts], manifests: Mapping[str, str]) -> dict[str, Place]:
        """All files share the top level."""
        return {file.path: Place("") for file in files}

    def prepare(self, resolver: Resolver, manifests: Mapping[str, str]) -> None:
        """Place names that are defined by a path, index constants and find the load paths."""
        place_nested(resolver.units)
        if isinstance(resolver, RubyResolver):
            resolver.load_paths = LoadPaths(resolver.by_path, manifests)
            resolver.collect_names()

    def import_name(self, resolver: Resolver, unit: Unit, item: Import) -> str:
        """Loading a file binds no name."""
        return ""

    def root_of(self, resolver: Resolver, unit: Unit, scope: int, root: str) -> Found | None:
        """`self` is an object or a class; `super` the same as seen from above."""
        here = resolver.selves.at(unit, scope) if isinstance(resolver, RubyResolver) else None
        if here is None or here.cls is None or not isinstance(resolver, RubyResolver):
            return None
        if root == "described_class":
            return resolver.described(here.cls)
        if root == "super":
            return Found(Super(here.cls, here.is_static), "self")
        return Found(here.cls if here.is_static else Instance(here.cls), "type" if here.in_block else "self")

    def is_builtin(self, name: str) -> bool:
        """What Ruby itself has, and what its objects are given by it."""
        return re.split(r"::|\.|\(", name, maxsplit=1)[0] in self.builtins

    def external_name(self, path: str) -> str:
        """`parse` of `JSON.parse`, `Base` of `ActiveRecord::Base`, `x` of `json/x`."""
        return re.split(r"::|\.|/", path.removesuffix("()"))[-1] or path

    def overridden(self, method: Symbol, hidden: Sequence[Symbol]) -> Symbol | None:
        """The method of a base; constructors and hooks of their classes are not overridden by each other."""
        return next((symbol for symbol in hidden if symbol.kind == "method" and symbol.variety != "it"), None)

    def is_test(self, symbol: Symbol) -> bool:
        """Examples, and methods that Minitest or test-unit run."""
        if symbol.variety == "it":
            return True
        return symbol.kind == "method" and symbol.unit.facts.is_test and symbol.name.startswith("test_")

    def is_setup(self, symbol: Symbol) -> bool:
        """What is run before each test."""
        return symbol.kind == "method" and symbol.name in SETUPS

"""What does a Ruby name stand for? Constants, variables, and methods of the object that a scope is in."""

from collections.abc import Sequence

from synth.graph.code.facts import Binding, Import
from synth.graph.code.ruby.bare import is_bare
from synth.graph.code.ruby.constants import Constants
from synth.graph.code.ruby.loading import LoadPaths
from synth.graph.code.ruby.members import RubyMembers
from synth.graph.code.ruby.nesting import choose_mains, tell_apart
from synth.graph.code.ruby.selves import Self, Selves
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Spaces, Symbol, Unit
from synth.graph.code.toolkit.values import (
    External,
    Found,
    Function,
    Group,
    Instance,
    Many,
    Super,
    TypeParameter,
    Value,
)

SAME = frozenset({"freeze", "dup", "clone", "tap", "itself", "then", "extend"})  # methods that give their object
SUBJECTS = frozenset({"subject", "is_expected"})
_MATCHERS = ("be_", "have_")  # RSpec makes a matcher of every method that asks something
_ASSERTIONS = ("assert", "refute")


class RubyResolver(Resolver):
    """Answers what names mean in the Ruby files of one collection."""

    members: RubyMembers

    def __init__(self, rules: Rules, units: Sequence[Unit], spaces: Spaces) -> None:
        super().__init__(rules, units, spaces)
        self.members = RubyMembers(self, ())
        self.load_paths = LoadPaths((), {})
        self.constants = Constants(self, ())
        self.selves = Selves()
        self._functions: dict[str, list[Symbol]] = {}  # of the top level

    def make_members(self, units: Sequence[Unit]) -> RubyMembers:
        """The classes and modules; methods of a class itself get the name that tells them from those of its objects."""
        tell_apart(units)
        choose_mains(units)
        self.collect_names()
        return RubyMembers(self, units)

    def collect_names(self) -> None:
        """Index what constants name, and the functions of the top level."""
        self.constants = Constants(self, self.units)
        self._functions = {}
        for unit in self.units:
            for symbol in unit.symbols:
                if symbol.kind == "function" and symbol.parent is unit.home:
                    self._functions.setdefault(symbol.name, []).append(symbol)

    def import_of(self, unit: Unit, item: Import) -> Found | None:
        """The file that is loaded, else what a package of that name gives."""
        path = self.load_paths.find(item.module, unit.path)
        if path:
            return Found(self.by_path[path].file)
        return None if item.module.startswith(".") else Found(External(item.module))

    def lookup(self, unit: Unit, scope: int, name: str, line: int, *, called: bool = False) -> Found | None:
        """What a name by itself stands for: a constant, a variable, or a method of the object that it stands in."""
        here = self.selves.at(unit, scope)
        if name[0].isupper() or name[0] == ":":
            own = self._of_self(here, here.cls, name) if called and here.cls is not None else None
            return own or self.constant(unit, scope, name)
        if name[0] == "@":
            return None if here.cls is None else self.members.find(here.cls, name)
        if not is_bare(name):
            return None
        if not called:
            return self._local_at(unit, scope, name, line)
        found = None if here.cls is None else self._of_self(here, here.cls, name)
        return found or self._at_top(unit, name) or self._from_outside(unit, here, name)

    def _local_at(self, unit: Unit, scope: int, name: str, line: int) -> Found | None:
        scopes = unit.facts.scopes
        while scope >= 0:
            items = unit.tables[scope].get(name, ())
            if any(isinstance(item, Binding) and item.kind != "definition" for item in items):
                return self.bound(unit, scope, name, line)
            scope = scopes[scope].parent
        return None

    def _of_self(self, here: Self, cls: Symbol, name: str) -> Found | None:
        """A method of the object that a scope is in."""
        found = self.method(cls, name, is_static=here.is_static)
        if found is not None:
            return found.through("type" if here.in_block else "self")
        if here.is_static and name == "new":
            return Found(cls, "self")
        if name in SUBJECTS:
            return self._subject(cls)
        found = self.method(cls, name, is_static=False) if here.is_static and here.in_block else None
        return None if found is None else found.through("type")

    def _at_top(self, unit: Unit, name: str) -> Found | None:
        """A function of the top level, inferred where another file has it; else of what the top level includes."""
        symbols = self.rules.prefer(unit, self._functions.get(name, ()))
        if symbols and (unit.facts.is_test or not symbols[0].unit.facts.is_test):
            value: Value = symbols[0] if len(symbols) == 1 else Group(tuple(symbols))
            return Found(value, "name" if symbols[0].unit is unit else "type")
        found = (self.members.find(module, name) for module in self.members.everywhere(unit))
        return next((item.through("type") for item in found if item is not None), None)

    def _from_outside(self, unit: Unit, here: Self, name: str) -> Found | None:
        """What Ruby, an ancestor outside of the source or a framework for tests has."""
        is_matcher = here.cls is not None and here.cls.variety == "describe" and name.startswith(_MATCHERS)
        if name in self.rules.builtins or is_matcher:
            return Found(External(f"Kernel.{name}"))
        found = None if here.cls is None else self._outside(here.cls, name, is_static=here.is_static)
        is_assertion = found is None and unit.facts.is_test and name.startswith(_ASSERTIONS)
        return Found(External(f"Kernel.{name}")) if is_assertion else found

    def method(self, cls: Symbol, name: str, *, is_static: bool) -> Found | None:
        """A method of a class itself, or of its objects."""
        if is_static:
            return self.members.find(cls, f".{name}")
        return self.members.find(cls, name) or self.members.among_users(cls.main, name)

    def _subject(self, cls: Symbol) -> Found | None:
        """What a group of examples is about, whatever it is called; else an object of the class that it describes."""
        for group in self.members.order(cls):
            for symbols in self.members.own(group).values() if isinstance(group, Symbol) else ():
                if symbols[0].variety == "let" and symbols[0].fact.signature.startswith("subject"):
                    return Found(symbols[0], "self")
        described = self.described(cls)
        value = None if described is None else described.value
        return Found(Function(Instance(value)), "type") if isinstance(value, Symbol | External) else None

    def described(self, cls: Symbol) -> Found | None:
        """What the nearest group of examples around describes."""
        group: Symbol | None = cls
        while group is not None and group.variety == "describe":
            for item in self._held.get(group, ()):
                if item.annotation:
                    return self.constant(group.unit, item.scope, item.annotation)
            group = group.parent
        return None

    def constant(self, unit: Unit, scope: int, name: str) -> Found | None:
        """What a path of constants stands for, seen from a scope."""
        nesting = self.constants.nesting(unit, scope)
        question = ("constant", nesting, name, unit.path.rpartition("/")[0])
        return self._memo.answer(question, lambda: self.constants.find(unit, nesting, name, with_ancestors=True))

    def member(self, holder: Found, name: str, unit: Unit) -> Found | None:
        """What `holder.name` stands for, where what holds it is no variable."""
        value = holder.value
        found: Found | None = None
        if isinstance(value, External):
            found = Found(External(f"{value.name}{'::' if name[0].isupper() else '.'}{name}"))
        elif isinstance(value, Super):
            found = self.members.find(value.cls, f".{name}" if value.is_static else name, above=True)
            found = found or self._outside(value.cls, name, is_static=value.is_static)
        elif isinstance(value, Symbol) and value.kind == "class":
            found = self._of_class(holder, value.main, name)
        elif isinstance(value, Instance):
            found = self._of_object(value, name)
        elif isinstance(value, Many):
            found = Found(External(f"Array.{name}"))
        return None if found is None else found.through(holder.how)

    def _of_class(self, holder: Found, cls: Symbol, name: str) -> Found | None:
        if name[0].isupper():
            return self.constants.inside(holder, name)
        found = self.method(cls, name, is_static=True)
        if found is None and name == "new":
            return Found(cls)
        return found or self._outside(cls, name, is_static=True)

    def _of_object(self, value: Instance, name: str) -> Found | None:
        of = value.of
        if isinstance(of, TypeParameter):
            return None
        if name == "class":
            return Found(of)
        if isinstance(of, External):
            return Found(External(f"{of.name}.{name}"), "type")
        found = self.method(of, name, is_static=False)
        if found is None and name in SAME:
            return Found(Function(value), "type")
        return found if found is not None or name in self.rules.builtins else self._outside(of, name, is_static=False)

    def _outside(self, cls: Symbol, name: str, *, is_static: bool) -> Found | None:
        """A method of the only ancestor that is not in the source."""
        outside = self.members.outside_of(cls, is_static=is_static)
        return None if outside is None else Found(External(f"{outside.name}.{name}"), "type")

    def settle(self, found: Found, receiver: Found | None = None) -> Found | None:
        """Replace a variable by what it holds; an attribute by its instance variable."""
        value = found.value
        settled = super().settle(found, receiver)
        if settled is None and isinstance(value, Symbol) and value.variety == "attribute" and value.parent is not None:
            held = self.members.find(value.parent, f"@{value.name.removeprefix('.')}")
            return None if held is None else super().settle(held)
        return settled

    def _result(self, unit: Unit, callee: Found, receiver: Found | None, arity: int) -> Found | None:
        """What calling something gives; an attribute gives what it holds."""
        if isinstance(callee.value, Symbol) and callee.value.kind == "variable":
            return self.settle(callee)
        return super()._result(unit, callee, receiver, arity)

    def type_of(self, unit: Unit, scope: int, chain: str) -> Symbol | External | TypeParameter | None:
        """The class that a path of constants stands for."""
        if chain == "self":
            return unit.class_of(scope)
        found = self.constant(unit, scope, chain) if chain else None
        settled = None if found is None else self.settle(found)
        value = None if settled is None else settled.value
        if isinstance(value, Symbol):
            return value.main if value.kind == "class" else None
        return value if isinstance(value, External) else None

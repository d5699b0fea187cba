"""What does a name stand for? Python's scopes, imports and attributes, without running anything.

Where two things could be meant, or the source does not say, the answer is None: nothing is guessed.
"""

import builtins
import re
from collections.abc import Sequence
from functools import lru_cache

from synth.graph.code.facts import Binding, Import
from synth.graph.code.python.hierarchy import Hierarchy
from synth.graph.code.python.imports import ModuleIndex
from synth.graph.code.python.inference import Types
from synth.graph.code.python.memo import Memo
from synth.graph.code.python.roles import is_secondary
from synth.graph.code.python.units import Bound, Symbol, Unit
from synth.graph.code.python.values import Awaitable, External, Found, Instance, Namespace, Receiver, Super

BUILTINS = frozenset(dir(builtins)) | {"unicode", "basestring", "xrange", "long", "reveal_type"}

_LINK = re.compile(r"\(\)|\[\]|!|[^.()\[\]!]+")


@lru_cache(maxsize=100_000)
def split_chain(chain: str) -> tuple[str, ...]:
    """`a.b()` as `a`, `b`, `()`."""
    return tuple(_LINK.findall(chain))


class Resolver:
    """Answers what names mean in the files of one collection."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.modules = ModuleIndex(units)
        self.classes = Hierarchy(self)
        self.types = Types(self)
        self.memo = Memo()
        self._variables = {
            (symbol.unit, symbol.fact.scope, symbol.name): symbol
            for unit in units
            for symbol in unit.symbols
            if symbol.kind == "variable"
        }

    def evaluate(self, unit: Unit, scope: int, chain: str) -> Found | None:
        """What a chain stands for, seen from a scope."""
        found = self.trace(unit, scope, chain)
        return found[-1] if found else None

    def trace(self, unit: Unit, scope: int, chain: str) -> list[Found | None]:
        """What each beginning of a chain stands for; it ends early where one is not known."""
        root, *links = split_chain(chain)
        if root == "super" and links and links[0] == "()" and self.lookup(unit, scope, root) == _SUPER:
            cls = unit.class_of(scope)
            found = None if cls is None else Found(Super(cls), exact=True)
            steps: list[Found | None] = [None, found]
            links = links[1:]
        else:
            found = self.lookup(unit, scope, root)
            steps = [found]
        receiver: Symbol | None = None
        for link in links:
            if found is None:
                break
            if link == "()":
                found = self.types.of_call(found, receiver)
            elif link == "[]":
                found = found if _is_class(found) or isinstance(found.value, External) else None
            elif link == "!":
                found = Found(Instance(found.value.cls), exact=False) if isinstance(found.value, Awaitable) else None
            else:
                holder = self.types.settle(found, receiver)
                receiver = None if holder is None else _receiver(holder)
                found = None if holder is None else self._member(unit, scope, holder, link)
            steps.append(found)
        return steps

    def _member(self, unit: Unit, scope: int, holder: Found, name: str) -> Found | None:
        cls = unit.class_of(scope) if is_mangled(name) else None
        if cls is None:
            return self.attribute(holder, name)
        receiver = _receiver(holder)
        inside = receiver is not None and cls in self.classes.order(receiver)
        found = self.classes.private_member(cls, name) if inside else None
        return found if found is None or holder.exact else found.weaken()

    def lookup(self, unit: Unit, scope: int, name: str) -> Found | None:
        """What a bare name stands for in a scope."""
        scopes = unit.facts.scopes
        visible = True  # a class's names are seen in its body, but not in the functions there
        while scope > 0:
            here = scopes[scope]
            if (visible or here.kind != "class") and name in unit.tables[scope]:
                bound = unit.tables[scope][name]
                if not any(isinstance(item, Binding) and item.kind == "nonlocal" for item in bound):
                    return self.bound(unit, scope, name)
            visible = visible and here.kind == "type_parameters"
            scope = here.parent
        if name in BUILTINS and name not in unit.tables[0] and self.modules.star_source(unit, name) is None:
            return Found(External(f"builtins.{name}"), exact=True)
        return self._global(unit, name)

    def _global(self, unit: Unit, name: str) -> Found | None:
        if name in unit.tables[0]:
            return self.bound(unit, 0, name)
        source = self.modules.star_source(unit, name)
        return None if source is None else self.module_member(source, name)

    def module_member(self, unit: Unit, name: str) -> Found | None:
        """What `module.name` stands for; a submodule where the module itself binds no such name."""
        found = self._global(unit, name)
        if found is not None and not isinstance(found.value, External):
            return found
        return self.submodule(unit.name, name, unit) or found

    def submodule(self, package: str, name: str, importer: Unit | None) -> Found | None:
        """The module of a package by its last name."""
        full = f"{package}.{name}"
        module = self.modules.find(full, importer)
        if module is not None:
            return Found(module, exact=True)
        return Found(Namespace(full), exact=True) if self.modules.is_namespace(full) else None

    def attribute(self, holder: Found, name: str) -> Found | None:
        """What `holder.name` stands for."""
        value = holder.value
        found: Found | None = None
        if isinstance(value, Unit):
            found = self.module_member(value, name)
        elif isinstance(value, External):
            found = Found(External(f"{value.name}.{name}"), exact=True)
        elif isinstance(value, Namespace):
            found = self.submodule(value.name, name, None)
        elif isinstance(value, Super):
            found = self.classes.member(value.cls, name, above=True)
        elif isinstance(value, Instance | Receiver) and name == "__class__":
            found = Found(Receiver(value.cls), exact=True)
        elif isinstance(value, Instance | Receiver):
            found = self.classes.member(value.cls, name)
        elif isinstance(value, Symbol) and value.kind == "class":
            found = self.classes.member(value, name)
        return found if found is None or holder.exact else found.weaken()

    def bound(self, unit: Unit, scope: int, name: str) -> Found | None:
        """What a scope's own bindings of a name amount to."""
        bound = unit.tables[scope][name]
        return self.memo.answer(("bound", unit, scope, name), lambda: self._weigh(unit, scope, name, bound))

    def variable(self, unit: Unit, scope: int, name: str) -> Found | None:
        """The variable that a module, a class body or an `__init__` defines by this name."""
        symbol = self._variables.get((unit, scope, name))
        return None if symbol is None else Found(symbol, exact=True)

    def _weigh(self, unit: Unit, scope: int, name: str, bound: list[Bound]) -> Found | None:
        imports = [item for item in bound if isinstance(item, Import)]
        others = [item for item in bound if isinstance(item, Binding)]
        definitions = [item for item in others if item.kind == "definition"]
        assigned = [item for item in others if item.kind in {"assign", "annotated"}]
        if len(definitions) + len(assigned) < len(others):
            return self.types.of_parameter(unit, others[0]) if len(bound) == 1 else None
        if definitions:
            symbols = [unit.symbols[item.definition] for item in definitions]
            return self._pick_definition(unit, symbols, imports, assigned)
        if imports:
            found = self._pick_import(unit, imports)
            rebound = [item for item in assigned if item.value not in {"None", ""}]
            return None if rebound or found is None else found if not assigned else found.weaken()
        return self.variable(unit, scope, name) or self.types.of_bindings(unit, scope, name)

    def _pick_definition(
        self, unit: Unit, symbols: list[Symbol], imports: list[Import], assigned: list[Binding]
    ) -> Found | None:
        """The last definition that is no overload; of a property, the getter.

        It may also be imported from elsewhere, start as None or be wrapped by a call; but if the name also stands for
        some other thing, none is picked.
        """
        main = [symbol for symbol in symbols if not is_secondary(symbol)] or symbols
        elsewhere = {found.value for found in (self.resolve_import(unit, item) for item in imports) if found}
        if any(not isinstance(value, External) for value in elsewhere):
            return None
        if any(item.value not in {"", "None"} and not item.value.endswith("()") for item in assigned):
            return None
        return Found(main[-1], exact=not assigned and not imports)

    def _pick_import(self, unit: Unit, imports: list[Import]) -> Found | None:
        """What several imports of one name agree on; those of other projects are passed over."""
        found = [self.resolve_import(unit, item) for item in imports]
        inside = [item for item in found if item is not None and not isinstance(item.value, External)]
        if not inside:
            return next((item for item in found if item is not None), None)
        if len({item.value for item in inside}) > 1:
            return None
        return inside[0] if len(inside) == len(found) else inside[0].weaken()

    def resolve_import(self, unit: Unit, item: Import) -> Found | None:
        """What the name that an import binds stands for."""
        name = self.modules.absolute_name(unit, item.module)
        if name is None:
            return Found(External(f"{item.module}{'.' if item.module.strip('.') else ''}{item.symbol}"), exact=True)
        module = self.modules.imported_module(unit, item.module)
        if not item.symbol:
            if not item.alias:
                name = name.partition(".")[0]
                module = self.modules.imported_module(unit, name)
            return self._module_value(module, name)
        if module is unit and unit.is_package:
            return self.submodule(unit.name, item.symbol, unit) or Found(External(f"{name}.{item.symbol}"), exact=True)
        if module is not None:
            return self.module_member(module, item.symbol) or self._missing(module, item.symbol)
        if self.modules.is_namespace(name):
            return self.submodule(name, item.symbol, unit) or Found(External(f"{name}.{item.symbol}"), exact=True)
        return Found(External(f"{name}.{item.symbol}"), exact=True)

    def _missing(self, module: Unit, name: str) -> Found | None:
        """A name that a module does not bind comes from outside of the source; one that it binds is just not known."""
        if name in module.tables[0] or self.modules.star_source(module, name) is not None:
            return None
        return Found(External(f"{module.name}.{name}"), exact=True)

    def _module_value(self, module: Unit | None, name: str) -> Found:
        if module is not None:
            return Found(module, exact=True)
        return Found(Namespace(name) if self.modules.is_namespace(name) else External(name), exact=True)


_SUPER = Found(External("builtins.super"), exact=True)


def is_mangled(name: str) -> bool:
    """Whether Python adds the class's name to it, so that subclasses neither see nor hide it."""
    return name.startswith("__") and not name.endswith("__")


def _receiver(holder: Found) -> Symbol | None:
    """The class that a method found on this is called for."""
    if isinstance(holder.value, Instance | Receiver | Super):
        return holder.value.cls
    return holder.value if isinstance(holder.value, Symbol) and holder.value.kind == "class" else None


def _is_class(found: Found) -> bool:
    return isinstance(found.value, Symbol) and found.value.kind == "class"

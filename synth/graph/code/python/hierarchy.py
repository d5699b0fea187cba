"""Base classes in the order in which Python looks through them, and the members that they give."""

import builtins
from typing import TYPE_CHECKING

from synth.graph.code.facts import Use
from synth.graph.code.python.units import Symbol, Unit
from synth.graph.code.python.values import External, Found

if TYPE_CHECKING:
    from synth.graph.code.python.resolver import Resolver

PLAIN_BASES = frozenset(
    {
        "builtins.object", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "abc.ABC",
        "typing_extensions.Generic",
    }
)  # fmt: skip
"""Bases outside of the source that have no members a call could mean."""

MAX_ORDER = 100  # classes that are looked through; what comes after them counts as unknown


class Hierarchy:
    """The classes of a collection."""

    def __init__(self, resolver: "Resolver") -> None:
        self._resolver = resolver
        self._bases: dict[Symbol, list[Symbol | External]] = {}
        self._orders: dict[Symbol, list[Symbol | External]] = {}
        self._base_uses: dict[Unit, dict[int, list[Use]]] = {}

    def base_uses(self, cls: Symbol) -> list[Use]:
        """The base expressions of a class, in order."""
        unit = cls.unit
        if unit not in self._base_uses:
            table: dict[int, list[Use]] = {}
            for use in unit.facts.uses:
                if use.role == "base":
                    table.setdefault(use.owner, []).append(use)
            self._base_uses[unit] = table
        return self._base_uses[unit].get(cls.index, [])

    def bases(self, cls: Symbol) -> list[Symbol | External]:
        """Direct bases: classes of the source, and a name for each of the others."""
        if cls not in self._bases:
            self._bases[cls] = []  # a class that names itself has no bases while they are looked up
            self._bases[cls] = [self._base(cls, use) for use in self.base_uses(cls)]
        return self._bases[cls]

    def resolve_base(self, cls: Symbol, use: Use) -> Found | None:
        """What a base expression stands for: a class of the source, or what it is called elsewhere."""
        found = self._resolver.evaluate(cls.unit, use.scope, use.chain)
        if found is not None and isinstance(found.value, Symbol) and found.value.kind == "variable":
            found = self._resolver.types.of_symbol(found.value)
        return found

    def _base(self, cls: Symbol, use: Use) -> Symbol | External:
        found = self.resolve_base(cls, use)
        if found is not None and isinstance(found.value, External):
            return found.value
        if found is not None and isinstance(found.value, Symbol) and found.value.kind == "class":
            return found.value
        return External(f"?.{use.text or use.chain}")

    def order(self, cls: Symbol) -> list[Symbol | External]:
        """The method resolution order (C3); depth first where the bases allow no consistent one."""
        stack = [cls]
        while cls not in self._orders:
            current = stack[-1]
            missing = [
                base
                for base in self.bases(current)
                if isinstance(base, Symbol) and base not in self._orders and base not in stack
            ]
            if missing:
                stack.append(missing[0])
            else:
                self._orders[stack.pop()] = self._linearize(current)
        return self._orders[cls]

    def _linearize(self, cls: Symbol) -> list[Symbol | External]:
        bases = self.bases(cls)
        orders = [[base] if isinstance(base, External) else self._orders.get(base, []) for base in bases]
        if len(orders) == 1:
            order = [cls, *orders[0]]
        else:
            order = [cls, *_merge([list(order) for order in orders], list(bases))]
        return order if len(order) <= MAX_ORDER else [*order[:MAX_ORDER], External("?.more")]

    def member(self, cls: Symbol, name: str, *, above: bool = False) -> Found | None:
        """What `name` is on a class, or only on its ancestors.

        It is inferred where a base that is not in the source comes first, since that could define it too.
        """
        exact = True
        for item in self.order(cls)[1:] if above else self.order(cls):
            if isinstance(item, External):
                if _is_builtin_member(item, name):
                    return Found(External(f"{item.name}.{name}"), exact=exact)
                exact = exact and (item.name in PLAIN_BASES or _builtin_class(item) is not None)
                continue
            if name in item.unit.tables[item.fact.body] or name in item.unit.attributes.get(item.fact.body, ()):
                found = self._own_member(item, name)
                return found if exact or found is None else found.weaken()
        return None

    def method(self, cls: Symbol, name: str) -> Symbol | None:
        """The method of this name, where it is one that the source defines."""
        found = self.member(cls, name)
        value = None if found is None else found.value
        return value if isinstance(value, Symbol) and value.kind == "method" else None

    def private_member(self, cls: Symbol, name: str) -> Found | None:
        """A name such as `__x`, which means the attribute of the class whose body it is written in."""
        bound = name in cls.unit.tables[cls.fact.body] or name in cls.unit.attributes.get(cls.fact.body, ())
        return self._own_member(cls, name) if bound else None

    def _own_member(self, cls: Symbol, name: str) -> Found | None:
        """What a class itself binds the name to, in its body or as an attribute of `self`."""
        unit, scope = cls.unit, cls.fact.body
        assigned = name in unit.attributes.get(scope, ())
        if name in unit.tables[scope]:
            found = self._resolver.bound(unit, scope, name)
            is_variable = found is not None and isinstance(found.value, Symbol) and found.value.kind == "variable"
            return found.weaken() if found is not None and assigned and not is_variable else found
        found = self._resolver.variable(unit, scope, name)
        if found is not None:
            return found
        above = self.member(cls, name, above=True)  # assigned outside of `__init__`: an ancestor may have declared it
        if above is not None and isinstance(above.value, Symbol) and above.value.kind == "variable":
            return above.weaken()
        return self._resolver.types.of_bindings(unit, scope, name)


def _builtin_class(base: External) -> type | None:
    found = getattr(builtins, base.name.removeprefix("builtins."), None)
    return found if isinstance(found, type) and base.name.startswith("builtins.") else None


def _is_builtin_member(base: External, name: str) -> bool:
    """Whether a built-in class, such as `dict`, defines a member; what every object has does not count."""
    cls = _builtin_class(base)
    return cls is not None and any(name in vars(ancestor) for ancestor in cls.__mro__[:-1])


def _merge(orders: list[list[Symbol | External]], bases: list[Symbol | External]) -> list[Symbol | External]:
    flat = [item for order in orders for item in order]
    queues = [order for order in [*orders, bases] if order]
    merged: list[Symbol | External] = []
    while queues:
        tails = {item for queue in queues for item in queue[1:]}
        head = next((queue[0] for queue in queues if queue[0] not in tails), None)
        if head is None:
            return list(dict.fromkeys(flat))
        merged.append(head)
        queues = [queue for queue in ([item for item in queue if item != head] for queue in queues) if queue]
    return merged

"""What can a name stand for? The values that resolving hands around."""

from typing import NamedTuple

from synth.graph.code.python.units import Symbol, Unit


class Namespace(NamedTuple):
    """A directory of modules without a module of its own."""

    name: str


class External(NamedTuple):
    """Something that the source does not define, by its dotted name."""

    name: str


class Instance(NamedTuple):
    """An object of a class."""

    cls: Symbol


class Receiver(NamedTuple):
    """The class that a class method was called on: this one or a subclass."""

    cls: Symbol


class Super(NamedTuple):
    """What `super()` gives inside of a class."""

    cls: Symbol


class Awaitable(NamedTuple):
    """What calling an async function gives."""

    cls: Symbol


Value = Symbol | Unit | Namespace | External | Instance | Receiver | Super | Awaitable


class Found(NamedTuple):
    """A value, and whether scope, imports and class hierarchy alone prove it (else it is inferred from types)."""

    value: Value
    exact: bool

    def weaken(self) -> "Found":
        """The same value, inferred."""
        return self if not self.exact else Found(self.value, exact=False)

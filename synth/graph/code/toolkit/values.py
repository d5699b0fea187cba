"""What can a name stand for? The values that resolving hands around."""

from typing import NamedTuple, TypeAlias

from synth.graph.code.toolkit.units import Space, Symbol, Unit

RANK = {"syntax": 0, "name": 1, "self": 2, "annotation": 3, "type": 4, "flow": 5, "protocol": 6, "unique_name": 7}


class External(NamedTuple):
    """Something that the source does not define, by the name of its package and what follows."""

    name: str


class Group(NamedTuple):
    """Functions that share a name, or definitions of one name for several builds."""

    symbols: tuple[Symbol, ...]


class TypeParameter(NamedTuple):
    """A type parameter of a class or function."""

    unit: Unit
    definition: int
    position: int


class Instance(NamedTuple):
    """An object of a class, with its type arguments."""

    of: Symbol | External | TypeParameter
    arguments: tuple["Value | None", ...] = ()


class Many(NamedTuple):
    """An array, slice, map or channel."""

    element: "Value | None"


class Several(NamedTuple):
    """The results of a function that gives more than one."""

    values: tuple["Value | None", ...]


class Function(NamedTuple):
    """A value that can be called, by what it returns."""

    result: "Value | None"


class Universal(NamedTuple):
    """A method that every object has."""

    returns: str  # a type


class Super(NamedTuple):
    """What `super` stands for inside of a class."""

    cls: Symbol
    is_static: bool = False  # whether it is the class itself that is looked at, and not an object of it


Value: TypeAlias = (
    Symbol | Space | External | Group | TypeParameter | Instance | Many | Several | Function | Universal | Super
)


class Found(NamedTuple):
    """A value and how it was found, as `synth.schema.HOW` says."""

    value: Value
    how: str = "name"

    @property
    def exact(self) -> bool:
        """Whether scope, imports and the class hierarchy alone prove it."""
        return RANK[self.how] <= RANK["self"]

    def through(self, how: str) -> "Found":
        """The same value, found in no surer way than this."""
        return self if RANK[self.how] >= RANK[how] else Found(self.value, how)

"""What can a variable hold? Abstract objects, interned as small integers.

An object is a tuple: its kind, then what tells it from others of the kind. Everything in it is stable from one run to
the next: node ids, paths, names and numbers of variables.
"""

from typing import Any

FUNCTION = "function"  # node id
CLASS = "class"  # node id
INSTANCE = "instance"  # node id of the class: made by a call that is known
TYPED = "typed"  # node id of the class: promised by an annotation, a test or a method's first parameter; or `USAGE`
BOUND = "bound"  # callable object, receiver object
MODULE = "module"  # path
NAMESPACE = "namespace"  # dotted name
EXTERNAL = "external"  # dotted name, with `()` for results of calls
CONTAINER = "container"  # kind, where it is made, number
MEMBER = "member"  # container object, name of the method
STRING = "string"  # text
SUPER = "super"  # node id of the class, receiver object
PARTIAL = "partial"  # path, variable, how many arguments it holds
WRAPPED = "wrapped"  # property | staticmethod | classmethod | setter, object
GENERATOR = "generator"  # node id of the function
COROUTINE = "coroutine"  # node id of the function
CLOSURE = "closure"  # node id of the function, and of the call that made it: path, variable
MANAGED = "managed"  # function object that `contextlib.contextmanager` has wrapped
MANAGER = "manager"  # function object: what calling a managed function gives

PLAIN = frozenset({STRING, EXTERNAL, MEMBER})
"""Kinds of objects that are of use where they are made, but not worth carrying from file to file."""

MAX_LINKS = 5
"""A name outside of the source with more links than this is not followed; in a loop it would grow for ever."""

USAGE = "usage"
"""What marks an object whose class is only told by what is asked of it."""

Object = tuple[Any, ...]


class Objects:
    """The objects of a collection."""

    def __init__(self) -> None:
        self.known: list[Object] = []
        self._ids: dict[Object, int] = {}

    def outside(self, name: str) -> tuple[int, ...]:
        """The object of a dotted name that the source does not define, as none or one."""
        links = name.count(".") + name.count("(")
        return (self.id(EXTERNAL, name),) if links <= MAX_LINKS else ()

    def id(self, *parts: Any) -> int:
        """The number of an object."""
        found = self._ids.get(parts)
        if found is None:
            found = self._ids[parts] = len(self.known)
            self.known.append(parts)
        return found

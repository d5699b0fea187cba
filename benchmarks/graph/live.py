"""What are the classes of a running program? Run as a script, imports a module and prints them as JSON.

    python live.py ROOT MODULE

The module is trusted: it is run. One that fails half-way shows what it had made until then.
"""

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import TypedDict, is_typeddict

CONSTRUCTORS = ("__init__", "__new__")


class LiveClass(TypedDict):
    """A class, by the names that the source defines things by; those of other sources are among them."""

    order: list[str]  # the method resolution order
    bases: list[str]
    makers: list[str]  # the functions that run when it is called


def live_classes(root: Path) -> dict[str, LiveClass]:
    """Every class that exists now and whose module is a file under a folder."""
    found: dict[str, LiveClass] = {}
    for cls in every_class():
        # A typed dictionary is a `dict` once it runs: it has forgotten what its class statement says.
        if not is_typeddict(cls) and is_under(root, getattr(sys.modules.get(cls.__module__), "__file__", None)):
            bases = [name_of(base) for base in (*cls.__bases__, *generic_bases(cls))]
            known = found.setdefault(name_of(cls), {"order": [], "bases": [], "makers": []})
            known["order"] += [name_of(base) for base in cls.__mro__]
            known["bases"] += bases
            known["makers"] += makers_of(cls, root)
    return found


def every_class() -> Iterator[type]:
    seen: set[type] = set()
    waiting: list[type] = [object]
    while waiting:
        cls = waiting.pop()
        if cls not in seen:
            seen.add(cls)
            yield cls
            waiting += type.__subclasses__(cls)


def generic_bases(cls: type) -> list[type]:
    """The classes of bases such as `Box[int]`."""
    origins = (getattr(base, "__origin__", None) for base in vars(cls).get("__orig_bases__", ()))
    return [origin for origin in origins if isinstance(origin, type)]


def name_of(cls: type) -> str:
    """The dotted name by which the source defines a class, wherever it says that it lives."""
    functions = [item for item in vars(cls).values() if type(item) is FunctionType]
    own = (item for item in functions if item.__qualname__ == f"{cls.__qualname__}.{item.__name__}")
    module = next((item.__module__ for item in own), cls.__module__)
    return f"{module}.{cls.__qualname__}".replace("<locals>.", "")


def makers_of(cls: type, root: Path) -> list[str]:
    """The constructors of a class, own or inherited, that are written in a file under a folder."""
    found = []
    for name in CONSTRUCTORS:
        base = next(base for base in cls.__mro__ if name in vars(base))
        function = getattr(vars(base)[name], "__func__", vars(base)[name])
        if is_under(root, getattr(getattr(function, "__code__", None), "co_filename", None)):
            found.append(f"{name_of(base)}.{name}")
    return found


def is_under(root: Path, file: str | None) -> bool:
    return bool(file) and root in Path(str(file)).parents


def main() -> None:
    root = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(root))
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            importlib.import_module(sys.argv[2])
        except BaseException as error:  # noqa: BLE001 - it may raise anything; it is said why
            print(f"{sys.argv[2]}: {error!r}", file=sys.stderr)
    print(json.dumps(live_classes(root)))


if __name__ == "__main__":
    main()

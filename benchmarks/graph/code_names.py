"""Which function of the source is a code object? Names are those of `graph.source`, lines those that can be run."""

import inspect
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from graph.source import is_test, module_name

DEFERRED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
Key = tuple[str, int, str]
"""Path, first line and qualified name: what a code object keeps when it is compiled again."""


@dataclass(eq=False)
class Code:
    """A piece of code; what lambdas, comprehensions and class bodies do is done by what they are written in."""

    path: str
    name: str
    is_function: bool
    is_deferred: bool  # to call it only makes a generator or coroutine
    lines: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)  # lines that have not been run yet


def compile_files(root: Path) -> dict[Key, Code]:
    """Every code object that the files of a folder compile to."""
    found: dict[Key, Code] = {}
    for path in sorted(file.relative_to(root).as_posix() for file in root.rglob("*.py")):
        if is_test(path):
            continue
        try:
            waiting = [compile((root / path).read_bytes(), path, "exec", dont_inherit=True)]
        except (SyntaxError, ValueError):
            continue
        while waiting:
            code = waiting.pop()
            known = found.setdefault(key_of(code, path), describe(code, path))
            lines = {line for _, _, line in code.co_lines() if line}
            known.lines |= lines
            known.left |= lines
            waiting += [item for item in code.co_consts if isinstance(item, CodeType)]
    return found


def key_of(code: CodeType, path: str) -> Key:
    return path, code.co_firstlineno, code.co_qualname


def describe(code: CodeType, path: str) -> Code:
    """Name a code object: what is no function is run by the function or module that it is written in."""
    is_function = bool(code.co_flags & inspect.CO_OPTIMIZED) and not code.co_name.startswith("<")
    local = code.co_qualname if is_function else code.co_qualname.rpartition(".<locals>")[0]
    parts = [part for part in local.split(".") if part and not part.startswith("<")]
    name = ".".join([module_name(path), *parts])
    return Code(path, name, is_function, bool(code.co_flags & DEFERRED))

"""Who calls whom when a test suite runs? Run by the interpreter that has what the suite needs.

    python recorder.py ROOT OUT.json PYTEST-ARGUMENT ...

Every call between two functions of the files under ROOT is written to OUT.json with how it came about; so are the
functions of which every line was run, the live classes, and the imports. For CPython 3.11: how instructions are laid
out is its own affair.
"""

import builtins
import importlib.util
import json
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest

from graph.callsites import CONSTRUCTORS, TEXTS, Callsite, callsite, is_resumed
from graph.code_names import Code, compile_files, describe, key_of
from graph.live import live_classes
from graph.source import is_test

MOST_LOST = 3
DEPTH = 40
"""How many frames of other code may lie between two functions of the package."""


class Recorder:
    """Hooks into the interpreter for as long as a suite runs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.prefix = f"{root}/"
        self.sources = compile_files(root)
        TEXTS.update({str(path): path.read_bytes() for path in root.rglob("*.py")})
        self.codes: dict[int, Code | None] = {}
        self.kept: list[object] = []  # so that no identity is given out twice
        self.known: set[tuple[int, int, int, int]] = set()
        self.calls: dict[tuple[str, str, Callsite], str] = {}
        self.through: set[tuple[str, str]] = set()
        self.imports: set[tuple[str, int, str]] = set()
        self.plain_import = builtins.__import__
        self.lost = 0

    def start(self) -> None:
        builtins.__import__ = self.on_import
        threading.settrace(self.on_trace)
        threading.setprofile(self.on_profile)
        sys.settrace(self.on_trace)
        sys.setprofile(self.on_profile)

    def stop(self) -> None:
        sys.setprofile(None)
        sys.settrace(None)
        builtins.__import__ = self.plain_import
        if self.lost > MOST_LOST:
            raise RuntimeError(f"the hooks were lost in {self.lost} tests: what was seen is not all")

    def pytest_runtest_logstart(self) -> None:
        """Hook in again: the interpreter drops hooks in a test that overflows the stack."""
        if sys.getprofile() != self.on_profile or sys.gettrace() != self.on_trace:
            self.lost += 1
            self.start()

    def code(self, code: CodeType) -> Code | None:
        """What is known of a code object; None where it is not of the package."""
        try:
            return self.codes[id(code)]
        except KeyError:
            self.kept.append(code)
            path = code.co_filename.removeprefix(self.prefix)
            inside = code.co_filename.startswith(self.prefix) and not is_test(path)
            known = self.sources.get(key_of(code, path)) or describe(code, path) if inside else None
            return self.codes.setdefault(id(code), known)

    def on_trace(self, frame: FrameType, _event: str, _argument: object) -> Any:
        code = self.code(frame.f_code)
        if code is None or not code.left:
            return None
        code.left.discard(frame.f_lineno)
        return self.on_line

    def on_line(self, frame: FrameType, event: str, _argument: object) -> Any:
        code = self.code(frame.f_code)
        if event == "line" and code:
            code.left.discard(frame.f_lineno)
        return self.on_line

    def on_profile(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call":
            return
        callee, back = self.code(frame.f_code), frame.f_back
        if callee is None or not callee.is_function or back is None or is_resumed(frame):
            return
        caller = self.code(back.f_code)
        if caller is None:
            self.add_through(back, callee)
            return
        made = made_type(frame) if frame.f_code.co_name in CONSTRUCTORS else None
        key = (id(back.f_code), back.f_lasti, id(frame.f_code), id(made))
        if key not in self.known:
            self.known.add(key)
            self.kept.append(made)
            self.calls[caller.name, callee.name, callsite(back, frame, made)] = caller.path

    def add_through(self, back: FrameType | None, callee: Code) -> None:
        for _ in range(DEPTH):
            if back is None:
                return
            caller = self.code(back.f_code)
            if caller is not None:
                self.through.add((caller.name, callee.name))
                return
            back = back.f_back

    def on_import(self, name: str, *arguments: Any, **named: Any) -> ModuleType:
        found = self.plain_import(name, *arguments, **named)
        back = sys._getframe(1)
        code = self.code(back.f_code)
        if code is not None:
            given = dict(zip(("globals", "locals", "fromlist", "level"), arguments, strict=False)) | named
            self.imports.update((code.path, back.f_lineno, module) for module in imported(name, given, found))
        return found

    def report(self) -> dict[str, Any]:
        """All of it, to be written as JSON."""
        codes = self.sources.values()
        partly = {code.name for code in codes if code.left}
        executed = {(code.path, line) for code in codes for line in code.lines - code.left}
        calls = [[caller, callee, *site, path] for (caller, callee, site), path in self.calls.items()]
        return {
            "calls": sorted(calls),
            "through": sorted(self.through),
            "covered": sorted({code.name for code in codes} - partly),
            "deferred": sorted({code.name for code in codes if code.is_deferred}),
            "imports": sorted(self.imports),
            "executed": sorted(executed),
            "classes": live_classes(self.root),
        }


def imported(name: str, given: dict[str, Any], found: ModuleType) -> list[str]:
    """The modules that an import statement names; a package is one of them if what is taken from it is no module."""
    level, names = given.get("level") or 0, given.get("fromlist") or ()
    package = (given.get("globals") or {}).get("__package__") or ""
    base = importlib.util.resolve_name("." * level + name, package) if level else name
    # A package may hold something else by the name of one of its modules.
    inner = [item for item in names if vars(found).get(item) is sys.modules.get(f"{base}.{item}", found)]
    modules = [f"{base}.{item}" for item in inner]
    return modules if names and len(modules) == len(names) else [*modules, base]


def made_type(frame: FrameType) -> type | None:
    """The class of the object that a constructor makes, told by its first argument."""
    code = frame.f_code
    if not code.co_argcount:
        return None
    first = frame.f_locals.get(code.co_varnames[0])
    return first if issubclass(type(first), type) else type(first)


def main() -> None:
    root, out, *arguments = sys.argv[1:]
    sys.argv[:] = ["pytest", *arguments]
    sys.path[:] = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).parent]
    recorder = Recorder(Path(root).resolve())
    recorder.start()
    try:
        status = int(pytest.main(arguments, plugins=[recorder]))
    finally:
        recorder.stop()
    Path(out).write_text(json.dumps({**recorder.report(), "status": status}))


if __name__ == "__main__":
    main()

"""The graph of installed packages agrees with what Python itself says about them after importing them.

Only the test imports the packages; the graph is built from their files.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from conftest import Built, build_project

from synth.graph.view import Node

PACKAGES = ("flask", "click", "rich", "jinja2", "attr", "werkzeug", "requests", "pluggy", "networkx")
KINDS = {"positional_only": 0, "positional": 1, "var_positional": 2, "keyword_only": 3, "var_keyword": 4}
SYSTEM_BOUND = ("click._winconsole", "rich._win32_console", "rich._windows_renderer")  # import on Windows only

pytestmark = [
    pytest.mark.parametrize("package", PACKAGES),
    pytest.mark.filterwarnings("ignore"),
]


@cache
def graph_of(package: str) -> Built:
    root = Path(importlib.import_module(package).__file__ or "").parent
    paths = sorted(path for path in root.rglob("*.py") if "tests" not in path.parts)
    return build_project({str(path.relative_to(root.parent)): path.read_text("utf-8") for path in paths})


@cache
def modules_of(package: str) -> dict[str, ModuleType]:
    top = importlib.import_module(package)
    names = [item.name for item in pkgutil.walk_packages(top.__path__, f"{package}.", onerror=lambda _: None)]
    skipped = ("__main__", *SYSTEM_BOUND)
    wanted = [name for name in names if not name.endswith(skipped) and ".tests" not in name]
    return {package: top} | {name: importlib.import_module(name) for name in wanted}


@cache
def classes_of(package: str) -> dict[str, type]:
    """Classes that the package's modules define with a class statement, by qualified name."""
    found: dict[str, type] = {}
    stack = [value for module in modules_of(package).values() for value in vars(module).values()]
    while stack:
        cls = stack.pop()
        if inspect.isclass(cls) and name_of(cls) not in found and cls.__module__ in modules_of(package):
            if "<" not in cls.__qualname__ and name_of(cls) in graph_of(package).graph.by_qualified_name:
                found[name_of(cls)] = cls
            stack.extend(value for value in vars(cls).values() if inspect.isclass(value))
    return found


def name_of(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def functions_of(package: str) -> Iterator[tuple[str, FunctionType]]:
    """Functions and methods without decorators that hide them, by qualified name."""
    for name, module in modules_of(package).items():
        for value in vars(module).values():
            if inspect.isfunction(value) and value.__module__ == name and value.__qualname__ == value.__code__.co_name:
                yield f"{name}.{value.__qualname__}", value
    for name, cls in classes_of(package).items():
        for value in vars(cls).values():
            function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            written = f"{cls.__qualname__}.{function.__code__.co_name}" if inspect.isfunction(function) else None
            if written is not None and function.__qualname__ == written:
                yield f"{name}.{function.__name__}", function


def test_modules(package: str) -> None:
    assert set(modules_of(package)) <= set(graph_of(package).names("module"))


def test_classes_and_bases(package: str) -> None:
    built, classes = graph_of(package), classes_of(package)
    inside = {name for name in classes if name in set(built.names("class"))}
    live = {(name, name_of(base)) for name in inside for base in classes[name].__bases__}
    found = {pair for pair in built.edges("inherits") if pair[0] in inside}
    typed = {pair for pair in found if type(classes[pair[0]]).__name__ == "_TypedDictMeta"}  # these forget their bases
    assert len(found - typed - live) <= 0.01 * len(found)
    assert len({pair for pair in live if pair[1] in inside} - found) <= 0.01 * len(live)
    assert not {pair for pair in built.edges("inherits", confidence="exact") if pair[0] in inside} - typed - live


def test_overrides(package: str) -> None:
    built, classes = graph_of(package), classes_of(package)
    methods = set(built.names("method"))
    wrong = []
    for src, dst in built.edges("overrides", confidence="exact"):
        owner, _, name = src.rpartition(".")
        if owner in classes:
            hidden = next((base for base in classes[owner].__mro__[1:] if name in vars(base)), object)
            wrong += [(src, dst)] if f"{name_of(hidden)}.{name}" != dst else []
    assert methods
    assert not wrong


def test_signatures_and_docstrings(package: str) -> None:
    built, checked, wrong, undocumented = graph_of(package), 0, [], []
    for name, function in functions_of(package):
        node = _node_at(built, name, function)
        if node is None:
            continue
        checked += 1
        signature = inspect.signature(function, follow_wrapped=False)
        live = [(item.name, int(item.kind), item.default is not item.empty) for item in signature.parameters.values()]
        mangled = f"_{name.split('.')[-2].lstrip('_')}__"
        found = [
            (f"{mangled}{item.name[2:]}" if mangled + item.name[2:] in signature.parameters else item.name,
             KINDS[item.kind], item.default is not None)
            for item in node.parameters or ()
        ]  # fmt: skip
        wrong += [name] if live != found else []
        written = function.__code__.co_consts[0]  # some packages replace `__doc__` when they are imported
        undocumented += [name] if inspect.cleandoc(written or "") != node.docstring else []
    assert checked > 50
    assert len(wrong) <= 0.005 * checked, wrong
    assert len(undocumented) <= 0.005 * checked, undocumented


def _node_at(built: Built, name: str, function: FunctionType) -> Node | None:
    if hasattr(function, "__wrapped__"):
        return None
    line = function.__code__.co_firstlineno
    nodes = [node for node in built.graph.by_qualified_name.get(name, ()) if node.parameters is not None]
    return next((node for node in nodes if node.start_line <= line <= node.end_line), None)

"""What does a tree define, and where does it call? Read with CPython's own parser, apart from every tool measured.

Names are dotted from the tree's root, as in the PyCG micro-benchmark: `package.module.Class.method`, `outer.inner`, and
`outer.<lambda1>` for the first lambda of a scope. Definitions of one name are one, such as the two sides of an `if` or
a property and its setter.
"""

import ast
import warnings
from collections.abc import Iterable
from itertools import filterfalse
from pathlib import Path
from typing import NamedTuple

TEST_FOLDERS = {"test", "tests"}


class Definition(NamedTuple):
    """A module, class, function or lambda; the column is that of its first character, in code points."""

    name: str
    kind: str  # module | class | function | lambda
    path: str
    line: int
    column: int
    end_line: int
    holder: str  # whose code runs it: the innermost function or module that it is written in; empty for a module
    is_decorated: bool


class Site(NamedTuple):
    """A place that calls something: the last name of the callee, in code points, and whose code it is in."""

    caller: str
    path: str
    line: int
    column: int


class Tree(NamedTuple):
    """A source tree; `paths` are relative to its root."""

    root: Path
    paths: tuple[str, ...]
    definitions: tuple[Definition, ...]
    sites: tuple[Site, ...]

    def by_name(self) -> dict[str, Definition]:
        """Definitions by their names; of several the first."""
        return {item.name: item for item in reversed(self.definitions)}

    def by_place(self) -> dict[tuple[str, int, str], str]:
        """Names by path, the line of the `def` or `class`, and the word that it defines."""
        named = (item for item in self.definitions if item.kind in ("class", "function"))
        return {(item.path, item.line, item.name.rpartition(".")[2]): item.name for item in named}


def read_tree(root: Path) -> Tree:
    """Read the Python files of a folder; tests are left out, and files that do not parse."""
    listed = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py"))
    definitions: list[Definition] = []
    sites: list[Site] = []
    good = []
    for path in filterfalse(is_test, listed):
        text = (root / path).read_text(encoding="utf-8-sig", errors="replace")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                module = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        reader = _Reader(path, text)
        reader.read(module)
        good.append(path)
        definitions += reader.definitions
        sites += reader.sites
    return Tree(root, tuple(good), tuple(definitions), tuple(sites))


def is_test(path: str) -> bool:
    """Whether a file is a test, or helps tests."""
    *folders, name = path.split("/")
    return name == "conftest.py" or not TEST_FOLDERS.isdisjoint(folders)


def module_name(path: str) -> str:
    """The dotted name of a file: a package's `__init__.py` is the package."""
    parts = path.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


class _Reader(ast.NodeVisitor):
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.definitions: list[Definition] = []
        self.sites: list[Site] = []
        self.scope = self.holder = ""
        self.lambdas: dict[str, int] = {}

    def read(self, module: ast.Module) -> None:
        self.scope = self.holder = module_name(self.path)
        self.definitions.append(Definition(self.scope, "module", self.path, 1, 0, len(self.lines), "", False))
        self.generic_visit(module)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.visit_decorators(node.decorator_list)
        self.visit(node.args)
        if node.returns:
            self.visit(node.returns)
        self.enter(node, node.name, "function", node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_decorators(node.decorator_list)
        for item in (*node.bases, *node.keywords):
            self.visit(item)
        self.enter(node, node.name, "class", node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        number = self.lambdas[self.scope] = self.lambdas.get(self.scope, 0) + 1
        self.enter(node, f"<lambda{number}>", "lambda", [node.body])

    def visit_Call(self, node: ast.Call) -> None:
        self.add_site(node.func)
        self.generic_visit(node)

    def visit_decorators(self, decorators: list[ast.expr]) -> None:
        for item in decorators:
            self.add_site(item)  # a decorator is called with what it decorates
            self.visit(item)

    def enter(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda,
        name: str,
        kind: str,
        body: Iterable[ast.AST],
    ) -> None:
        outer = self.scope, self.holder
        self.scope = f"{self.scope}.{name}"
        column = self.points(node.lineno, node.col_offset)
        end = node.end_lineno or node.lineno
        decorated = bool(getattr(node, "decorator_list", ()))
        place = (self.path, node.lineno, column, end)
        self.definitions.append(Definition(self.scope, kind, *place, self.holder, decorated))
        if kind != "class":
            self.holder = self.scope
        for item in body:
            self.visit(item)
        self.scope, self.holder = outer

    def add_site(self, callee: ast.expr) -> None:
        if isinstance(callee, ast.Name):
            line, offset = callee.lineno, callee.col_offset
        elif isinstance(callee, ast.Attribute):
            line, offset = callee.end_lineno or callee.lineno, (callee.end_col_offset or 0) - len(callee.attr.encode())
        else:
            return
        self.sites.append(Site(self.holder, self.path, line, self.points(line, offset)))

    def points(self, line: int, offset: int) -> int:
        """A column in code points from one in bytes."""
        return len(self.lines[line - 1].encode()[:offset].decode(errors="replace"))


def import_statements(root: Path, path: str) -> dict[int, int]:
    """For each line of an import statement, the line at which the statement starts."""
    nodes = ast.walk(ast.parse((root / path).read_text(encoding="utf-8-sig", errors="replace")))
    found = (node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))
    return {line: node.lineno for node in found for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}

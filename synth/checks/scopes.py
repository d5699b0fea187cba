"""Which names does a block of Python bind, in which scope, and to what?"""

import ast
from dataclasses import dataclass, field

Value = ast.AST | str | None
"""What a name is bound to: a node of the syntax tree, the dotted name that it is imported from, or nothing known."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
           ast.GeneratorExp)  # fmt: skip
_NARROWING = {"isinstance", "issubclass", "hasattr", "setattr", "getattr", "callable"}


@dataclass(eq=False)
class Scope:
    """A module, class, function, lambda or comprehension, and every binding of each of its names."""

    node: ast.AST
    parent: "Scope | None" = None
    bindings: dict[str, list[Value]] = field(default_factory=dict)

    def bind(self, name: str, value: Value = None) -> None:
        """Record one more binding."""
        self.bindings.setdefault(name, []).append(value)

    def holder(self, name: str) -> "Scope | None":
        """The scope that binds a name as it is seen from here; functions do not see the names of their class."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bindings and (scope is self or not isinstance(scope.node, ast.ClassDef)):
                return scope
            scope = scope.parent
        return None


@dataclass(frozen=True)
class Block:
    """A block of Python, read: its calls in the order of their lines, and the scope of each."""

    tree: ast.Module
    calls: tuple[tuple[ast.Call, Scope], ...]
    inner: dict[ast.AST, Scope]
    """The scopes of classes and functions by their definition."""
    narrowed: frozenset[str]
    """Names whose type the block asks for, so that it may be more than what they are declared as."""
    has_star: bool
    """Whether it imports all names of some module."""


def read(tree: ast.Module, package: str) -> Block:
    """Find every binding and call of a block.

    Args:
        tree: the block.
        package: what relative imports start from; where it is empty, they are not told.
    """
    module = Scope(tree)
    calls: list[tuple[ast.Call, Scope]] = []
    inner: dict[ast.AST, Scope] = {tree: module}
    narrowed: set[str] = set()
    values: dict[ast.AST, ast.AST] = {}
    has_star = False
    stack: list[tuple[ast.AST, Scope]] = [(tree, module)]
    while stack:  # no recursion: what a teacher writes may be nested deeper than the interpreter allows
        parent, scope = stack.pop()
        for node in ast.iter_child_nodes(parent):
            _bind(node, scope, module, values, package)
            if isinstance(node, ast.Call):
                calls.append((node, scope))
                narrowed.update(_narrows(node))
            has_star = has_star or (isinstance(node, ast.alias) and node.name == "*")
            if isinstance(node, _SCOPES):
                inner[node] = Scope(node, scope)
            stack.append((node, inner.get(node, scope)))
    calls.sort(key=lambda item: (item[0].lineno, item[0].col_offset))
    return Block(tree, tuple(calls), inner, frozenset(narrowed), has_star)


def _bind(node: ast.AST, scope: Scope, module: Scope, values: dict[ast.AST, ast.AST], package: str) -> None:
    """Bind what one node binds; `values` holds what is assigned to the names that are still to come."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            scope.bind(name, node)
        case ast.arg(arg=name):
            scope.bind(name, node)
        case ast.Name(id=name, ctx=ast.Store()):
            scope.bind(name, values.get(node))
        case ast.Import() | ast.ImportFrom():
            for name, origin in _imports(node, package):
                scope.bind(name, origin)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            scope.bind(name)
        case ast.MatchMapping(rest=str(name)):
            scope.bind(name)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            for name in names:
                scope.bind(name)
                module.bind(name)
        case _:
            values.update(_assigned(node))


def _assigned(node: ast.AST) -> dict[ast.AST, ast.AST]:
    """The plain names that a statement assigns to, each with what tells its value."""
    match node:
        case ast.Assign(targets=targets, value=value):
            return {target: value for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name() as target) | ast.withitem(optional_vars=ast.Name() as target):
            return {target: node}
    return {}


def _imports(node: ast.Import | ast.ImportFrom, package: str) -> list[tuple[str, str | None]]:
    """The names that an import binds, each with the dotted name of what it stands for."""
    if isinstance(node, ast.ImportFrom):
        origin = imported_from(node, package)
        return [(item.asname or item.name, f"{origin}.{item.name}" if origin else None) for item in node.names]
    heads = [item.name.partition(".")[0] for item in node.names]
    return [(item.asname or head, item.name if item.asname else head)
            for item, head in zip(node.names, heads, strict=True)]  # fmt: skip


def _narrows(call: ast.Call) -> set[str]:
    """The name that a call such as `isinstance(shape, Circle)` asks about."""
    match call:
        case ast.Call(func=ast.Name(id=asks), args=[ast.Name(id=name), *_]) if asks in _NARROWING:
            return {name}
    return set()


def imported_from(node: ast.ImportFrom, package: str) -> str:
    """The dotted name of the module of a `from` import; empty where a relative one cannot be told."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, node.module] if node.module else kept) if kept else ""

"""What do the names in a block of Python stand for? Followed through imports, assignments, annotations and classes.

Three answers are kept apart: what a name is (a piece of the source, or something from elsewhere), that its owner does
not have it (`Missing`), and that it cannot be told (None).
"""

import ast
import builtins
from abc import ABC
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from synth.checks import scopes, stdlib
from synth.checks.base import Context
from synth.checks.code import PYTHON, pieces
from synth.checks.code_parses import parse
from synth.checks.scopes import Block, Scope
from synth.graph.view import Edge, Node

BLANK = "____"  # what is left out of a fill-in item
MAX_STEPS = 40  # a longer chain of names is not followed
_OUTER_BASES = {"ABC": ABC, "Generic": object, "Protocol": object, "object": object, "ABCMeta": ABC}
_PLAIN_CLASS_DECORATORS = {"dataclass", "final", "total_ordering", "runtime_checkable"}
_MODULE_ATTRIBUTES = frozenset({*dir(builtins), "__path__", "__all__", "__file__", "__version__", "__dict__"})


@dataclass(frozen=True)
class Known:
    """A module, class, function or variable of the source."""

    node: Node


@dataclass(frozen=True)
class Instance:
    """An object of a class of the source; `is_exact` where it cannot be of a subclass."""

    node: Node
    is_exact: bool


@dataclass(frozen=True)
class Method:
    """A method of the source that is reached through its class or through an object."""

    node: Node
    receiver: Known | Instance


@dataclass(frozen=True)
class Local:
    """A class that the block itself defines, or an object of it."""

    node: ast.ClassDef


@dataclass(frozen=True)
class Outside:
    """Something of the standard library or of a dependency, by its dotted name."""

    name: str


@dataclass(frozen=True)
class Missing:
    """A dotted name that what it is looked up in does not have.

    An object may have attributes that no class names, so what is reached through such an attribute is not told.
    """

    name: str
    is_attribute: bool = False


Found = Known | Instance | Method | Local | Outside | Missing | None


def blocks(text: str, language: str = PYTHON) -> list[ast.Module]:
    """The blocks of a text that are Python; see `synth.checks.code.pieces`."""
    code = (piece.code for piece in pieces(text, language) if piece.language == PYTHON)
    return [tree for tree in map(parse, code) if tree is not None]


def has_blank(tree: ast.Module) -> bool:
    """Whether something is left out of a block, to be filled in."""
    return any(BLANK in {getattr(node, "id", ""), getattr(node, "attr", "")} for node in ast.walk(tree))


class Names:
    """Looks names of one block up.

    Args:
        tree: the block.
        sample: the sample that holds it; its evidence says which file and class the block is about.
        context: what is known of the source.
    """

    def __init__(self, tree: ast.Module, sample: Mapping[str, Any], context: Context) -> None:
        self.context, self.collection = context, str(sample["collection"])
        self.reference: str = sample["reference"] or ""
        nodes = (context.graph.nodes.get(item["id"]) for item in sample["evidence"])
        self.evidence = [node for node in nodes if node is not None]
        self.home = self._home(tree)
        """The module that the block is from, or else the first that the sample is about."""
        name = self.home.qualified_name if self.home else ""
        is_package = self.home is not None and self.home.path.endswith("__init__.py")
        self.package = name if is_package else name.rpartition(".")[0]
        """What relative imports of the block start from."""
        self.block: Block = scopes.read(tree, self.package)

    def _home(self, tree: ast.Module) -> Node | None:
        shown = {getattr(item, "name", "") for item in tree.body}
        about = [*(node for node in self.evidence if node.name in shown), *self.evidence][:1]
        return self.context.modules.get((self.collection, about[0].path)) if about else None

    def of(self, expression: ast.AST | None, scope: Scope, steps: int = MAX_STEPS) -> Found:
        """What an expression stands for in a scope of the block."""
        if steps == 0:
            return None
        found: Found = None
        match expression:
            case ast.Name(id=name):
                found = self._name(name, scope, steps - 1)
            case ast.Call(func=ast.Name(id="super")):
                found = self._name("self", scope, steps - 1)
            case ast.Call(func=func):
                found = _object(self.of(func, scope, steps - 1))
            case ast.Attribute(value=value, attr=attr):
                found = self.member(self.of(value, scope, steps - 1), attr)
                if _is_super(value) and not isinstance(found, Missing):
                    return None  # which base answers is not told
        return found

    def dotted(self, name: str) -> Found:
        """What a dotted name from an import stands for."""
        root, *rest = name.split(".")
        is_elsewhere = stdlib.is_stdlib(root) or root in self.context.externals
        if root not in self.context.roots:
            return Outside(name) if is_elsewhere else Missing(name)
        found, prefix = self._module(root), root
        for part in rest:
            prefix += f".{part}"
            # A folder without `__init__.py` is no node: look on below it.
            found = self.member(found, part) if found is not None else self._module(prefix)
        is_known = is_elsewhere or name in self.context.targets
        return None if isinstance(found, Missing) and is_known else found

    def member(self, owner: Found, attr: str) -> Found:
        """What an attribute of something stands for."""
        match owner:
            case Missing(is_attribute=is_attribute):
                return None if is_attribute else owner
            case Outside(name=name):
                return Outside(f"{name}.{attr}")
            case Known(node=node) if node.kind in {"module", "package"}:
                return self._of_module(node, attr)
            case Known(node=node) | Instance(node=node) if node.kind == "class":
                return self._of_class(owner, node, attr)
            case Local(node=node):
                return self._of_local(node, attr)
        return None

    def _module(self, name: str) -> Found:
        found = [node for node in self.context.named(name, self.collection) if node.kind != "file"]
        kinds = {node.kind: node for node in found}
        if len(found) == len(kinds) and (node := kinds.get("module") or kinds.get("package")):
            return Known(node)
        return Known(found[0]) if len(found) == 1 else None

    def _of_module(self, module: Node, attr: str, seen: frozenset[str] = frozenset()) -> Found:
        name = f"{module.qualified_name}.{attr}"
        if self.context.named(name, self.collection):
            return self._module(name)
        graph = self.context.graph
        inner = list(graph.out(module.node_id, "imports"))
        for edge in inner:
            if edge.target.rpartition(".")[2] == attr and edge.dst:
                return Known(graph.nodes[edge.dst])
        outer = list(graph.unresolved(module.node_id, "imports"))
        if found := next((edge.target for edge in outer if attr in edge.target.split(".")), ""):
            return Outside(found) if found.rpartition(".")[2] == attr else None
        for star in self._stars([*inner, *outer]) if not attr.startswith("_") else ():
            if star.node_id not in seen:
                seen |= {star.node_id}
                elsewhere = self._of_module(star, attr, seen)
                if not isinstance(elsewhere, Missing):
                    return elsewhere
        is_open = self.context.named(f"{module.qualified_name}.__getattr__", self.collection)
        return None if is_open or attr in _MODULE_ATTRIBUTES or name in self.context.targets else Missing(name)

    def _stars(self, edges: list[Edge]) -> Iterator[Node]:
        """Modules of which a module may import all names: those that stand alone in the line that imports them."""
        lines = Counter(edge.line for edge in edges)
        for edge in edges:
            node = self.context.graph.nodes.get(edge.dst or "")
            if lines[edge.line] == 1 and node and node.kind == "module":
                yield node

    def _of_class(self, owner: Known | Instance, node: Node, attr: str) -> Found:
        member = self.context.graph.member(node.node_id, attr)
        if member is not None:
            return _reached(member, owner)
        outer = self._outer_bases(node)
        if outer is None or any(hasattr(base, attr) for base in outer) or self._is_open(node, attr):
            return None
        if isinstance(owner, Known):
            return None if hasattr(type, attr) else Missing(f"{node.qualified_name}.{attr}")
        if not owner.is_exact and self._has_below(node, attr):
            return None
        return Missing(f"{node.qualified_name}.{attr}", is_attribute=True)

    def _outer_bases(self, node: Node) -> list[type] | None:
        """Bases of a class and its ancestors that the source does not define; None where one is not known either."""
        graph = self.context.graph
        found: list[type] = [object]
        for item in [node, *graph.ancestors(node.node_id)]:
            inner = {base.name for base in graph.bases(item.node_id)}
            for text in item.bases:
                name = text.partition("[")[0].rpartition("=")[2].rpartition(".")[2]
                if name in inner:
                    continue
                base = _OUTER_BASES.get(name) or getattr(builtins, name, None)
                if not isinstance(base, type) or name in graph.by_name:
                    return None
                found.append(base)
        return found

    def _is_open(self, node: Node, attr: str) -> bool:
        """Whether the source says that objects of a class may have an attribute that no class defines."""
        graph = self.context.graph
        chain = [node, *graph.ancestors(node.node_id)]
        decorators = {text.partition("(")[0].rpartition(".")[2] for item in chain for text in item.decorators}
        if decorators - _PLAIN_CLASS_DECORATORS:
            return True
        if any(graph.member(node.node_id, name) for name in ("__getattr__", "__getattribute__", "__new__")):
            return True
        own = (
            edge.target
            for item in chain
            for child in graph.children(item.node_id)
            for edge in graph.unresolved(child.node_id)
        )
        return any(target in {f"self.{attr}", f"cls.{attr}"} or target.startswith("self.__dict__") for target in own)

    def _has_below(self, node: Node, attr: str) -> bool:
        """Whether a class that inherits from this one has an attribute, or may have it."""
        return any(
            self.context.graph.member(below.node_id, attr)
            or self._outer_bases(below) is None
            or self._is_open(below, attr)
            for below in heirs(node, self.context)
        )

    def _of_local(self, node: ast.ClassDef, attr: str, steps: int = 8) -> Found:
        stored = {item.attr for item in ast.walk(self.block.tree) if isinstance(item, ast.Attribute)
                  and isinstance(item.ctx, ast.Store)}  # fmt: skip
        defined = {name for item, scope in self.block.inner.items() if isinstance(item, ast.ClassDef)
                   for name in scope.bindings}  # fmt: skip
        # What any class of the block has may be a part of each, by inheritance.
        is_open = "__getattr__" in defined or node.keywords or node.decorator_list or steps == 0
        if attr in stored | defined or is_open or hasattr(object, attr):
            return None
        for base in [*self._bases(node), *self._same(node)]:
            if isinstance(base, Local):
                inherited = self._of_local(base.node, attr, steps - 1)
            else:
                inherited = self.member(base, attr) if isinstance(base, Instance) else None
            if not isinstance(inherited, Missing):
                return inherited
        return Missing(f"{node.name}.{attr}", is_attribute=True)

    def _bases(self, node: ast.ClassDef) -> list[Found]:
        scope = self.block.inner[node].parent
        return [_object(self.of(base, scope)) for base in node.bases] if scope else []

    def _same(self, node: ast.ClassDef) -> list[Found]:
        """The classes of the source that a class of the block may show in part."""
        same = self.context.graph.by_name.get(node.name, ())
        return [Instance(item, is_exact=False) for item in same if item.kind == "class"]

    def _name(self, name: str, scope: Scope, steps: int) -> Found:
        holder = scope.holder(name)
        if holder is None:
            return self._unbound(name)
        values = holder.bindings[name]
        if len(values) != 1 or name in self.block.narrowed:
            return None
        return self._bound(values[0], holder, steps)

    def _bound(self, value: scopes.Value, scope: Scope, steps: int) -> Found:
        found: Found = None
        match value:
            case str():
                found = self.dotted(value)
            case ast.ClassDef():
                found = Local(value)
            case ast.arg(annotation=None):
                found = self._self(value, scope)
            case ast.arg(annotation=annotation) | ast.AnnAssign(annotation=annotation):
                found = self._declared(annotation, scope, steps) if annotation else None
            case ast.withitem(context_expr=manager):
                found = self._entered(self.of(manager, scope, steps))
            case ast.expr():
                found = self.of(value, scope, steps)
        return None if isinstance(found, Missing) and found.is_attribute else found

    def _unbound(self, name: str) -> Found:
        """What a name stands for that the block takes from around it: its file, the builtins, or the source."""
        graph = self.context.graph
        if self.home is not None:
            outer = [edge.target for edge in graph.unresolved(self.home.node_id, "imports")]
            if found := next((target for target in outer if target.rpartition(".")[2] == name), ""):
                return Outside(found)
        same = graph.by_name.get(name, ())
        if len(same) == 1 and (node := same[0]).collection == self.collection and node.kind in {"class", "function"}:
            is_near = node.kind == "class" or (self.home and node.path == self.home.path)
            if node in self.evidence or (is_near and name not in self.context.imported):
                return Known(node)
        return Outside(f"builtins.{name}") if not same and hasattr(builtins, name) else None

    def _declared(self, annotation: ast.expr, scope: Scope, steps: int) -> Found:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            tree = parse(annotation.value)
            statement = tree.body[0] if tree and len(tree.body) == 1 else None
            annotation = statement.value if isinstance(statement, ast.Expr) else annotation
        found = _object(self.of(annotation, scope, steps))
        return replace(found, is_exact=False) if isinstance(found, Instance) else found

    def _self(self, argument: ast.arg, scope: Scope) -> Found:
        """What the first parameter of a method is an object of."""
        function = scope.node
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or function.decorator_list:
            return None
        first = [*function.args.posonlyargs, *function.args.args][:1]
        if first != [argument] or argument.arg != "self" or scope.parent is None:
            return None
        if isinstance(scope.parent.node, ast.ClassDef):
            return Local(scope.parent.node)
        owners = {owner for node in self.evidence if (owner := self._owner(node, function.name))}
        return Instance(owners.pop(), is_exact=False) if len(owners) == 1 else None

    def _owner(self, node: Node, method: str) -> Node | None:
        """The class that has a method of this name, where a piece of evidence is the one or the other."""
        graph = self.context.graph
        owner = node if node.kind == "class" else graph.parent(node.node_id)
        has_method = node.name == method if node.kind == "method" else node.kind == "class"
        is_owner = has_method and owner is not None and owner.kind == "class"
        return owner if owner and is_owner and graph.member(owner.node_id, method) else None

    def _entered(self, manager: Found) -> Found:
        """What `with manager as name` binds: the manager, where its class says so."""
        if isinstance(manager, Instance):
            enter = self.context.graph.member(manager.node.node_id, "__enter__")
            returned = enter.signature.rpartition("->")[2].strip(" \"'") if enter and "->" in enter.signature else ""
            if returned.rpartition(".")[2] in {"Self", manager.node.name}:
                return manager
        return None


def heirs(node: Node, context: Context) -> list[Node]:
    """All classes of the source that inherit from a class."""
    seen: dict[str, Node] = {}
    queue = [node.node_id]
    while queue:
        for edge in context.graph.into(queue.pop(), "inherits"):
            if edge.src not in seen and edge.src != node.node_id:
                seen[edge.src] = context.graph.nodes[edge.src]
                queue.append(edge.src)
    return list(seen.values())


def _is_super(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name) and expression.func.id == "super"


def _reached(member: Node, owner: Known | Instance) -> Found:
    if member.kind == "method":
        return Method(member, owner)
    return Known(member) if member.kind == "class" else None


def _object(called: Found) -> Found:
    """What a call gives: an object, where a class is called."""
    if isinstance(called, Local):
        return called
    if isinstance(called, Known) and called.node.kind == "class":
        return Instance(called.node, is_exact=True)
    return None

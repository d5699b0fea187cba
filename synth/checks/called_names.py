"""Does everything that its code calls exist?"""

import ast
from collections.abc import Iterator, Mapping, Set
from typing import Any

from synth.checks import stdlib
from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.calls import Found, Instance, Known, Local, Missing, Names, Outside, blocks, has_blank
from synth.checks.code import PYTHON, language_of, pieces
from synth.checks.scopes import Block, Scope, imported_from, read
from synth.checks.targets import Lacking, Targets
from synth.graph.view import CodeGraph, Edge, Node
from synth.languages import LANGUAGES, syntax
from synth.languages.naming import last_name

NAME = "called_names"
VERIFIES = "Whatever its code calls, or in Python imports, exists under that prefix, as far as that can be told."
MIN_SHARED = 4  # letters that an alias has in common with what it stands for


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample by the blocks of its question and its answer."""
    if sample["stage"] == "cpt":
        return not_checked(NAME, "source files are taken as they are")
    language = language_of(sample, context)
    if language != PYTHON:
        return _check_other(sample, language, context)
    question, answer = (blocks(turns(sample)[part]) for part in ("question", "answer"))
    shown = {name for tree in question for name in _names_of(read(tree, ""))}
    denied = frozenset(map(last_name, sample["fabricated"] or ()))
    n_blocks = 0
    # A question may call what is not there; an answer may use what the question defines.
    for part, trees, allowed in (("question", question, denied), ("answer", answer, shown - denied)):
        for tree in trees:
            if not has_blank(tree):
                n_blocks += 1
                if fault := next(_faults(Names(tree, sample, context), allowed), ""):
                    return failed(NAME, f"{part}: {fault}")
    return passed(NAME) if n_blocks else not_checked(NAME, "it has no whole block of Python")


def _check_other(sample: Mapping[str, Any], language: str, context: Context) -> Verdict:
    """Judge a sample about another language: only a type or package that shows all that it has can lack a name."""
    traits = LANGUAGES[language]
    if not traits.shows_all:
        return not_checked(NAME, f"what {traits.title} calls may be from elsewhere")
    n_told = 0
    for piece in pieces(turns(sample)["answer"], language):
        targets = Targets(piece, sample, context)
        for call in syntax.calls(piece.code, piece.language) if piece.language == language else ():
            target = targets.of(call)
            if isinstance(target, Lacking):
                return failed(NAME, f"answer: line {call.line} calls {target.name}, which does not exist")
            n_told += target is not None
    return passed(NAME) if n_told else not_checked(NAME, "no call whose target is certain")


def _faults(names: Names, allowed: Set[str]) -> Iterator[str]:
    for node in ast.walk(names.block.tree):
        for name in _imported(node, names):
            if name.rpartition(".")[2] not in allowed and _is_absent(names.dotted(name), names.context):
                yield f"imports {name}, which neither the source nor the standard library has"
    for call, scope in names.block.calls:
        target = names.of(call.func, scope)
        if _last(call.func) in allowed:
            continue
        if isinstance(target, Missing | Outside):
            if _is_absent(target, names.context):
                yield f"line {call.lineno} calls {target.name.removeprefix('builtins.')}, which does not exist"
        elif target is None and not _may_exist(call.func, scope, names):
            yield f"line {call.lineno} calls {_last(call.func)}, which nothing in the source has"


def _imported(node: ast.AST, names: Names) -> list[str]:
    """The dotted names that a statement imports, as far as they can be told."""
    match node:
        case ast.Import(names=aliases):
            return [item.name for item in aliases]
        case ast.ImportFrom(names=aliases):
            origin = imported_from(node, names.package)
            return [origin if item.name == "*" else f"{origin}.{item.name}" for item in aliases] if origin else []
    return []


def _is_absent(target: object, context: Context) -> bool:
    if isinstance(target, Outside):
        is_checked = stdlib.is_stdlib(target.name) and target.name.partition(".")[0] not in context.roots
        return is_checked and target.name not in context.targets and stdlib.has(target.name) is False
    return isinstance(target, Missing)


def _last(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _may_exist(func: ast.expr, scope: Scope, names: Names) -> bool:
    """Whether a call whose target cannot be told calls something that may be there."""
    match func:
        case ast.Name(id=name):
            is_known = name in names.context.code_words or scope.holder(name) is not None
            return is_known or names.block.has_star or _may_be_around(name, names)
        case ast.Attribute(value=value, attr=name):
            if _is_typed(names.of(value, scope)):
                return True  # its class may have more than the graph tells
            is_known = name in names.context.code_words or name in stdlib.COMMON or name in _names_of(names.block)
            return is_known or _has_objects_of_others(names)
    return True


def _is_typed(receiver: Found) -> bool:
    is_owner = isinstance(receiver, Known) and receiver.node.kind in {"class", "module", "package"}
    return is_owner or isinstance(receiver, Instance | Local)


def _has_objects_of_others(names: Names) -> bool:
    """Whether the block or a file that it is about imports a module that may give objects of its own."""
    graph, modules = names.context.graph, names.context.modules
    homes = (modules.get((node.collection, node.path)) for node in names.evidence)
    around = {edge.target for home in homes if home for edge in graph.unresolved(home.node_id, "imports")}
    own = {name for node in ast.walk(names.block.tree) for name in _imported(node, names)}
    roots = {name.partition(".")[0] for name in around | own} - names.context.roots
    return bool(roots - stdlib.WITHOUT_OBJECTS)


def _names_of(block: Block) -> set[str]:
    """Every name that a block itself binds or sets."""
    bound = {name for scope in block.inner.values() for name in scope.bindings}
    return bound | {
        node.attr
        for node in ast.walk(block.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }


def _may_be_around(name: str, names: Names) -> bool:
    """Whether code of the source, shown as it is, may have a name from around it.

    That is a local name of the function that encloses it, or an alias: the graph has only what it stands for. So where
    the source calls something of another file on the very line of a call whose name is alike, as in
    `from markup import render as render_markup`, nothing is said against it, unless the reference does not have it.
    """
    graph = names.context.graph
    lines = {call.lineno for call, _ in names.block.calls if isinstance(call.func, ast.Name) and call.func.id == name}
    for node in names.evidence:
        parent = graph.parent(node.node_id)
        if parent is not None and parent.kind in {"function", "method"}:
            return True
        shown = (item for item in names.block.tree.body if getattr(item, "name", "") == node.name)
        first = next(map(_first_line, shown), 0)
        for edge in _calls_of(node, graph) if first and name in (names.reference or name) else ():
            is_here = edge.line - node.start_line + first in lines
            if is_here and _are_alike(name, edge.target) and _needs_alias(edge, node, names):
                return True
    return False


def _needs_alias(edge: Edge, user: Node, names: Names) -> bool:
    """Whether what is called is of another file than its user, and not imported by the block under its own name."""
    target = names.context.graph.nodes.get(edge.dst or "")
    bound = names.block.inner[names.block.tree].bindings.get(edge.target.rpartition(".")[2], [])
    return (target is None or target.path != user.path) and not any(isinstance(value, str) for value in bound)


def _first_line(definition: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(definition, "decorator_list", [])
    return min([definition.lineno, *(item.lineno for item in decorators)])


def _calls_of(node: Node, graph: CodeGraph) -> Iterator[Edge]:
    """The calls that a function makes, or a function that stands within it."""
    yield from graph.out(node.node_id, "calls", "instantiates")
    yield from graph.unresolved(node.node_id, "calls", "instantiates")
    for child in graph.children(node.node_id, "function", "method"):
        yield from _calls_of(child, graph)


def _are_alike(alias: str, target: str) -> bool:
    """Whether an alias shares a word with a name, or is made of its words' first letters."""
    words = [word for word in target.rpartition(".")[2].lower().split("_") if word]
    parts = [part for part in alias.lower().split("_") if part]
    shared = any(len(min(word, part, key=len)) >= MIN_SHARED and (word in part or part in word)
                 for word in words for part in parts)  # fmt: skip
    return shared or alias.lower() == "".join(word[0] for word in words)

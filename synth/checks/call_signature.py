"""Do the calls that the sample shows fit the signatures of what they call?"""

import ast
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.code_parses import parse
from synth.checks.markdown import split
from synth.graph.view import Node, Parameter

NAME = "call_signature"
VERIFIES = (
    "Every call in its code that can be told to be of the source fits the signature: none missing, unknown or extra."
)
_PLAIN_DECORATORS = ("staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample.

    A call is judged where its target is certain: a name that the block imports from the source, or that names a piece
    of evidence and nothing else in the source.
    """
    if sample["stage"] == "cpt":
        return not_checked(NAME, "source files are taken as they are")
    n_checked = 0
    for text in turns(sample).values():
        for block in split(text)[1]:
            tree = parse(textwrap.dedent(block.code))
            for call, node in _calls(tree, sample, context) if tree else ():
                signature = parameters_of(node, context)
                if signature is None:
                    continue
                n_checked += 1
                if fault := misfit(call, signature):
                    return failed(NAME, f"line {call.lineno}: {node.qualified_name} {fault}")
    return passed(NAME) if n_checked else not_checked(NAME, "no call whose target is certain")


def _calls(tree: ast.Module, sample: Mapping[str, Any], context: Context) -> Iterator[tuple[ast.Call, Node]]:
    imported = _imports(tree)
    bound = _bound(tree) - imported.keys()
    evidence = _evidence(sample, context)
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        dotted = _dotted(call.func)
        head, _, rest = dotted.partition(".")
        if head in imported:
            name = imported[head] + ("." + rest if rest else "")
            found = context.named(name, sample["collection"])
        elif dotted and not rest and head not in bound:
            found = evidence.get(head, [])
        else:
            found = []
        if len(found) == 1 and found[0].kind in {"function", "class"}:
            yield call, found[0]


def _imports(tree: ast.Module) -> dict[str, str]:
    """Names that absolute imports bind, and what they stand for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {item.asname or item.name.split(".")[0]: item.name if item.asname else item.name.split(".")[0]
                      for item in node.names}  # fmt: skip
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {item.asname or item.name: f"{node.module}.{item.name}" for item in node.names}
    return names


def _bound(tree: ast.Module) -> set[str]:
    """Names that the block binds itself, so that they need not mean what they mean elsewhere."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                found.add(name)
            case ast.alias(name=name):
                found.add(name.split(".")[0])
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
    return found


def _evidence(sample: Mapping[str, Any], context: Context) -> dict[str, list[Node]]:
    """Functions and classes of the evidence by name, where the whole source has no other of that name."""
    nodes = (context.graph.nodes.get(item["id"]) for item in sample["evidence"])
    unique = (node for node in nodes if node and len(context.graph.by_name[node.name]) == 1)
    return {node.name: [node] for node in unique if node.parameters is not None or node.kind == "class"}


def _dotted(func: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(func, ast.Attribute):
        parts.append(func.attr)
        func = func.value
    return ".".join([func.id, *reversed(parts)]) if isinstance(func, ast.Name) else ""


def misfit(call: ast.Call, signature: Sequence[Parameter]) -> str:
    """What is wrong with a call, or an empty string where it fits; what `*` unpacks is taken to fit."""
    if any(isinstance(item, ast.Starred) for item in call.args):
        return ""
    given = {item.arg for item in call.keywords}
    unpacked = None in given
    positional = [item for item in signature if item.kind in {"positional_only", "positional"}]
    takes_any = any(item.kind == "var_positional" for item in signature)
    takes_keywords = any(item.kind == "var_keyword" for item in signature)
    if len(call.args) > len(positional) and not takes_any:
        return f"takes {len(positional)} positional arguments, not {len(call.args)}"
    filled = {item.name for item in positional[: len(call.args)]}
    by_keyword = {item.name for item in signature if item.kind in {"positional", "keyword_only"}}
    for name in sorted(name for name in given if name is not None):
        if name in by_keyword and name in filled:
            return f"gets {name} twice"
        if name not in by_keyword and not takes_keywords:
            return f"has no parameter {name}"
    if unpacked:
        return ""
    required = {
        item.name
        for item in signature
        if item.default is None and item.kind in {"positional_only", "positional", "keyword_only"}
    }
    missing = sorted(required - filled - given)
    return f"needs {', '.join(missing)}" if missing else ""


def parameters_of(node: Node, context: Context) -> list[Parameter] | None:
    """What a caller passes to a function or class, or None where that cannot be told for certain."""
    if node.kind == "function":
        plain = not [name for name in node.decorators if name not in _PLAIN_DECORATORS]
        return list(node.parameters) if plain and node.parameters is not None else None
    graph = context.graph
    # A decorator, a metaclass, `__new__` or an unknown base may change how a class is called.
    chain = [node, *graph.ancestors(node.node_id)]
    if graph.has_unknown_base(node.node_id) or any(item.decorators for item in chain):
        return None
    if any("=" in base for item in chain for base in item.bases) or graph.member(node.node_id, "__new__"):
        return None
    init = graph.member(node.node_id, "__init__")
    if init is None:
        return []
    if init.kind != "method" or init.decorators or not init.parameters:
        return None
    return list(init.parameters[1:])

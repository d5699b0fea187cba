"""Do the calls that the sample shows fit the signatures of what they call?"""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.calls import Instance, Known, Method, Names, blocks, heirs
from synth.graph.view import Node, Parameter

NAME = "call_signature"
VERIFIES = (
    "Every call in its code that can be told to be of the source fits the signature: none missing, unknown or extra."
)
_PLAIN_DECORATORS = ("staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample.

    A call is judged where its target is certain: a name that the block imports from the source, or that names one thing
    in the source and nothing else, or a method of such a class or of an object of it.
    """
    if sample["stage"] == "cpt":
        return not_checked(NAME, "source files are taken as they are")
    n_checked = 0
    for text in turns(sample).values():
        for tree in blocks(text):
            names = Names(tree, sample, context)
            for call, scope in names.block.calls:
                target = names.of(call.func, scope)
                if not isinstance(target, Known | Method) or (signature := _signature(target, context)) is None:
                    continue
                n_checked += 1
                if fault := misfit(call, signature):
                    return failed(NAME, f"line {call.lineno}: {target.node.qualified_name} {fault}")
    return passed(NAME) if n_checked else not_checked(NAME, "no call whose target is certain")


def _signature(target: Known | Method, context: Context) -> list[Parameter] | None:
    return parameters_of(target.node, context) if isinstance(target, Known) else _method_parameters(target, context)


def _method_parameters(method: Method, context: Context) -> list[Parameter] | None:
    """What a caller passes to a method, or None where that cannot be told for certain."""
    node, receiver, graph = method.node, method.receiver, context.graph
    owner = graph.parent(node.node_id)
    if owner is None or sum(child.name == node.name for child in graph.children(owner.node_id)) != 1:
        return None  # overloads, or defined anew under a condition
    if set(node.decorators) - set(_PLAIN_DECORATORS) or node.parameters is None:
        return None
    may_be_other = isinstance(receiver, Instance) and not receiver.is_exact
    if may_be_other and any(
        child.name == node.name for heir in heirs(receiver.node, context) for child in graph.children(heir.node_id)
    ):
        return None
    is_passed = "staticmethod" in node.decorators or (
        isinstance(receiver, Known) and "classmethod" not in node.decorators
    )
    if is_passed:
        return list(node.parameters)
    takes_self = node.parameters and node.parameters[0].kind in {"positional_only", "positional"}
    return list(node.parameters[1:]) if takes_self else None


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
    missing = sorted(required - filled - (given & by_keyword))  # `**` takes a keyword of the same name
    return f"needs {', '.join(missing)}" if missing else ""


def parameters_of(node: Node, context: Context) -> list[Parameter] | None:
    """What a caller passes to a function or class, or None where that cannot be told for certain."""
    if node.kind != "class":
        plain = node.kind == "function" and not set(node.decorators) - set(_PLAIN_DECORATORS)
        return list(node.parameters) if plain and node.parameters is not None else None
    graph = context.graph
    # A decorator, a metaclass, `__new__` or an unknown base may change how a class is called.
    chain = [node, *graph.ancestors(node.node_id)]
    is_odd = any(item.decorators or any("=" in base for base in item.bases) for item in chain)
    if is_odd or graph.has_unknown_base(node.node_id) or graph.member(node.node_id, "__new__"):
        return None
    init = graph.member(node.node_id, "__init__")
    if init is None:
        return []
    if init.kind != "method" or init.decorators or not init.parameters:
        return None
    return list(init.parameters[1:])

"""Do the calls that the sample shows fit the signatures of what they call?"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.calls import Instance, Known, Method, Names, blocks, heirs
from synth.checks.code import PYTHON, language_of, pieces
from synth.checks.targets import Reached, Targets, fits
from synth.graph.view import Node, Parameter
from synth.languages import LANGUAGES, syntax

NAME = "call_signature"
VERIFIES = (
    "Every call in its code that can be told to be of the source fits the signature: none missing, unknown or extra."
)
_PLAIN_DECORATORS = ("staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample.

    A call is judged where its target is certain: a name that the block imports from the source, or that names one thing
    in the source and nothing else, or a method of such a class or, in Python, of an object of it. In other languages
    the number of arguments has to fit one of the overloads.
    """
    if sample["stage"] == "cpt":
        return not_checked(NAME, "source files are taken as they are")
    language = language_of(sample, context)
    verdicts = [
        verdict
        for text in turns(sample).values()
        for verdict in (*_python(text, language, sample, context), *_others(text, language, sample, context))
    ]
    if fault := next(filter(None, verdicts), ""):
        return failed(NAME, fault)
    if verdicts:
        return passed(NAME)
    traits = LANGUAGES[language]
    why = "no call whose target is certain" if traits.has_fixed_arity else f"calls of {traits.title} take any arguments"
    return not_checked(NAME, why)


def _python(text: str, language: str, sample: Mapping[str, Any], context: Context) -> Iterator[str]:
    """What is wrong with each call in the Python of a text that can be judged, or an empty string."""
    for tree in blocks(text, language):
        names = Names(tree, sample, context)
        for call, scope in names.block.calls:
            target = names.of(call.func, scope)
            if isinstance(target, Known | Method) and (signature := _signature(target, context)) is not None:
                fault = misfit(call, signature)
                yield f"line {call.lineno}: {target.node.qualified_name} {fault}" if fault else ""


def _others(text: str, language: str, sample: Mapping[str, Any], context: Context) -> Iterator[str]:
    """The same of other languages, where the number of arguments is all that is looked at."""
    for piece in pieces(text, language):
        if piece.language == PYTHON or not LANGUAGES[piece.language].has_fixed_arity:
            continue
        targets = Targets(piece, sample, context)
        for call in syntax.calls(piece.code, piece.language):
            if isinstance(target := targets.of(call), Reached):
                name = target.nodes[0].qualified_name
                fault = f"line {call.line}: {name} does not take {call.arity} arguments"
                yield "" if fits(call, target, piece.language) else fault


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

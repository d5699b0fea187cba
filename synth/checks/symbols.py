"""Does every symbol, path and declaration that the sample names exist in the source?"""

import builtins
import keyword
import re
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from synth.checks import names
from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.code import PYTHON, language_of
from synth.checks.markdown import inline_code
from synth.graph.view import Node
from synth.languages.naming import last_name

NAME = "symbols"
VERIFIES = "Every symbol, file and declaration that its prose names exists in the source; made-up names do not."
_DOTTED = re.compile(r"@?([^\W\d]\w*(?:\.[^\W\d]\w*)*)(?:\(\))?")
_DECLARATION = re.compile(r"(?:async def|def|class)\s+([^\W\d]\w*)")
_PATH = re.compile(r"[\w.\-+ /]+\.[A-Za-z]\w{0,3}")
_KNOWN = frozenset({*dir(builtins), *keyword.kwlist, *keyword.softkwlist, "self", "cls"})


class Place(NamedTuple):
    """Where names are looked up: what a sample is about."""

    collection: str
    language: str
    owners: list[Node]
    context: Context


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample."""
    if sample["stage"] == "cpt":
        return not_checked(NAME, "the text is source code itself")
    collection, made_up = sample["collection"], set(sample["fabricated"] or ())
    for name in sorted(made_up):
        if context.named(name, collection) or (last_name(name) == name and name in context.words):
            return failed(NAME, f"{name} is said not to exist, but it does")
    ids = [item["id"] for item in sample["evidence"]]
    owners = [context.graph.nodes[node_id] for node_id in ids if node_id in context.graph.nodes]
    place = Place(collection, language_of(sample, context), owners, context)
    spans = {span.strip() for text in turns(sample).values() for span in inline_code(text)}
    for span in sorted(spans - made_up):
        if not _exists(span, made_up, place):
            return failed(NAME, f"`{span}` is not in the source")
    return passed(NAME) if spans else not_checked(NAME, "it names no symbol")


def _exists(span: str, made_up: set[str], place: Place) -> bool:
    context = place.context
    is_blank = not span.strip("_")  # of a fill-in item
    if is_blank or context.named(span, place.collection) or any(span == node.signature for node in place.owners):
        return True  # also where the name of a folder is no identifier
    if place.language != PYTHON:
        is_whole = span in context.paths or span in context.graph.by_name
        return is_whole or names.exists(span, made_up, place.collection, place.language, context)
    if declared := _DECLARATION.match(span):
        return _is_declared(span, declared[1], place)
    if match := _DOTTED.fullmatch(span):
        name = match[1]
        # `Class.made_up` is as much made up as its last part.
        return last_name(name) in made_up or _is_symbol(name, place) or name in context.paths
    if "/" in span or _PATH.fullmatch(span):
        return span in context.paths or not _PATH.fullmatch(span)
    return True  # an expression or a piece of text: no name that could be looked up


def _is_declared(text: str, name: str, place: Place) -> bool:
    """Whether a definition of this name reads so."""
    wanted = " ".join(text.rstrip(": .").split())
    found = [*place.owners, *place.context.graph.by_name.get(name, ())]
    return any(node.name == name and " ".join(node.signature.split()).startswith(wanted) for node in found)


def _is_symbol(name: str, place: Place) -> bool:
    context, head, rest = place.context, *name.partition(".")[::2]
    if not rest:
        return name in context.words or name in _KNOWN or name in sys.stdlib_module_names
    if head in context.roots:
        return context.is_member(name, place.collection)
    if classes := [node for node in context.graph.by_name.get(head, ()) if node.kind in {"class", "module"}]:
        return any(context.is_member(f"{node.qualified_name}.{rest}", node.collection) for node in classes)
    if head in context.externals or head in sys.stdlib_module_names:
        return True  # from elsewhere, where nothing can be looked up
    return all(part in context.words or part in _KNOWN for part in name.split("."))

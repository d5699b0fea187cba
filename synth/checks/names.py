"""Does the source have what a piece of inline code names, in the languages that are told by their grammar alone?"""

import re
from collections.abc import Set

from synth.checks.base import Context
from synth.graph.view import Node
from synth.languages import LANGUAGES, Traits, syntax
from synth.languages.naming import last_name, split_name

OWNERS = {"class", "module", "package"}
_PART = r"~?[^\W\d][\w$]*[?!=]?"
_NAME = re.compile(rf"[@&*]*({_PART}(?:(?:::|->|\?\.|[.#/]){_PART})*)!?(?:\(\))?")
_RECEIVER = re.compile(r"^\(\*?(\w+)\)\.")
_ARGUMENTS = re.compile(r"(?<=\w)(?:::)?<[^<>()]*>|(?<=\w)\[[\w.*, ]*\]")
_WORDED = re.compile(
    r"(?:(?:async|export|default|pub(?:\([^)]*\))?|public|private|protected|internal|abstract|final|static|unsafe|const"
    r"|partial|sealed|open|virtual|override|inline|extern|declare|typedef)\s+)*"
    r"(def|class|func|fn|function|struct|interface|trait|enum|union|record|module|namespace|type)\s+"
    r"(?:\([^)]*\)\s*)?(?:self\.)?(?:\w+::)*([^\W\d][\w$]*[?!]?)"
)
"""A declaration that a word of the language begins, such as `func (b *Basket) Add(`."""
_TYPE_WORDS = {"struct", "enum", "union"}
_AFTER_TYPE = re.compile(r"\s*[\w*&]")
_TYPED = re.compile(r"(?!(?:return|new|await|throw|delete|yield|case|else|goto|defer|go)\b)"
                    r"(?:[\w:<>,\[\]&*~?.@]+\s+)+[*&]*(?:\w+::)*([^\W\d]\w*)\s*(?:<[^()]*>)?\(.*")  # fmt: skip
"""A declaration that begins with a type, such as `int total(`."""
_PATH = re.compile(r"[\w.\-+/]+\.[A-Za-z]\w{0,4}")


def exists(span: str, made_up: Set[str], collection: str, language: str, context: Context) -> bool:
    """Whether a piece of inline code is of the source, or is no name that could be looked up.

    Args:
        span: what stands between the backticks.
        made_up: names that are said not to exist.
        collection: that the sample is about.
        language: that the sample is about.
        context: what is known of the source.
    """
    if (declared := _WORDED.match(span)) and declared[1] in syntax.keywords(language):
        if declared[1] not in _TYPE_WORDS:
            return _is_declared(span, declared[2], context)
        # `struct stat` is a type of elsewhere, and `struct stat *s` a parameter.
        is_known = declared[2] in context.graph.by_name and not _AFTER_TYPE.match(span, declared.end())
        return not is_known or _is_declared(span, declared[2], context)
    if (declared := _TYPED.match(span)) and any(node.signature for node in context.graph.by_name.get(declared[1], ())):
        return _is_declared(span, declared[1], context)
    if match := _NAME.fullmatch(_ARGUMENTS.sub("", _RECEIVER.sub(r"\1.", span))):
        # `Class.made_up` is as much made up as its last part.
        return last_name(match[1]) in made_up or _is_symbol(match[1], collection, language, context)
    return not _PATH.fullmatch(span)


def _is_declared(text: str, name: str, context: Context) -> bool:
    """Whether a definition of this name reads so; modifiers may be left out, and the parameters be three dots."""
    wanted = " ".join(text.removesuffix("(...)").rstrip(";{ ").split())
    signatures = (" ".join(node.signature.split()) for node in context.graph.by_name.get(name, ()))
    return any(wanted in signature for signature in signatures)


def _is_symbol(name: str, collection: str, language: str, context: Context) -> bool:
    parts, traits = split_name(name), LANGUAGES[language]
    known = traits.known | syntax.keywords(language)
    is_known = all(_is_word(part, known, context) or _is_word(part.strip("~?!="), known, context) for part in parts)
    if len(parts) == 1:
        return is_known
    if _ends_so(parts, collection, context):
        return True
    owners = [
        node
        for node in context.graph.by_name.get(parts[-2], ())
        if node.kind in OWNERS and split_name(node.qualified_name)[-len(parts) + 1 :] == parts[:-1]
    ]
    if owners:
        return any(_may_have(node, parts[-1], traits, context) for node in owners)
    return is_known or parts[0] in context.externals or parts[0] in traits.known


def _is_word(name: str, known: Set[str], context: Context) -> bool:
    return name in context.words or name in known or name in context.graph.by_name


def _ends_so(parts: list[str], collection: str, context: Context) -> bool:
    """Whether a node's full name ends in these parts."""
    same = context.graph.by_name.get(parts[-1], ())
    return any(
        node.collection == collection and split_name(node.qualified_name)[-len(parts) :] == parts for node in same
    )


def _may_have(owner: Node, name: str, traits: Traits, context: Context) -> bool:
    graph = context.graph
    if owner.kind == "class":
        chain = [owner, *graph.ancestors(owner.node_id)]
        return (
            graph.member(owner.node_id, name) is not None
            or graph.has_unknown_base(owner.node_id)
            or name in traits.known
            or any(not re.match(traits.harmless, text) for node in chain for text in node.decorators)
        )
    edges = [*graph.out(owner.node_id, "imports"), *graph.unresolved(owner.node_id, "imports")]
    return name in context.code_words or any(last_name(edge.target) == name for edge in edges)

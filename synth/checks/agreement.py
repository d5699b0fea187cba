"""Does the answer say what the reference says? The rubric and what is known of the names tell, without a model."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.calls import blocks
from synth.checks.code import PYTHON, language_of, pieces
from synth.checks.markdown import prose, split
from synth.graph.view import Node
from synth.languages import FENCES, LANGUAGES, syntax
from synth.languages.naming import last_name

NAME = "agreement"
VERIFIES = (
    "Where a rubric is given: it names what the rubric asks for, denies what does not exist and nothing else, and "
    "shows the code that was asked for."
)
WRITES_CODE = {"from_test", "from_caller", "programming", "method"}
DEFINES_TARGET = {"from_test", "from_caller"}
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
_NEGATION = re.compile(r"\b(?:no|not|never|none|nor|neither|nothing|cannot|without)\b|n['\u2019]t\b", re.IGNORECASE)
_NOT = r"(?:n['\u2019]t| not| never)"
_DENIAL = re.compile(
    rf"\b(?:do|does|did|could|can|would|will)(?:{_NOT}|not) (?:\w+ ){{0,2}}?(?:exist|have|define|contain|provide|offer|"
    r"include|implement|expose|support|declare|inherit|appear|occur|find|come|ship|know|recall|carry|show)\w*\b"
    rf"|\b(?:is|are|was)(?:{_NOT}) (?:\w+ ){{0,3}}?(?:defined|part|present|available|found|among|in|on|implemented|"
    r"declared|provided|known|there|one|real|valid|exposed|included|listed|"
    r"an? (?:\w+ )?(?:method|function|member|class|attribute|module|name|part))\b"
    r"|\bno such\b|\bthere(?: is|'s|\u2019s| are|'re) (?:no|not|nothing)\b"
    r"|\b(?:has|have|had|with|defines|provides|offers|exposes|contains|declares|inherits|includes|is|see|find) "
    r"(?:no|neither|none)\b"
    r"|\b(?:lacks?|nowhere|non-?existent|made[- ]up|fictitious|imaginary|invented)\b|\bno (?:\w+ ){0,4}exists\b"
    r"|\bno (?:method|function|class|attribute|member|name|module)\b|\bneither\b|\bcannot be found\b",
    re.IGNORECASE,
)
_OPENS_WITH_NO = re.compile(
    r"^\W*no(?:\s*[,.;:!\u2013\u2014-]|\s+(?:it|they|there|such|that|this|the)\b|\s*$)", re.IGNORECASE
)
_THING = r"(?:\w+ ){0,2}?(?:method|function|class|module|attribute|member|symbol|name|file)?s?(?: (?:named|called))? ?"


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample that has a rubric; the score is the share of its points that the answer meets."""
    if sample["stage"] == "cpt" or not sample["rubric"]:
        return not_checked(NAME, "it has no rubric")
    answer = turns(sample)["answer"]
    faults = [*_unnamed(sample, answer, context), *_denials(sample, answer, context), *_code(sample, answer, context)]
    missed = [fault for fault in faults if fault]
    if not faults:
        return not_checked(NAME, "its rubric names nothing that could be looked for")
    return failed(NAME, missed[0], 1 - len(missed) / len(faults)) if missed else passed(NAME)


def _unnamed(sample: Mapping[str, Any], answer: str, context: Context) -> Iterator[str]:
    """For each point that names nodes, the first that the answer does not name, or an empty string."""
    for item in sample["rubric"]:
        nodes = [context.graph.nodes[node_id] for node_id in item["nodes"] or () if node_id in context.graph.nodes]
        if nodes:
            missing = next((node for node in nodes if not _is_named(node, answer, context)), None)
            yield f"it does not name {missing.qualified_name}: {item['point']}" if missing else ""


def _is_named(node: Node, answer: str, context: Context) -> bool:
    names = {node.name, node.qualified_name}
    owner = context.graph.parent(node.node_id)
    if owner and (node.variety == "constructor" or node.name in {"__init__", "constructor", "initialize"}):
        names |= {owner.name}  # a class is called by its own name
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", answer) for name in names if name)


def _denials(sample: Mapping[str, Any], answer: str, context: Context) -> Iterator[str]:
    """What is wrong with what the answer says does or does not exist or hold."""
    made_up = sorted(set(map(last_name, sample["fabricated"] or ())))
    if made_up:
        yield from (_taken_as_real(name, answer) for name in made_up)
        return
    claims = sample["claims"] or ()
    if any(not claim["holds"] for claim in claims):
        yield "" if _NEGATION.search(prose(answer)) else "it does not deny what is not so"
        return
    ends = {claim["object"] for claim in claims} | {node for item in sample["rubric"] for node in item["nodes"] or ()}
    names = {context.graph.nodes[node_id].name for node_id in ends if node_id in context.graph.nodes}
    yield _denied(names, answer)


def _taken_as_real(name: str, answer: str) -> str:
    """What is wrong with how an answer speaks of a made-up name."""
    if any(_is_called(name, block.code, FENCES.get(block.language, PYTHON)) for block in split(answer)[1]):
        return f"it calls {name}, which does not exist"
    about = re.compile(rf"\b(?:{re.escape(name)}|it|such|one|none)\b", re.IGNORECASE)
    sentences = [sentence for sentence in _SENTENCE.split(prose(answer)) if about.search(sentence)]
    return "" if any(map(_DENIAL.search, sentences)) else f"it does not say that {name} does not exist"


def _is_called(name: str, code: str, language: str) -> bool:
    """Whether code calls a name, other than in a comment or where it is defined."""
    lines = (line.partition(LANGUAGES[language].comment)[0] for line in code.split("\n"))
    defined = r"(?<!def )(?<!func )(?<!fn )(?<!function )(?<!\w)"
    return any(re.search(rf"{defined}{re.escape(name)}\s*\(", line) for line in lines)


def _denied(names: set[str], answer: str) -> str:
    """The name of which an answer wrongly says that it does not exist."""
    text = prose(answer)
    if _OPENS_WITH_NO.search(text):
        return "it opens with No, but what is asked is so"
    for name in sorted(filter(None, names)):
        word = rf"[`'\"]?(?:\w+(?:\.|::|#|/))*{re.escape(name)}(?:\(\))?[`'\"]?(?!\w)"
        absent = rf"{word} (?:{_THING})?(?:does(?:{_NOT}) exist|(?:is|was)(?:{_NOT}) (?:defined|part of|implemented))"
        denied = rf"(?:\b(?:there is|has|defines|have) no|\bno such) {_THING}{word}(?![`'\"]? of (?:its|their) own)"
        if re.search(f"{absent}|{denied}", text, re.IGNORECASE):
            return f"it says that {name} does not exist, but it does"
    return ""


def _code(sample: Mapping[str, Any], answer: str, context: Context) -> Iterator[str]:
    """What is wrong with the code that the answer has to show."""
    if sample["kind"] not in WRITES_CODE:
        return
    language = language_of(sample, context)
    code = [piece.code for piece in pieces(answer, language) if piece.language == language]
    yield "" if (blocks(answer) if language == PYTHON else code) else "it shows no code"
    target = context.graph.nodes.get(sample["evidence"][0]["id"]) if sample["evidence"] else None
    if code and sample["kind"] in DEFINES_TARGET and target and target.parameters is not None:
        if language != PYTHON:
            yield _undefined(target, "\n".join(code), language)
        elif trees := blocks(answer):
            yield _misdefined(target, trees)


def _undefined(target: Node, code: str, language: str) -> str:
    """What is wrong with the definition of the target in code that is told by its grammar alone."""
    found = [item.header for item in syntax.functions(code, language) if item.name == target.name]
    if not found:
        return f"its code does not define {target.name}"
    wanted = [item.name for item in target.parameters or () if item.name.strip("_").isidentifier()]
    lacking = [[name for name in wanted if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)] for text in found]
    return "" if [] in lacking else f"it defines {target.name} without {', '.join(lacking[0])}"


def _misdefined(target: Node, trees: list[ast.Module]) -> str:
    """What is wrong with the definition of the target, which one of the blocks has to hold."""
    wanted = [item.name for item in target.parameters or ()]
    found = [_parameters(node) for tree in trees for node in ast.walk(tree)
             if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == target.name]  # fmt: skip
    if not found:
        return f"its code does not define {target.name}"
    return "" if wanted in found else f"it defines {target.name}({', '.join(found[0])}), not ({', '.join(wanted)})"


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names of a function's parameters in the order written."""
    args = node.args
    rest = [args.vararg] if args.vararg else []
    named = [*args.posonlyargs, *args.args, *rest, *args.kwonlyargs, *([args.kwarg] if args.kwarg else [])]
    return [item.arg for item in named]

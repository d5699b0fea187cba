"""What are the parts of a graph called in prose? The words that templates use, which differ between languages."""

import re
from collections.abc import Mapping

from synth.graph.view import Node, Parameter
from synth.languages import LANGUAGES, Kinship, Traits, syntax

PLACES = ("module", "package", "file")
"""Kinds that hold definitions and are none."""
DECLARATION = "declaration"
"""The variety of what is only announced: a prototype, or a method in the body of a C++ class."""
TESTING = {"test", "suite", "it", "describe", "context", "setup", "hook", "let"}
"""Varieties of what a test framework calls: it has a text for a name, and a header that is no declaration."""
_WORDS = {
    "const": "constant", "var": "variable", "func": "function", "mod": "module", "static": "static variable",
    "setup": "set-up function", "suite": "test suite", "generator": "generator function",
}  # fmt: skip
_CONTRACTS = {"interface", "trait", "protocol"}


def traits_of(node: Node) -> Traits:
    """What is peculiar to the language of a node."""
    return LANGUAGES[node.language]


def word(node: Node) -> str:
    """What a node is called: `struct`, `member function`."""
    words = {**_WORDS, **traits_of(node).words}
    name = node.kind if node.variety in {"", DECLARATION} else node.variety
    return words.get(name, name).replace("_", " ")


def is_spread(node: Node) -> bool:
    """Whether a node is of no one file, as a package or a namespace is."""
    return node.kind == "package" or (node.variety == "namespace" and traits_of(node).reopens_namespaces)


def can_be_written(node: Node) -> bool:
    """Whether a node has a name that can stand between backticks; the text of a test may hold anything."""
    name = full_name(node)
    return node.variety != "lambda" and "`" not in name and "\n" not in name and name == name.strip() != ""


def full_name(node: Node) -> str:
    """A node's full name; that of a file is its path."""
    return node.path if node.kind == "file" else node.qualified_name


def language_facts(node: Node) -> dict[str, list[str]]:
    """The facts about the language of a node that templates use."""
    traits = traits_of(node)
    return {
        "language": [traits.title],
        "fence": [traits.fence],
        "instance": [traits.instance],
        "mark": [traits.mark.noun],
        "marked": [traits.mark.says],
        "doc": [traits.doc],
        "example": [traits.example],
    }


def stub(node: Node, code: str) -> str:
    """A definition's header as code, with a mark in the place of its body; empty where it is none that parses."""
    traits, header = traits_of(node), node.signature
    if not header or header.startswith("#") or node.variety in TESTING:
        return header if header.startswith("#") else ""
    opens = {": ...": r":", "\n  # ...\nend": r"\bend\b"}.get(traits.stub, r"\{|=>")
    rest = code.removeprefix(header)
    has_body = node.kind in {"class", "function", "method"} and re.search(opens, rest)
    ends = [traits.stub, f" ={traits.stub}"] if has_body else [traits.closes]
    shown = (header.removesuffix(end.strip() or "\0") + end for end in [*ends, ""])
    return next((text for text in shown if syntax.parses(text, node.language)), "")


def kinship(subject: Node, target: Node, is_written: bool) -> Kinship:
    """How one type builds on another, in words.

    Args:
        subject: the type that builds on the other.
        target: the other.
        is_written: whether the subject's own lines name the target.
    """
    one, two = word(subject), word(target)
    return next(
        kin.kinship
        for kin in traits_of(subject).kin
        if kin.subject in {"", one} and kin.object in {"", two} and kin.is_written in {None, is_written}
    )


def is_contract(owner: Node | None) -> bool:
    """Whether a type says what others have to define, as an interface or a trait does."""
    return owner is not None and word(owner) in _CONTRACTS


def facts_of_link(line: str, traits: Traits) -> dict[str, list[str]]:
    """The words for a line by which a file reaches another, such as `import`; `link` is empty where it does not."""
    found = next((link for link in traits.links if re.search(link.pattern, line)), None)
    words = found or traits.links[0]
    return {"link": [found.noun if found else ""], "import_says": [words.says], "import_asks": [words.asks]}


def kind_of_test(text: str, traits: Traits) -> str:
    """What the tests of a file are called: `pytest test`, `RSpec example`; `test` where that cannot be told."""
    return next((name for pattern, name in traits.frameworks if re.search(pattern, text)), "test")


def parameters(node: Node) -> list[str]:
    """What a caller passes to a function, each parameter as it is declared, in backticks."""
    traits = traits_of(node)
    given = [item for item in node.parameters or () if item.name not in traits.receivers]
    return [f"`{text}`" for item in given if (text := _declared(item, traits))]


def _declared(item: Parameter, traits: Traits) -> str:
    is_optional = item.default == "?"  # as TypeScript writes it
    written, name = item.annotation or "", item.name + ("?" if is_optional else "")
    plain = traits.parameter.format(name=name, type=written).strip() if written else name
    is_open = item.kind in traits.rest and "..." not in plain
    text = traits.rest[item.kind].format(plain=plain, name=name, type=written).strip() if is_open else plain
    between = traits.named if item.kind == "keyword_only" else " = "
    return text if item.default is None or is_optional else f"{text}{between}{item.default}"


def returned(node: Node) -> str:
    """The returned type as a signature has it; empty where it has none."""
    traits = traits_of(node)
    begins = re.search(rf"(?<!\w){re.escape(node.name)}\s*(?:<[^()]*>|\[[^()]*\])?\s*\(", node.signature)
    if begins is None or not traits.returns:
        return ""
    if traits.returns == "after":
        rest = node.signature[_closing(node.signature, begins.end()) :]
        return re.split(r"\bwhere\b", rest.strip().removeprefix("->").removeprefix(":"))[0].strip()
    before = re.sub(
        r"@\w+(?:\([^)]*\))?|\[\[.*?\]\]|^\[[^\]]*\]|\btemplate\s*<[^>]*>", " ", node.signature[: begins.start()]
    )
    before = re.sub(r"(?:\w+(?:<[^<>]*>)?(?:::|\.))+$", "", before)
    found = " ".join(part for part in before.split() if part not in traits.modifiers)
    found = re.sub(r"^<[^ ]*> ?", "", found)
    return "" if found in {"void", "~"} else found


def _closing(text: str, start: int) -> int:
    """Where the bracket that was opened before `start` has been closed."""
    depth = 1
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return len(text)


def facts_of_kinship(kin: Kinship) -> Mapping[str, list[str]]:
    """The words of a kinship as facts."""
    return {"inherits": [kin.says], "inherit": [kin.asks], "base": [kin.role], "kinship": [kin.means]}

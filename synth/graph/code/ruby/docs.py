"""What do Ruby's comments say? Text without marks and magic lines, and the types that YARD's tags declare."""

import inspect
import re

_MAGIC = re.compile(
    r"#?\s*(-\*-.*-\*-|!.*|(frozen[_-]string[_-]literal|(en)?coding|warn[_-]indent|shareable_constant_value|typed)\s*:.*"
    r"|rubocop:.*|:nodoc:.*|:startdoc:|:stopdoc:|#+|-{2,}|\+{2,}|standard:.*|steep:.*|simplecov:.*)$",
    re.IGNORECASE,
)
_RETURN = re.compile(r"^@return\s+\[([^\]]*)\]", re.MULTILINE)
_PARAM = re.compile(r"^@param\s+(?:\[([^\]]*)\]\s+\**&?(\w+)|\**&?(\w+):?\s+\[([^\]]*)\])", re.MULTILINE)
_PATH = re.compile(r"(::)?[A-Z]\w*(::[A-Z]\w*)*$")
_MANY = re.compile(r"(?:Array|Set|Enumerable|Enumerator)<(.*)>$")
_EMPTY = frozenset({"nil", "void", "undefined"})


def cleaned(text: str) -> str:
    """A doc comment without the lines that only tools read and without the marks of a block."""
    if not text:
        return ""
    if text.startswith("=begin"):
        text = "\n".join(text.splitlines()[1:]).removesuffix("=end")
    lines = [line for line in text.splitlines() if not _MAGIC.match(line.strip())]
    return inspect.cleandoc("\n".join(lines)).strip() if lines else ""


def returned(doc: str) -> str:
    """The type in `@return [Type]`, in the notation of facts; empty where there is none or several."""
    match = _RETURN.search(doc) if "@return" in doc else None
    return type_in(match[1]) if match else ""


def parameters(doc: str) -> dict[str, str]:
    """The types in `@param name [Type]` by the names."""
    if "@param" not in doc:
        return {}
    found = {match[2] or match[3]: type_in(match[1] or match[4]) for match in _PARAM.finditer(doc)}
    return {name: written for name, written in found.items() if written}


def type_in(text: str) -> str:
    """A type as YARD writes it, in the notation of facts: a class, many of one, or nothing."""
    choices = [item for item in map(str.strip, text.split(",")) if item not in _EMPTY]
    if len(choices) != 1:
        return ""
    many = _MANY.match(choices[0])
    if many:
        inner = type_in(many[1])
        return f"{inner}[]" if inner else ""
    return choices[0] if _PATH.match(choices[0]) or choices[0] == "self" else ""

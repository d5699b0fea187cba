"""What types do documenting comments give? `@param {Foo} x`, `@returns {Foo}`, `@type {Foo}`."""

import re
from collections.abc import Iterator

from synth.graph.code.facts import Binding, Definition, FileFacts, Use

_TAG = re.compile(r"@(param|arg|argument|returns?|type)\s*\{([^{}\n]{1,200})\}(?:\s*\[?\s*([\w$]+)(?![\w$.\[]))?")
_ARRAY = re.compile(r"^(?:Array|ReadonlyArray)\.?<(.+)>$")
_NAME = re.compile(r"[A-Za-z_$][\w$.]*")
_PLAIN = {"string": "String", "number": "Number", "boolean": "Boolean"}
_NOTHING = frozenset({"*", "?", "any", "Object", "object", "void", "undefined", "null", "Function", "function"})


def with_documented_types(facts: FileFacts) -> FileFacts:
    """Add the types that comments give where the code itself gives none."""
    given: dict[int, dict[str, str]] = {}
    for index, item in enumerate(facts.definitions):
        if "{" in item.docstring and (types := _types_in(item.docstring)):
            given[index] = types
    if not given:
        return facts
    return facts._replace(
        definitions=[_returning(item, given.get(index, {})) for index, item in enumerate(facts.definitions)],
        bindings=[_typed(item, given.get(item.definition, {})) for item in facts.bindings],
        uses=[*facts.uses, *_uses(facts, given)],
    )


def _types_in(docstring: str) -> dict[str, str]:
    """Types by parameter, by `return` for what is given back and by `type` for a variable."""
    found: dict[str, str] = {}
    for tag, written, name in _TAG.findall(docstring):
        key = "type" if tag == "type" else "return" if tag.startswith("return") else name
        named = type_named(written)
        if key and named:
            found.setdefault(f"@{key}" if tag.startswith(("return", "type")) else key, named)
    return found


def type_named(written: str) -> str:
    """A type of a comment in the notation of `synth.graph.code.toolkit.notation`; empty where it names no class."""
    parts = [part.strip("?!=. ") for part in re.split(r"\|(?![^<]*>)", written.strip(" ()"))]
    parts = [part for part in parts if part not in {"null", "undefined", "", "void"}]
    if len(parts) != 1 or parts[0] in _NOTHING:
        return ""
    name = parts[0]
    array = _ARRAY.match(name)
    if array or name.endswith("[]"):
        inner = type_named(array[1] if array else name[:-2])
        return f"{inner}[]" if inner else ""
    head, _, arguments = name.partition("<")
    head = _PLAIN.get(head.rstrip("."), head.rstrip("."))
    if not _NAME.fullmatch(head):
        return ""
    inner = ",".join(type_named(item) or "?" for item in arguments.rstrip(">").split(",")) if arguments else ""
    return f"{head}<{inner}>" if inner else head


def _returning(item: Definition, types: dict[str, str]) -> Definition:
    returns = types.get("@return", "")
    if item.kind not in {"function", "method"} or item.returns or not returns:
        return item
    return item._replace(returns=returns)


def _typed(item: Binding, types: dict[str, str]) -> Binding:
    key = item.name if item.kind == "parameter" else "@type" if item.kind == "definition" else ""
    written = types.get(key, "")
    return item._replace(annotation=written, value="") if written and not item.annotation else item


def _uses(facts: FileFacts, given: dict[int, dict[str, str]]) -> Iterator[Use]:
    for index, types in given.items():
        item = facts.definitions[index]
        for written in types.values():
            yield Use(item.body if item.body >= 0 else item.scope, index, "annotation", written, item.line, -1, "")

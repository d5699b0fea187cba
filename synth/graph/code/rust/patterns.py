"""Which names does a pattern bind, and to which part of the value that it is matched with?"""

from collections.abc import Iterator

from tree_sitter import Node

from synth.graph.code.toolkit.syntax import Named
from synth.graph.code.toolkit.trees import text_of

MAX_DEPTH = 8  # patterns inside of patterns that are followed
_UNWRAPPED = {"Some": ".unwrap(0)", "Ok": ".unwrap(0)", "Err": ".unwrap_err(0)"}
_SEE_THROUGH = frozenset(
    {"ref_pattern", "mut_pattern", "reference_pattern", "match_pattern", "parenthesized_pattern", "parameter"}
)


def names_in(
    pattern: Node | None, value: Node | None, link: str = "", declared: Node | None = None, depth: int = 0
) -> Iterator[Named]:
    """The names that a pattern binds.

    Args:
        pattern: as written.
        value: the expression, or the type in a pattern around it, that `link` is applied to.
        link: leads from the value to what the pattern is matched with.
        declared: the type that is given for the whole pattern.
        depth: how many patterns this one is in.
    """
    if pattern is None or depth > MAX_DEPTH:
        return
    kind = pattern.type
    if kind in {"identifier", "shorthand_field_identifier"}:
        name = text_of(pattern)
        if not name[:1].isupper():
            yield Named(pattern, name, value, declared, link)
    elif kind in _SEE_THROUGH:
        inner = [child for child in pattern.named_children if child.type != "mutable_specifier"]
        yield from names_in(inner[0] if inner else None, value, link, declared, depth + 1)
    elif kind == "captured_pattern":
        for child in pattern.named_children:
            yield from names_in(child, value, link, declared, depth + 1)
    elif kind == "tuple_pattern":
        yield from _in_tuple(pattern, value, link, declared, depth)
    elif kind == "slice_pattern":
        for child in pattern.named_children:
            yield from names_in(child, value, f"{link}[]", None, depth + 1)
    elif kind == "tuple_struct_pattern":
        yield from _in_variant(pattern, value, link, depth)
    elif kind == "struct_pattern":
        yield from _in_struct(pattern, depth)
    elif kind == "or_pattern":
        yield from _in_alternatives(pattern, value, link, declared, depth)


def _in_tuple(pattern: Node, value: Node | None, link: str, declared: Node | None, depth: int) -> Iterator[Named]:
    types = declared.named_children if declared is not None and declared.type == "tuple_type" else []
    for position, child in enumerate(pattern.named_children):
        written = types[position] if position < len(types) else None
        yield from names_in(child, value, f"{link}#{position}", written, depth + 1)


def _in_variant(pattern: Node, value: Node | None, link: str, depth: int) -> Iterator[Named]:
    """`Some(x)` is a part of the value; any other `Name(x)` says itself of which type it is."""
    made = pattern.child_by_field_name("type")
    inner = [child for child in pattern.named_children if child != made and "comment" not in child.type]
    unwrap = _UNWRAPPED.get(text_of(made))
    for position, child in enumerate(inner):
        if unwrap is not None:
            yield from names_in(child, value, f"{link}{unwrap}", None, depth + 1)
        else:
            yield from names_in(child, made, f"#{position}", None, depth + 1)


def _in_struct(pattern: Node, depth: int) -> Iterator[Named]:
    made = pattern.child_by_field_name("type")
    for field in pattern.named_children:
        if field.type != "field_pattern":
            continue
        name = field.child_by_field_name("name")
        inner = field.child_by_field_name("pattern") or name
        yield from names_in(inner, made, f".{text_of(name)}", None, depth + 1)


def _in_alternatives(
    pattern: Node, value: Node | None, link: str, declared: Node | None, depth: int
) -> Iterator[Named]:
    seen: set[str] = set()
    for child in pattern.named_children:
        for named in names_in(child, value, link, declared, depth + 1):
            if named.name not in seen:
                seen.add(named.name)
                yield named

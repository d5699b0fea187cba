"""How are expressions and types written down in facts? Two small notations, which every language shares.

A *chain* is what an expression names, as in `synth.graph.code.facts`: a root, then any of

- `.name`: a member, whatever the language writes between them (`.`, `->`, `::`, `?.`),
- `(2)`: a call with two arguments; `()` where their number cannot be told,
- `[]`: an element of what it stands for,
- `#1`: the second of several results,
- `.!`: what is awaited,
- `.^0^1`: what the function hands to a lambda that is its first argument, as the second argument of that.

A root may also be `TYPE{}`, an object of a type: what is constructed, cast or asserted; or `'TYPE`, a literal.

A *type* is a chain of names without pointers, references, qualifiers and nullability, then its arguments as in
`Map<Key,Value>`, then `[]` for each layer of arrays, slices or channels. Several results are `(First,Second)`, and a
function that returns `T` is `=>T`.

What is known of a call's arguments is a list of their chains with commas, `?` where there is none.
"""

import re
from functools import lru_cache
from typing import NamedTuple

UNKNOWN = "?"
LITERAL = "'"

_LINK = re.compile(r"\(\d*\)|\[\]|#\d+|\.?(#?[^.()\[\]{}#]+)")
_TYPE = re.compile(r"\[\]|=>|[<>(),]|[^<>(),\[\]=]+|=")


class TypeName(NamedTuple):
    """A type as written."""

    chain: str  # empty for several results and for a function
    arguments: tuple["TypeName", ...] = ()  # its type arguments, the several results or the function's one result
    layers: int = 0  # arrays around it
    is_function: bool = False


@lru_cache(maxsize=200_000)
def split_chain(chain: str) -> tuple[str, ...]:
    """A chain's root and links: `a.b(1).c` as `a`, `b`, `(1)`, `c`; a constructed root keeps its `{}`."""
    made, braces, rest = chain.rpartition("{}")
    links = [link.removeprefix(".") for link in _match_links(rest)]
    return (f"{made}{braces}", *links) if braces else tuple(links)


def _match_links(text: str) -> list[str]:
    return [match.group() for match in _LINK.finditer(text)]


def join_links(links: list[str]) -> str:
    """The chain of a root and links; undoes `split_chain`."""
    return "".join(
        link if position == 0 or link[0] in "([" or (link[0] == "#" and link[1:].isdigit()) else f".{link}"
        for position, link in enumerate(links)
    )


def is_call(link: str) -> bool:
    """Whether a link is a call."""
    return link[0] == "("


def arity_of(link: str) -> int:
    """How many arguments a call link has, -1 where that cannot be told."""
    return int(link[1:-1]) if len(link) > 2 else -1


@lru_cache(maxsize=100_000)
def parse_type(text: str) -> TypeName | None:
    """Read a type; None for an empty or unfinished one."""
    tokens = _TYPE.findall(text)
    tokens.reverse()
    return _parse(tokens) if tokens else None


def _parse(tokens: list[str]) -> TypeName | None:
    """Read one type off the end of reversed tokens; the reader bounds how deep types nest."""
    head = tokens.pop()
    if head == "=>":
        result = _parse(tokens) if tokens else None
        return None if result is None else TypeName("", (result,), is_function=True)
    if head == "(":
        several = TypeName("", _parse_list(tokens, ")"))
        return several._replace(layers=_layers(tokens))
    if head in {"<", ">", ")", ",", "[]", "="}:
        return None
    arguments: tuple[TypeName, ...] = ()
    if tokens and tokens[-1] == "<":
        tokens.pop()
        arguments = _parse_list(tokens, ">")
    return TypeName(head.strip(), arguments, _layers(tokens))


def _parse_list(tokens: list[str], closing: str) -> tuple[TypeName, ...]:
    items: list[TypeName] = []
    while tokens and tokens[-1] != closing:
        if tokens[-1] == ",":
            tokens.pop()
            continue
        items.append(_parse(tokens) or TypeName(UNKNOWN))
    if tokens:
        tokens.pop()
    return tuple(items)


def _layers(tokens: list[str]) -> int:
    count = 0
    while tokens and tokens[-1] == "[]":
        tokens.pop()
        count += 1
    return count

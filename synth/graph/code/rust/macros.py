"""How is code read that is given to a macro? The grammar takes it for loose tokens.

Macros such as `println!` and `assert_eq!` take expressions like a function does. Their `!` is replaced by `0`, which
makes each a call of a name that nobody uses, and keeps every position. It is done only where what is given can be read
as arguments, and only for macros that are known to use them as such.
"""

from typing import NamedTuple

from tree_sitter import Node, Parser, Query, QueryCursor, Tree

from synth.graph.code.toolkit.rules import words

CALLED = words(
    "assert assert_eq assert_ne dbg debug_assert debug_assert_eq debug_assert_ne eprint eprintln format "
    "format_args panic print println todo unimplemented unreachable write writeln "
    "debug error info log trace warn anyhow bail ensure err_msg join try_join try ready pin_mut span event "
    "prop_assert prop_assert_eq prop_assert_ne assert_snapshot assert_debug_snapshot"
)
"""Of the standard library, then of libraries that half of all programs use."""

_LISTS = frozenset({"vec"})
MAX_ROUNDS = 8  # macros inside of macros


class Call(NamedTuple):
    """A macro that is called."""

    start: int  # where its name begins, which may have a path before it
    mark: int  # where its `!` is
    end: int


def unfold(parser: Parser, query: Query, source: bytes) -> Tree:
    """Parse a file with the arguments of well-known macros read as expressions.

    Args:
        parser: of Rust.
        query: captures macro calls as `@macro`.
        source: of the file.
    """
    tree = parser.parse(source)
    text = source
    for _ in range(MAX_ROUNDS):
        calls = _calls(query, tree.root_node, text)
        changed = _rewritten(text, calls)
        if changed == text:
            break
        found = parser.parse(changed)
        if found.root_node.has_error:
            changed = _rewritten(text, [call for call in calls if _is_sound(parser, text, call)])
            if changed == text:
                break
            found = parser.parse(changed)
        text, tree = changed, found
    return tree


def _rewritten(source: bytes, calls: list[Call]) -> bytes:
    """The text with calls of functions in the place of macros, and arrays in that of lists."""
    text = bytearray(source)
    for call in calls:
        name = source[call.start : call.mark].rstrip()
        text[call.mark : call.mark + 1] = b"0"
        if name.rpartition(b"::")[2].decode() in _LISTS:
            text[call.start : call.mark + 1] = b"&" + b" " * (call.mark - call.start)
    return bytes(text)


def _is_sound(parser: Parser, source: bytes, call: Call) -> bool:
    """Whether what a macro is given can be read as arguments."""
    shifted = call._replace(start=0, mark=call.mark - call.start, end=call.end - call.start)
    return not parser.parse(
        b"fn f(){" + _rewritten(source[call.start : call.end], [shifted]) + b"}"
    ).root_node.has_error


def _calls(query: Query, root: Node, source: bytes) -> list[Call]:
    found = []
    for node in QueryCursor(query).captures(root).get("macro", ()):
        path, given = node.child_by_field_name("macro"), node.named_children[-1]
        if path is None or given.type != "token_tree":
            continue
        name = source[path.start_byte : path.end_byte].rpartition(b"::")[2].decode("utf-8", "replace")
        opening = source[given.start_byte : given.start_byte + 1]
        if (name in CALLED and opening == b"(") or (name in _LISTS and opening == b"["):
            found.append(Call(path.start_byte, source.find(b"!", path.end_byte), node.end_byte))
    return found


def macro_of(name: str) -> str:
    """The macro that a called name stands for after `unfold`, with its `!`; empty for any other name."""
    return f"{name[:-1]}!" if name.endswith("0") and name[:-1] in CALLED else ""

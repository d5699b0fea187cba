"""How did a frame come to run? Told by the instruction that its caller stands at, and the syntax that made it."""

import ast
import dis
import warnings
from collections import defaultdict
from functools import cache
from types import CodeType, FrameType, FunctionType
from typing import NamedTuple

from graph.code_names import DEFERRED

CALLS = ("PRECALL", "CALL", "CALL_FUNCTION_EX")
ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD", "STORE_ATTR", "DELETE_ATTR")
LOOPS = (ast.For, ast.AsyncFor)
CONSTRUCTORS = ("__init__", "__new__")
OWN_CLASS = ("cls", "type", "__class__")
TEXTS: dict[str, bytes] = {}
"""The files of the package, read before its tests change what reading does."""

Position = tuple[int | None, int | None, int | None, int | None]


class Callsite(NamedTuple):
    """Where a call was made, by which name, and how."""

    line: int
    name: str  # the last name of the called expression, or empty
    how: str  # direct | super | constructor | property | protocol | value | deferred


def is_resumed(frame: FrameType) -> bool:
    """Whether a generator or coroutine goes on, rather than starts."""
    code = frame.f_code
    return bool(code.co_flags & DEFERRED) and bool(code.co_code[frame.f_lasti + 1] & 3)


def callsite(back: FrameType, frame: FrameType, made: type | None) -> Callsite:
    """Tell how the frame `back` came to run `frame`; `made` is the class of what a constructor makes."""
    called = frame.f_code.co_name
    opcode, position = instruction(back.f_code, back.f_lasti)
    nodes = syntax(back.f_code.co_filename)[position]
    line = position[0] or back.f_lineno
    if frame.f_code.co_flags & DEFERRED:
        # A generator first runs where it is iterated: it is called there if it is written there.
        places = [node.iter if isinstance(node, LOOPS) else node for node in nodes]
        sites = [name_of(item.func) for node in places for item in ast.walk(node) if isinstance(item, ast.Call)]
        return Callsite(line, called, "direct" if called in sites else "deferred")
    if opcode in CALLS:
        return by_call(nodes, line, back, frame, made)
    attributes = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    if opcode in ATTRIBUTES and called in attributes:
        return Callsite(line, called, "property")
    return Callsite(line, (attributes or [""])[0], "protocol" if is_dunder(called) else "value")


def by_call(nodes: list[ast.AST], line: int, back: FrameType, frame: FrameType, made: type | None) -> Callsite:
    called = frame.f_code.co_name
    # Where no call is written, a decorator is applied: the expression is what is called.
    functions = [node.func for node in nodes if isinstance(node, ast.Call)] or nodes
    function = functions[0] if functions else None
    name = name_of(function)
    if name == called:
        return Callsite(line, name, "super" if is_super(function) else "direct")
    if called in CONSTRUCTORS and made and (name in OWN_CLASS or name in names_of(made, back)):
        return Callsite(line, name, "constructor")
    known = None if name in back.f_code.co_varnames else back.f_globals.get(name)
    if type(known) is FunctionType and known.__code__ is frame.f_code:
        return Callsite(line, name, "direct")  # imported or defined under another name
    is_asked = is_dunder(called) and (called not in CONSTRUCTORS or not function)  # a class statement calls metaclasses
    return Callsite(line, name, "protocol" if is_asked else "value")


def names_of(made: type, back: FrameType) -> set[str]:
    """The names by which a class may be called: its own, and those of the caller's module."""
    return {made.__name__, *(name for name, value in back.f_globals.items() if value is made)}


def name_of(node: ast.AST | None) -> str:
    if isinstance(node, ast.Call):  # `type(self)()` calls what `type` gives
        return name_of(node.func) if name_of(node.func) == "type" else ""
    if isinstance(node, ast.Subscript):  # `Box[int]()` calls `Box`
        return name_of(node.value)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_super(node: ast.AST | None) -> bool:
    inner = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "super"


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def instruction(code: CodeType, offset: int) -> tuple[str, Position]:
    """The instruction that a frame stands at: a call stands in the cache behind its instruction."""
    raw = raw_of(code)
    position = positions_of(code)[offset // 2]
    while offset > 0 and dis.opname[raw[offset]] == "CACHE":
        offset -= 2
    return dis.opname[raw[offset]], position


@cache
def raw_of(code: CodeType) -> bytes:
    return code.co_code


@cache
def positions_of(code: CodeType) -> list[Position]:
    return list(code.co_positions())


@cache
def syntax(file: str) -> dict[Position, list[ast.AST]]:
    """The nodes of a file by where they start and end."""
    found: dict[Position, list[ast.AST]] = defaultdict(list)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for node in ast.walk(ast.parse(TEXTS[file])):
            if isinstance(node, (ast.expr, *LOOPS)):
                found[node.lineno, node.end_lineno, node.col_offset, node.end_col_offset].append(node)
    return found

"""What is known of a file while it is read.

Captures come in the order of the text, so a stack of byte ranges says what each one lies in, however deep it nests.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from synth.graph.code.facts import Binding, Definition, Import, ParameterFact, Scope, Use
from synth.graph.code.toolkit.comments import Comment
from synth.graph.code.toolkit.syntax import Syntax


class Frame(NamedTuple):
    """A part of the text that is being read: what lies before `end` belongs to it."""

    end: int
    scope: int
    owner: int  # the definition that the text is part of, -1 for the file
    caller: int  # the definition that makes the calls: no variable
    kind: str  # module | class | function | block


@dataclass(slots=True)
class Reading:
    """The facts of one file so far."""

    syntax: Syntax
    source: bytes
    stack: list[Frame]
    scopes: list[Scope] = field(default_factory=lambda: [Scope(-1, "module", -1)])
    definitions: list[Definition] = field(default_factory=list)
    parameters: list[ParameterFact] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    silent: set[int] = field(default_factory=set)  # where names begin that are no uses, or are recorded already
    seen: set[int] = field(default_factory=set)  # ids of the nodes that are definitions
    attributes: dict[tuple[int, str], int] = field(default_factory=dict)  # fields by class scope and name
    comments: dict[int, Comment] = field(default_factory=dict)  # by the line that they end on
    inner_docs: dict[int, list[str]] = field(default_factory=dict)  # comments that document what they stand in
    nameless: dict[int, int] = field(default_factory=dict)  # how many definitions without a name each one holds
    package: str = ""
    docstring: str = ""
    declared: set[tuple[int, str]] = field(default_factory=set)  # local variables by scope and name
    blank_until: int = 0  # the end of what is left out, such as a broken definition
    trailing_line: int = -1  # where the last comment ends that documents what stands before it


def open_scope(reading: Reading, node: Node, kind: str, owner: int, caller: int) -> int:
    """Open a scope that ends with a node; returns its index."""
    outer = reading.stack[-1]
    is_new = owner != outer.owner
    reading.scopes.append(Scope(outer.scope, kind, owner if is_new else -1))
    scope = len(reading.scopes) - 1
    frame_kind = outer.kind if kind in {"block", "lambda"} else kind
    reading.stack.append(Frame(node.end_byte, scope, owner, caller, frame_kind))
    return scope

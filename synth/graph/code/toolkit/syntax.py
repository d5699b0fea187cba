"""What does a language say that its queries cannot? The hooks of reading, with what most languages have in common."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tree_sitter import Node, Tree

from synth.graph.code.facts import Import
from synth.graph.code.toolkit.notation import UNKNOWN
from synth.graph.code.toolkit.trees import Grammar, one_line, text_of

NUMBERED = "$"
"""The name of a definition without one: those of one definition are counted, as `$1`."""
MAX_TEXT = 200  # characters of an expression that are kept as written


class Named(NamedTuple):
    """A variable that a node declares."""

    node: Node  # its name
    name: str
    value: Node | None = None  # what it is given
    type: Node | None = None  # as it is declared
    link: str = ""  # what is applied to the value: `[]` for its elements, `#1` for the second result
    is_function_wide: bool = False  # whether it is seen in the whole function and not only in its block
    annotation: str = ""  # its type in our notation, where no node says it


class Parameter(NamedTuple):
    """A parameter of a function."""

    name: str
    node: Node | None  # its name
    kind: str = "positional"  # as in `synth.schema.PARAMETER`
    annotation: Node | None = None
    default: Node | None = None
    many: bool = False  # whether it holds all further arguments
    written: str = ""  # its type as written, where that is more than the node says


class Base(NamedTuple):
    """A type that a class names as its base."""

    node: Node
    role: str = "base"  # base | implements | include | extend | prepend
    owner: str = ""  # type that has this base, where it is written outside of it
    name: str = ""  # of the base, where the node does not say it


class Receiver(NamedTuple):
    """What a method that is written outside of its type is attached to."""

    type: str  # chain of the type
    name: str = ""  # what the method calls its receiver; empty where that is fixed
    node: Node | None = None


class Spine:
    """The links of a chain while it is taken apart, outermost first."""

    __slots__ = ("links", "nodes")

    def __init__(self) -> None:
        self.links: list[str] = []
        self.nodes: list[Node] = []  # what gives each link, the arguments for a call

    def add(self, link: str, node: Node) -> None:
        """Add a link and the node that gives it; a name that is missing is not known."""
        self.links.append(link or UNKNOWN)
        self.nodes.append(node)


Step = Callable[["Syntax", Node, Spine], Node | None]
"""Takes the outermost link off an expression and returns what it is applied to; None after the root."""


class Syntax:
    """One language as it is read; a language overrides what it does in its own way.

    Attributes:
        name: as in `synth.sources.languages`.
        separator: what stands between a type and its member in a qualified name.
        steps: how each kind of expression is taken apart; see `synth.graph.code.toolkit.steps`.
        fields: the grammar's names of a definition's `name`, `parameters`, `returns` and `body`.
        method_scopes: kinds of the definitions in which a function is a method.
        callers: varieties of variables that hold code of their own, such as a property's.
        spreads: kinds of arguments that stand for any number of them.
        doc_marks: what the text of a documenting comment begins with; empty where every comment documents.
        has_overloads: whether functions of one name are told apart by their parameters.
        wrappers: what may stand round a statement so that it parses alone: nothing, or a class around a member.
        holds_members: matches a statement up to the word that says that it holds members, such as `class`.
        opens_body: finds where the members begin, with their indentation as a group.
        continues: matches the beginning of a line that goes on with the statement above it.
        keeps_broken: whether a definition that holds a syntax error is kept, as where macros hide what is written.
        placed: captures whose meaning depends on where they stand; see `role`.
        trailing_marks: what a comment begins with that documents what stands before it on its line.
        has_outer_classes: whether classes are written outside of the one or the namespace that their name begins with.
        global_varieties: definitions that belong to the file wherever they stand, such as macros.
    """

    name: str = ""
    separator: str = "."
    steps: Mapping[str, Step]
    fields: Mapping[str, str]
    method_scopes: frozenset[str] = frozenset({"class"})
    spreads: frozenset[str] = frozenset()
    callers: frozenset[str] = frozenset()
    doc_marks: tuple[str, ...] = ()
    has_overloads: bool = False
    wrappers: tuple[tuple[bytes, bytes], ...] = ((b"", b""), (b"class C {\n", b"\n}"))
    holds_members: re.Pattern[bytes] = re.compile(
        rb"(?:\s|//[^\n]*\n|/\*.*?\*/)*[^{;=]*?(?<![.\w])"
        rb"(?:class|interface|enum|struct|record|trait|impl|namespace|mod|module|union)\s+(?=[\w<])",
        re.DOTALL,
    )
    opens_body: re.Pattern[bytes] = re.compile(rb"[{(][ \t]*(?://[^\n]*)?\r?\n(?:[ \t]*\r?\n)*([ \t]+)(?=\S)")
    continues: re.Pattern[bytes] = re.compile(rb"[)\]}{]|(?:else|catch|finally|case|default|where)\b")
    keeps_broken: bool = False
    placed: frozenset[str] = frozenset()
    trailing_marks: tuple[str, ...] = ()
    global_varieties: frozenset[str] = frozenset()
    has_outer_classes: bool = False

    def __init__(self, language: object, *queries: Path) -> None:
        self.grammar = Grammar(language, *queries)

    def role(self, node: Node, role: str, inside: str) -> str:
        """The capture that a node of `placed` is, in a scope of this kind; empty where it is nothing of its own."""
        return role

    def parse(self, source: bytes) -> Tree:
        """Parse a file; the tree may be of a changed text, as long as every byte keeps its place."""
        return self.grammar.parse(source)

    def bound_name(self, node: Node, name: str) -> str:
        """The name by which chains speak of a definition; empty where none does, as none does of a key of a literal."""
        return name

    def separator_before(self, kind: str, variety: str) -> str:
        """What stands before the name of a definition in its qualified name."""
        return self.separator

    def part(self, node: Node, name: str) -> Node | None:
        """The part of a definition: name, parameters, returns or body."""
        return node.child_by_field_name(self.fields.get(name, name))

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """The name of a class, function, method or module, or `NUMBERED`; with an empty one it is left out."""
        part = self.part(node, "name")
        return part, text_of(part)

    def whole(self, node: Node) -> Node:
        """The statement that a definition is, with what stands around it, such as `export` or a declaration's type."""
        return node

    def beginning(self, whole: Node) -> Node:
        """The node with which a definition begins, where its decorators stand before it."""
        return whole

    def documentation(self, text: str) -> str:
        """The words of a documenting comment, where these have a markup."""
        return text

    def first_line(self, node: Node, whole: Node) -> int:
        """The line above which a definition's comment ends."""
        return whole.start_point[0] + 1

    def decorators(self, node: Node) -> list[Node]:
        """The expressions that decorate a definition, without their marks."""
        return []

    def signature(self, node: Node, kind: str) -> str:
        """A definition's header on one line, without its body; empty for a variable."""
        body = self.part(node, "body")
        kept = [child for child in node.children if body is None or child.end_byte <= body.start_byte]
        return one_line(kept).rstrip(" ;{=")

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a function, method or lambda."""
        return []

    def type_parameters(self, node: Node) -> list[Named]:
        """The type parameters of a definition, with their bound as the type."""
        return []

    def returns(self, node: Node) -> str:
        """The type that a function returns."""
        part = self.part(node, "returns")
        return "" if part is None else self.type_of(part)

    def bases(self, node: Node) -> list[Base]:
        """The bases of a class, or those that a node captured as `@base` gives."""
        return []

    def underlying(self, node: Node) -> str:
        """The type that a class is made of, where it is another type under a name of its own."""
        return ""

    def receiver(self, node: Node) -> Receiver | None:
        """Which type a definition belongs to, where it is written outside of it."""
        return None

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """The word of `synth.schema.VISIBILITIES` for a definition; `parent` is the kind of what contains it."""
        return "public"

    def variety(self, node: Node, kind: str, variety: str, name: str, parent: str) -> str:
        """The language's own word for a definition, where the query cannot tell."""
        return variety

    def has_body(self, node: Node, kind: str) -> bool:
        """Whether a function or class is defined here and not only declared."""
        return True

    def is_async(self, node: Node) -> bool:
        """Whether calling a function gives something to wait for."""
        return False

    def named(self, node: Node) -> Iterable[Named]:
        """The variables that a node captured as `@variable` or `@bind` declares."""
        return []

    def payload(self, node: Node) -> list[Parameter]:
        """What a member of an enum takes and holds."""
        return []

    def binds_after(self, node: Node) -> bool:
        """Whether the names that a node captured as `@bind` binds are only seen after it."""
        return False

    def imports(self, node: Node, scope: int) -> Iterable[Import]:
        """What a node captured as `@import` imports."""
        return []

    def package(self, node: Node) -> str:
        """The name in a package clause."""
        return ""

    def type_of(self, node: Node, depth: int = 0) -> str:
        """A type in the notation of `synth.graph.code.toolkit.notation`; empty where it is none that has a name."""
        return text_of(node)

    def key(self, node: Node) -> str:
        """The chain of the field that a node captured as `@key` sets, as `TYPE{}.field`; empty where it sets none."""
        return ""

    def constructs(self, node: Node) -> bool:
        """Whether what gives `TYPE{}` makes an object, and does not only say which type one has, as a cast does."""
        return True

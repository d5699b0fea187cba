"""How Ruby is read: what its queries cannot say."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import tree_sitter_ruby
from tree_sitter import Node

from synth.graph.code.facts import Import
from synth.graph.code.ruby.loading import loaded
from synth.graph.code.ruby.names import named_by
from synth.graph.code.ruby.steps import PATH, SPREADS, STEPS, chain_of_assigned
from synth.graph.code.ruby.titles import title_of
from synth.graph.code.ruby.words import capture_of
from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.syntax import Base, Named, Parameter, Receiver, Syntax
from synth.graph.code.toolkit.trees import line_of, one_line, text_of

_KINDS = {
    "splat_parameter": "var_positional", "hash_splat_parameter": "var_keyword", "keyword_parameter": "keyword_only",
    "block_parameter": "block", "forward_parameter": "var_positional",
}  # fmt: skip
_MARKS = {"splat_parameter": "*", "hash_splat_parameter": "**", "block_parameter": "&", "forward_parameter": "..."}
_MAKERS = {"Struct": "struct", "Data": "data", "Module": "module"}


class RubySyntax(Syntax):
    """Ruby."""

    name = "ruby"
    separator = "::"
    steps = STEPS
    fields: Mapping[str, str] = {}
    spreads = SPREADS
    placed = frozenset({"word"})
    wrappers = ((b"", b""), (b"class C\n", b"\nend"))
    holds_members = re.compile(rb"(?:\s|#[^\n]*\n)*(?:class|module)\b(?![^\n]*;[ \t]*end\b)[^\n]*")
    opens_body = re.compile(rb"\n(?:[ \t]*\r?\n)*([ \t]+)(?=\S)")
    continues = re.compile(rb"[)\]}.]|&\.|(?:end|else|elsif|when|in|then|rescue|ensure)\b")

    def __init__(self) -> None:
        super().__init__(tree_sitter_ruby.language(), Path(__file__).with_name("queries.scm"))

    def role(self, node: Node, role: str, inside: str) -> str:
        """What a call is by its word."""
        return capture_of(node, inside)

    def separator_before(self, kind: str, variety: str) -> str:
        """`A::B`, `A#method`, `A.singleton_method`, and a space between the titles of examples."""
        if variety in {"group", "example"}:
            return " "
        if variety == "singleton":
            return "."
        return "#" if kind in {"method", "function"} or variety in {"attribute", "class_attribute", "field"} else "::"

    def part(self, node: Node, name: str) -> Node | None:
        """The body of what a call or an assignment defines is its block."""
        if node.type == "assignment":
            right = node.child_by_field_name("right")
            wanted = {"body": "block", "arguments": "arguments"}.get(name)
            if name == "name":
                return node.child_by_field_name("left")
            return right.child_by_field_name(wanted) if right is not None and wanted else None
        if node.type == "call" and name in {"body", "parameters"}:
            block = node.child_by_field_name("block")
            return block if name == "body" or block is None else block.child_by_field_name("parameters")
        return node.child_by_field_name(name)

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """The name as written; of what a call defines its first argument, of examples their title."""
        if node.type != "call":
            part = node.child_by_field_name("left" if node.type == "assignment" else "name")
            return part, text_of(part).strip(":")
        return node.child_by_field_name("method"), title_of(node)

    def signature(self, node: Node, kind: str) -> str:
        """The header on one line; what makes a struct without the block that follows."""
        if node.type == "assignment":
            right = node.child_by_field_name("right")
            block = right.child_by_field_name("block") if right is not None else None
            made = [child for child in (right.children if right is not None else ()) if child != block]
            return one_line([*node.children[:2], *made])
        body = self.part(node, "body")
        kept = [child for child in node.children if body is None or child.end_byte <= body.start_byte]
        kept = [child for child in kept if child.type != "comment"]
        if kept and kept[-1].type == "end":
            kept.pop()
        return one_line(kept).rstrip(" ;=")

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a method or block; the parts of a list are parameters of their own."""
        listed = self.part(node, "parameters")
        if listed is None and node.type == "lambda":
            listed = node.child_by_field_name("parameters")
        found: list[Parameter] = []
        stack = list(reversed(listed.named_children)) if listed is not None else []
        while stack:
            child = stack.pop()
            if child.type == "destructured_parameter":
                stack.extend(reversed(child.named_children))
            elif child.type != "comment":
                found.append(_parameter(child))
        return found

    def bases(self, node: Node) -> list[Base]:
        """The superclass, or the modules that `include`, `extend` and `prepend` name."""
        if node.type == "call":
            role = text_of(node.child_by_field_name("method"))
            given = arguments_of(node.child_by_field_name("arguments"))
            return [Base(item, role) for item in reversed(given) if self.type_of(item)]
        if node.type == "assignment":
            written = node.child_by_field_name("right")
        else:
            superclass = node.child_by_field_name("superclass")
            written = superclass.named_children[0] if superclass is not None and superclass.named_children else None
        named = _base_of(written) if written is not None else None
        return [Base(named)] if named is not None else []

    def receiver(self, node: Node) -> Receiver | None:
        """The constant in `def Name.method`."""
        part = node.child_by_field_name("object") if node.type == "singleton_method" else None
        return Receiver(text_of(part)) if part is not None and part.type == "constant" else None

    def variety(self, node: Node, kind: str, variety: str, name: str, parent: str) -> str:
        """What `Struct.new` and its like make."""
        if variety != "made":
            return variety
        right = node.child_by_field_name("right")
        return _MAKERS.get(text_of(right.child_by_field_name("receiver")) if right is not None else "", "")

    def underlying(self, node: Node) -> str:
        """What a group of examples describes."""
        given = arguments_of(node.child_by_field_name("arguments")) if node.type == "call" else []
        return self.type_of(given[0]) if given else ""

    def named(self, node: Node) -> Iterator[Named]:
        """The variables that a statement gives, or that a call defines."""
        return named_by(node)

    def imports(self, node: Node, scope: int) -> Iterator[Import]:
        """The file that is required, where its name is a literal."""
        name = loaded(node)
        if name:
            yield Import(scope, line_of(node), name, "", "")

    def type_of(self, node: Node, depth: int = 0) -> str:
        """A path of constants, or `self`."""
        if node.type == "self":
            return "self"
        text = text_of(node) if node.type in {"constant", "scope_resolution"} else ""
        return text if PATH.match(text) else ""

    def key(self, node: Node) -> str:
        """The method that `a.b = value` calls."""
        return chain_of_assigned(self, node)


def _parameter(node: Node) -> Parameter:
    name = node if node.type == "identifier" else node.child_by_field_name("name")
    kind = _KINDS.get(node.type, "positional")
    text = text_of(name) if name is not None else _MARKS.get(node.type, text_of(node))
    return Parameter(text, name, kind, None, node.child_by_field_name("value"))


def _base_of(node: Node) -> Node | None:
    """The constant that a superclass is or is made from."""
    while node.type == "element_reference":
        inner = node.child_by_field_name("object")
        if inner is None:
            return None
        node = inner
    if node.type == "call":
        receiver = node.child_by_field_name("receiver")
        given = arguments_of(node.child_by_field_name("arguments"))
        if text_of(receiver) in {"Class", "Module"}:
            return given[0] if given and given[0].type in {"constant", "scope_resolution"} else None
        return receiver if text_of(receiver) in _MAKERS else None
    return node if node.type in {"constant", "scope_resolution"} else None

"""How Go is read: what its queries cannot say."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import tree_sitter_go
from tree_sitter import Node, Tree

from synth.graph.code.facts import Import
from synth.graph.code.go.steps import STEPS
from synth.graph.code.go.types import bare_type, type_name
from synth.graph.code.go.variables import variables_of
from synth.graph.code.toolkit.syntax import Base, Named, Parameter, Receiver, Step, Syntax
from synth.graph.code.toolkit.trees import line_of, one_line, text_of

_LITERAL = frozenset({"literal_element", "keyed_element", "literal_value"})


class GoSyntax(Syntax):
    """Go."""

    name = "go"
    steps: Mapping[str, Step] = STEPS
    fields: Mapping[str, str] = {"returns": "result"}
    spreads = frozenset({"variadic_argument"})
    wrappers = (
        (b"", b""), (b"package p\n", b""), (b"const (\n", b")"), (b"type t struct {\n", b"\n}"),
        (b"type t interface {\n", b"\n}"),
    )  # fmt: skip
    holds_members = re.compile(
        rb"(?:\s|//[^\n]*\n|/\*.*?\*/)*(?:(?:const|var)\s*(?=\()|type\s+(?:\(\s*)?\w+[^{}]*?(?:struct|interface)\s*(?=\{))",
        re.DOTALL,
    )

    def __init__(self) -> None:
        super().__init__(tree_sitter_go.language(), Path(__file__).with_name("queries.scm"))

    def parse(self, source: bytes) -> Tree:
        """The grammar wants a line end after the last line."""
        return super().parse(source if source.endswith(b"\n") else source + b"\n")

    def part(self, node: Node, name: str) -> Node | None:
        """A type's body is in its type."""
        if name == "body" and node.type == "type_spec":
            declared = node.child_by_field_name("type")
            if declared is None or declared.type not in {"struct_type", "interface_type"}:
                return None
            return next((child for child in declared.children if child.type in {"field_declaration_list", "{"}), None)
        return super().part(node, name)

    def whole(self, node: Node) -> Node:
        """A declaration of one thing is that thing."""
        parent = node.parent if node.type in {"type_spec", "type_alias", "const_spec", "var_spec"} else None
        return parent if parent is not None and not any(child.type == "(" for child in parent.children) else node

    def signature(self, node: Node, kind: str) -> str:
        """The header of a function or type, with the word that begins it."""
        if node.type == "type_spec":
            kept = [child for child in node.children if child.type not in {"struct_type", "interface_type", "comment"}]
            declared = node.child_by_field_name("type")
            word = {"struct_type": " struct", "interface_type": " interface"}.get(declared.type if declared else "", "")
            return f"type {one_line(kept)}{word}"
        return super().signature(node, kind)

    def parameters(self, node: Node) -> list[Parameter]:
        """Parameters that share a type are one each; one without a name is called `_`."""
        listed = node.child_by_field_name("parameters")
        found: list[Parameter] = []
        for child in listed.named_children if listed is not None else ():
            if child.type not in {"parameter_declaration", "variadic_parameter_declaration"}:
                continue
            many = child.type.startswith("variadic")
            kind = "var_positional" if many else "positional"
            declared = child.child_by_field_name("type")
            names = child.children_by_field_name("name")
            found += [Parameter(text_of(name), name, kind, declared, None, many) for name in names]
            if not names:
                found.append(Parameter("_", None, kind, declared, None, many))
        return found

    def type_parameters(self, node: Node) -> list[Named]:
        """`T any` in brackets."""
        listed = node.child_by_field_name("type_parameters")
        return [
            Named(name, text_of(name), None, child.child_by_field_name("type"))
            for child in (listed.named_children if listed is not None else ())
            for name in child.children_by_field_name("name")
        ]

    def bases(self, node: Node) -> list[Base]:
        """What a struct or interface embeds."""
        declared = node.child_by_field_name("type")
        if declared is None:
            return []
        if declared.type == "interface_type":
            elements = [child for child in declared.named_children if child.type == "type_elem"]
            return [Base(bare_type(child)) for child in elements if child.named_child_count == 1]
        lists = [child for child in declared.named_children if child.type == "field_declaration_list"]
        fields = lists[0].named_children if declared.type == "struct_type" and lists else []
        return [
            Base(bare_type(embedded))
            for child in fields
            if child.type == "field_declaration" and child.child_by_field_name("name") is None
            and (embedded := child.child_by_field_name("type")) is not None
        ]  # fmt: skip

    def underlying(self, node: Node) -> str:
        """What a type is declared as that is no struct and no interface."""
        declared = node.child_by_field_name("type")
        return "" if declared is None or declared.type in {"struct_type", "interface_type"} else self.type_of(declared)

    def receiver(self, node: Node) -> Receiver | None:
        """The type in the brackets before a method's name."""
        listed = node.child_by_field_name("receiver")
        declared = listed.named_children[0] if listed is not None and listed.named_child_count else None
        written = declared.child_by_field_name("type") if declared is not None else None
        if declared is None or written is None:
            return None
        name = declared.child_by_field_name("name")
        return Receiver(self.type_of(written).partition("<")[0], text_of(name), name)

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """A capital letter makes a name public; all others are seen in the package."""
        if parent in {"function", "method"}:
            return "private"
        return "public" if name[:1].isupper() else "package"

    def named(self, node: Node) -> Iterator[Named]:
        """The variables of a declaration, a loop, a field or a type switch."""
        return variables_of(node)

    def imports(self, node: Node, scope: int) -> Iterator[Import]:
        """The package and the name that it is given; `_` binds nothing."""
        path = text_of(node.child_by_field_name("path"))[1:-1]
        name = node.child_by_field_name("name")
        alias = text_of(name)
        yield Import(scope, line_of(node), path, "*" if alias == "." else "", "" if alias == "." else alias)

    def package(self, node: Node) -> str:
        """The name in the package clause."""
        return text_of(node.named_children[0]) if node.named_child_count else ""

    def type_of(self, node: Node, depth: int = 0) -> str:
        """A type without its pointers; the type of its elements for a map, slice, array or channel."""
        return type_name(node, depth)

    def has_body(self, node: Node, kind: str) -> bool:
        """A method of an interface has none, nor has a function that is written in assembly."""
        return node.type in {"method_elem", "type_spec"} or node.child_by_field_name("body") is not None

    def key(self, node: Node) -> str:
        """A field of the struct that is made; the key of a map is an expression of its own."""
        layers = 0
        current = node.parent
        while current is not None and current.type in _LITERAL:
            layers += current.type == "literal_value"
            current = current.parent
        declared = current.child_by_field_name("type") if current is not None else None
        if declared is None or current is None or current.type != "composite_literal":
            return ""
        written = self.type_of(declared)
        if written.count("[]") >= layers or (declared.type == "map_type" and layers == 1):
            return ""
        return f"{written.removesuffix('[]' * (layers - 1))}{{}}.{text_of(node)}"

    def constructs(self, node: Node) -> bool:
        """A literal or `new` makes an object; an assertion or conversion does not."""
        return node.type in {"composite_literal", "call_expression"}

"""How Java is read: what its queries cannot say."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import tree_sitter_java
from tree_sitter import Node

from synth.graph.code.facts import Import
from synth.graph.code.java.steps import STEPS
from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.syntax import NUMBERED, Base, Named, Parameter, Step, Syntax
from synth.graph.code.toolkit.trees import line_of, one_line, text_of

MAX_DEPTH = 6  # how deep the arguments of a type are followed
_ANNOTATIONS = frozenset({"annotation", "marker_annotation"})
_PLAIN_TYPES = frozenset({"integral_type", "floating_point_type", "boolean_type", "type_identifier", "identifier"})


class JavaSyntax(Syntax):
    """Java."""

    name = "java"
    steps: Mapping[str, Step] = STEPS
    fields: Mapping[str, str] = {"returns": "type"}
    doc_marks = ("/**",)
    has_overloads = True
    wrappers = ((b"", b""), (b"class C {\n", b"\n}"), (b"enum C {\n", b"\n}"))

    def __init__(self) -> None:
        super().__init__(tree_sitter_java.language(), Path(__file__).with_name("queries.scm"))

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """An anonymous class is numbered."""
        return (None, NUMBERED) if node.type == "class_body" else super().name_of(node)

    def part(self, node: Node, name: str) -> Node | None:
        """A constructor has no returned type, and an anonymous class is its own body."""
        if name == "returns" and not node.type.startswith(("method", "annotation_type_element")):
            return None
        return None if node.type == "class_body" else super().part(node, name)

    def decorators(self, node: Node) -> list[Node]:
        """The annotations."""
        return [item for item in _modifiers(node) if item.type in _ANNOTATIONS]

    def signature(self, node: Node, kind: str) -> str:
        """The header without its annotations."""
        if node.type == "class_body":
            base = self.bases(node)
            return f"new {base[0].name or one_line([base[0].node])}()" if base else ""
        body = self.part(node, "body")
        end = node.end_byte if body is None else body.start_byte
        words = [item for item in _modifiers(node) if item.type not in _ANNOTATIONS]
        kept = [item for item in node.children if item.type != "modifiers" and item.end_byte <= end]
        return " ".join(filter(None, (one_line(words), one_line(kept)))).rstrip(" ;")

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a method, constructor, record or lambda."""
        listed = node.child_by_field_name("parameters")
        if listed is None:
            return []
        if listed.type in {"identifier", "inferred_parameters"}:
            names = [listed] if listed.type == "identifier" else listed.named_children
            return [Parameter(text_of(name), name) for name in names if name.type == "identifier"]
        return [
            found
            for child in listed.named_children
            if child.type in {"formal_parameter", "spread_parameter"} and (found := _parameter(child)) is not None
        ]

    def type_parameters(self, node: Node) -> list[Named]:
        """`T extends Base`: the first bound counts."""
        listed = node.child_by_field_name("type_parameters")
        found = []
        for child in listed.named_children if listed is not None else ():
            names = [item for item in child.named_children if item.type in {"type_identifier", "identifier"}]
            bounds = [item for item in child.named_children if item.type == "type_bound"]
            if names:
                found.append(Named(names[0], text_of(names[0]), None, bounds[0].named_children[0] if bounds else None))
        return found

    def bases(self, node: Node) -> list[Base]:
        """What a class extends, then what it implements."""
        if node.type == "class_body":
            return _anonymous_base(node)
        found: list[Base] = []
        for child in node.children:
            if child.type == "superclass":
                found += [Base(_bare(item)) for item in child.named_children]
            elif child.type in {"super_interfaces", "extends_interfaces"}:
                role = "implements" if child.type == "super_interfaces" else "base"
                found += [Base(_bare(item), role) for items in child.named_children for item in items.named_children]
        return found

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """By its modifier; members of interfaces and annotations and the constants of an enum are public."""
        words = {item.type for item in _modifiers(node)}
        for word in ("public", "protected", "private"):
            if word in words:
                return word
        if parent in {"function", "method"} or node.type == "class_body":
            return "private"
        around = node.parent.type if node.parent is not None else ""
        if around in {"interface_body", "annotation_type_body"} or node.type == "enum_constant":
            return "public"
        return "private" if node.type == "constructor_declaration" and around == "enum_body_declarations" else "package"

    def named(self, node: Node) -> Iterator[Named]:
        """The variables of a declaration, a loop or a pattern."""
        kind = node.type
        if kind == "enum_constant":
            name = node.child_by_field_name("name")
            if name is not None:
                yield Named(name, text_of(name), annotation=_enum_of(node))
        elif kind in {"field_declaration", "constant_declaration", "local_variable_declaration"}:
            declared = _declared(node.child_by_field_name("type"))
            for item in node.children_by_field_name("declarator"):
                name = item.child_by_field_name("name")
                if name is not None:
                    yield Named(name, text_of(name), item.child_by_field_name("value"), declared)
        else:
            yield from _named_by_pattern(node)

    def imports(self, node: Node, scope: int) -> Iterator[Import]:
        """The package or class, and the name that is taken of it."""
        names = [child for child in node.named_children if child.type in {"scoped_identifier", "identifier"}]
        if not names:
            return
        path = "".join(text_of(names[0]).split())
        if any(child.type == "asterisk" for child in node.children):
            yield Import(scope, line_of(node), path, "*", "")
        else:
            module, _, name = path.rpartition(".")
            yield Import(scope, line_of(node), module, name, name)

    def package(self, node: Node) -> str:
        """The name in the package clause."""
        names = [child for child in node.named_children if child.type in {"scoped_identifier", "identifier"}]
        return "".join(text_of(names[0]).split()) if names else ""

    def type_of(self, node: Node, depth: int = 0) -> str:
        """A type with its arguments, wildcards as their bound."""
        kind = node.type
        if kind in _PLAIN_TYPES:
            text = text_of(node)
            return "" if text == "var" else text
        if kind in {"scoped_type_identifier", "scoped_identifier"}:
            names = [child for child in node.named_children if child.type not in _ANNOTATIONS]
            return ".".join(self.type_of(child, depth).partition("<")[0] for child in names)
        if depth > MAX_DEPTH:
            return ""
        if kind == "generic_type":
            inner = [self.type_of(item, depth + 1) or "?" for item in arguments_of(node.named_children[-1])]
            name = self.type_of(node.named_children[0], depth + 1)
            return f"{name}<{','.join(inner)}>" if inner else name
        return self._composed(node, depth)

    def _composed(self, node: Node, depth: int) -> str:
        if node.type == "array_type":
            element, dimensions = node.child_by_field_name("element"), node.child_by_field_name("dimensions")
            inner = "" if element is None else self.type_of(element, depth + 1)
            return inner + "[]" * text_of(dimensions).count("[") if inner else ""
        if node.type in {"wildcard", "annotated_type", "catch_type"}:
            names = [child for child in node.named_children if child.type not in _ANNOTATIONS | {"super"}]
            return self.type_of(names[-1], depth + 1) if len(names) == 1 or node.type == "annotated_type" else ""
        return ""

    def constructs(self, node: Node) -> bool:
        """`new` makes an object; a cast does not."""
        return node.type == "object_creation_expression"


def _modifiers(node: Node) -> list[Node]:
    first = node.children[0] if node.children else None
    return first.children if first is not None and first.type == "modifiers" else []


def _declared(node: Node | None) -> Node | None:
    """The declared type, unless it is `var`."""
    return None if node is None or (node.type == "type_identifier" and node.text == b"var") else node


def _bare(node: Node) -> Node:
    return node.named_children[-1] if node.type == "annotated_type" else node


def _parameter(node: Node) -> Parameter | None:
    declared = node.child_by_field_name("type")
    name = node.child_by_field_name("name")
    if node.type == "formal_parameter":
        return Parameter(text_of(name), name, "positional", _declared(declared)) if name is not None else None
    parts = [child for child in node.named_children if child.type != "modifiers"]
    name = parts[-1].child_by_field_name("name") if parts else None
    if name is None:
        return None
    return Parameter(text_of(name), name, "var_positional", parts[0], None, many=True)


def _anonymous_base(node: Node) -> list[Base]:
    """The type that an anonymous class extends: the one that is made, or the enum of the constant."""
    parent = node.parent
    declared = parent.child_by_field_name("type") if parent is not None else None
    if declared is not None:
        return [Base(_bare(declared))]
    name = parent.child_by_field_name("name") if parent is not None else None
    return [Base(name, name=_enum_of(parent))] if parent is not None and name is not None else []


def _enum_of(node: Node) -> str:
    enum = node.parent.parent if node.parent is not None else None
    return text_of(enum.child_by_field_name("name")) if enum is not None else ""


def _named_by_pattern(node: Node) -> Iterator[Named]:
    declared = _declared(node.child_by_field_name("type"))
    name = node.child_by_field_name("name")
    value, link = node.child_by_field_name("value"), ""
    if node.type == "enhanced_for_statement":
        link = "[]"
    elif node.type == "instanceof_expression":
        declared = node.child_by_field_name("right")
    elif node.type == "catch_formal_parameter":
        kinds = [child for child in node.named_children if child.type == "catch_type"]
        declared = kinds[0] if kinds else None
    elif node.type in {"type_pattern", "record_pattern_component"}:
        parts = [child for child in node.named_children if child.type not in _ANNOTATIONS]
        name = parts[-1] if len(parts) > 1 and parts[-1].type == "identifier" else None
        declared = _declared(parts[0])
    if name is not None:
        yield Named(name, text_of(name), value, declared, link)

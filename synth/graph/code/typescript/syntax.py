"""How TypeScript and TSX are read: what they add to JavaScript."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import tree_sitter_typescript
from tree_sitter import Node, Tree

from synth.graph.code.javascript.naming import key_text, statement_of
from synth.graph.code.javascript.patterns import called_with, unpacked
from synth.graph.code.javascript.syntax import HERE as SCRIPT
from synth.graph.code.javascript.syntax import ScriptSyntax
from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.syntax import Base, Named, Parameter
from synth.graph.code.toolkit.trees import one_line, text_of
from synth.graph.code.typescript.types import written

HERE = Path(__file__).parent
MAX_ABOVE = 40  # nodes above a definition in which `declare` is looked for; to find one takes a walk from the root
_SIGNATURES = frozenset({"function_signature", "method_signature"})
_HINT = re.compile(rb"[<,\s](in|out)\s+[A-Z_$]|export\s+type\s*\*|default\s+abstract")
_NEW = re.compile(
    rb"([<,](?:\s|//[^\n]*\n|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*)(in\s+out|in|out)(?=\s+[A-Z_$]\w*\s*(?:[,>=]|extends\b))"
    rb"|(?<=\bexport)\s+type(?=\s*\*\s*from)|(?<=\bdefault)\s+abstract(?=\s+class\b)"
)
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})


def _blanked(match: re.Match[bytes]) -> bytes:
    return (match[1] or b"") + re.sub(rb"[^\r\n]", b" ", match[0][len(match[1] or b"") :])


class TypeScriptSyntax(ScriptSyntax):
    """TypeScript."""

    name = "typescript"
    queries: tuple[Path, ...] = (SCRIPT / "queries.scm", HERE / "queries.scm")
    fields: Mapping[str, str] = {"returns": "return_type"}
    placed = frozenset({"scope"})

    def __init__(self, language: object = None) -> None:
        super().__init__(language or tree_sitter_typescript.language_typescript())

    def parse(self, source: bytes) -> Tree:
        """Without what the grammar does not know yet: `in` and `out` of type parameters, `export type *`."""
        prepared = _NEW.sub(_blanked, source) if _HINT.search(source) else None
        return self.grammar.parse(source, prepared)

    def role(self, node: Node, role: str, inside: str) -> str:
        """The body of a namespace is the region that the namespace opens."""
        if inside == "module" and node.type == "statement_block":
            parent = node.parent
            return "" if parent is not None and parent.type in {"internal_module", "module"} else role
        return role

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """A module may be named by a string or a path."""
        if node.type in {"internal_module", "module"}:
            name = node.child_by_field_name("name")
            return name, key_text(name)
        return super().name_of(node)

    def bound_name(self, node: Node, name: str) -> str:
        """Members of interfaces and types bind nothing."""
        return (
            ""
            if node.type.endswith("_signature") and node.type != "function_signature"
            else super().bound_name(node, name)
        )

    def variety(self, node: Node, kind: str, variety: str, name: str, parent: str) -> str:
        """Methods without a body are abstract, or declared for the one that follows."""
        if node.type == "abstract_method_signature":
            return "abstract"
        return super().variety(node, kind, variety, name, parent)

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """`private` and `protected`; what is only declared for others is public where it stands in a namespace."""
        word = next((text_of(child) for child in node.children if child.type == "accessibility_modifier"), "")
        if word:
            return word
        if node.type in {"property_signature", "method_signature", "enum_assignment"} or parent == "class":
            return "private" if name.startswith("#") else "public"
        if parent == "module" and statement_of(node).type in {"export_statement", "ambient_declaration"}:
            return "public"
        if parent == "module" and self._is_ambient(node):
            return "public"
        return super().visibility(node, kind, name, parent)

    def _is_ambient(self, node: Node) -> bool:
        current = node.parent
        for _ in range(MAX_ABOVE):
            if current is None or current.type == "ambient_declaration":
                return current is not None
            current = current.parent
        return False

    def has_body(self, node: Node, kind: str) -> bool:
        """A signature has none, but in interfaces and types, where nothing has."""
        if node.type == "method_signature":
            return node.parent is not None and node.parent.type != "class_body"
        return node.type not in _SIGNATURES

    def parameter(self, node: Node) -> Parameter | None:
        """One parameter, with its type; one that may be left out has `?` as its default."""
        if node.type not in _PARAMETERS:
            return super().parameter(node)
        pattern = node.child_by_field_name("pattern")
        if pattern is None:
            return None
        declared = node.child_by_field_name("type")
        annotation = declared.named_children[0] if declared is not None and declared.named_child_count else None
        default = node.child_by_field_name("value")
        if default is None and node.type == "optional_parameter":
            default = next((child for child in node.children if child.type == "?"), None)
        inner = Parameter("this", pattern) if pattern.type == "this" else super().parameter(pattern)
        if inner is None:
            return None
        return inner._replace(annotation=annotation, default=default, many=False)

    def type_parameters(self, node: Node) -> list[Named]:
        """`<T extends Base>`."""
        listed = node.child_by_field_name("type_parameters")
        found: list[Named] = []
        for item in listed.named_children if listed is not None else ():
            name = item.child_by_field_name("name")
            if name is not None:
                found.append(Named(name, text_of(name), None, item.child_by_field_name("constraint")))
        return found

    def returns(self, node: Node) -> str:
        """The declared result; a type guard gives a boolean."""
        declared = node.child_by_field_name("return_type")
        return "" if declared is None else self.type_of(declared)

    def bases(self, node: Node) -> list[Base]:
        """`extends`, `implements`, and what a type is said to be as well."""
        if node.type == "type_alias_declaration":
            value = node.child_by_field_name("value")
            listed = value.named_children if value is not None and value.type == "intersection_type" else []
            return [Base(item) for item in listed if item.type in {"type_identifier", "generic_type"}]
        found: list[Base] = []
        for clause in node.named_children:
            if clause.type == "extends_type_clause":
                found += [Base(item) for item in clause.named_children]
            elif clause.type == "class_heritage":
                for part in clause.named_children:
                    role = "implements" if part.type == "implements_clause" else "base"
                    items = part.named_children if role == "implements" else part.children_by_field_name("value")
                    found += [Base(item, role) for item in items]
        return found or super().bases(node)

    def named(self, node: Node) -> Iterable[Named]:
        """Members of enums, aliases, and parameters that are fields or are taken apart."""
        kind = node.type
        if kind in {"enum_assignment", "type_alias_declaration"}:
            name = node.child_by_field_name("name")
            if name is None:
                return []
            value = node.child_by_field_name("value")
            is_alias = kind == "type_alias_declaration"
            return [Named(name, key_text(name), None if is_alias else value, value if is_alias else None)]
        parent = node.parent
        if parent is not None and parent.type == "enum_body":
            return [Named(node, key_text(node))]
        if kind in _PARAMETERS:
            return self._parameter_names(node)
        return super().named(node)

    def _parameter_names(self, node: Node) -> Iterable[Named]:
        pattern, declared = node.child_by_field_name("pattern"), node.child_by_field_name("type")
        if pattern is None:
            return []
        if declared is None and not any(
            child.type in {"accessibility_modifier", "readonly"} for child in node.children
        ):
            return called_with(node)
        if pattern.type == "identifier":
            return [Named(pattern, text_of(pattern), None, declared)]
        return unpacked(pattern, node.child_by_field_name("value"), declared)

    def type_of(self, node: Node, depth: int = 0) -> str:
        """A type without what may be missing; a base with the arguments that follow it."""
        name = written(node, depth).removesuffix(".prototype")
        after = node.next_sibling
        parent = node.parent if after is not None and after.type == "type_arguments" else None
        if name and after is not None and parent is not None and parent.type == "extends_clause":
            return f"{name}<{','.join(written(item, depth + 1) or '?' for item in arguments_of(after))}>"
        return name or ("".join(text_of(node).split()) if node.type == "call_expression" else "")

    def signature(self, node: Node, kind: str) -> str:
        """The header; an alias of an object type has no more than its name and parameters."""
        if node.type == "type_alias_declaration":
            value = node.child_by_field_name("value")
            return one_line(
                [child for child in node.children if value is None or child.end_byte < value.start_byte]
            ).rstrip(" =")
        return super().signature(node, kind)


class TsxSyntax(TypeScriptSyntax):
    """TypeScript with JSX."""

    name = "tsx"
    queries = (SCRIPT / "queries.scm", HERE / "queries.scm", SCRIPT / "jsx.scm")

    def __init__(self) -> None:
        super().__init__(tree_sitter_typescript.language_tsx())

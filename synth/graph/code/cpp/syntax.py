"""How C and C++ are read: what their queries cannot say."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import tree_sitter_cpp
from tree_sitter import Node, Tree

from synth.graph.code.cpp.blanking import blank_macros
from synth.graph.code.cpp.declarators import FUNCTIONS, bare_of, function_in, name_in, parts_of
from synth.graph.code.cpp.macros import head_of, macro_function
from synth.graph.code.cpp.names import (
    BEGINNING,
    TAGGED,
    declarator_of,
    name_of_namespace,
    name_of_tag,
    receiver_in,
    spoken,
    variety_of_function,
)
from synth.graph.code.cpp.places import access_of, header_of, hidden_lines, is_private_here, words_before
from synth.graph.code.cpp.roles import PLACED, has_body, role_of
from synth.graph.code.cpp.steps import STEPS
from synth.graph.code.cpp.torn import blank_torn
from synth.graph.code.cpp.types import type_text
from synth.graph.code.cpp.variables import imports_in, named_in, parameters_of
from synth.graph.code.facts import Import
from synth.graph.code.toolkit.syntax import Base, Named, Parameter, Receiver, Step, Syntax
from synth.graph.code.toolkit.trees import text_of

_AFTER_HEADER = frozenset(
    {"field_initializer_list", "compound_statement", "field_declaration_list", "enumerator_list", "declaration_list",
     "try_statement"}
)  # fmt: skip
_INNER = FUNCTIONS | {
    "init_declarator", "pointer_declarator", "reference_declarator", "array_declarator", "type_identifier",
    "field_identifier", "identifier", "parenthesized_declarator",
}  # fmt: skip
_AROUND = frozenset({"template_declaration", "friend_declaration"})


class CppSyntax(Syntax):
    """C++, and what C shares with it."""

    name = "cpp"
    separator = "::"
    steps: Mapping[str, Step] = STEPS
    fields: Mapping[str, str] = {"returns": "type"}
    spreads = frozenset({"parameter_pack_expansion"})
    has_overloads = True
    keeps_broken = True
    placed = PLACED
    trailing_marks = ("///<", "//!<", "/**<", "/*!<", "///!<")
    global_varieties = frozenset({"macro"})
    has_outer_classes = True
    is_cpp = True

    def __init__(self, language: object = None, queries: Path | None = None) -> None:
        super().__init__(
            tree_sitter_cpp.language() if language is None else language,
            queries or Path(__file__).with_name("queries.scm"),
        )
        self._shown = b""  # the file being read as the grammar sees it
        self._hidden: set[int] = set()  # its lines of which the grammar sees nothing

    def parse(self, source: bytes) -> Tree:
        """Parse without the macros that hide what is declared, and without statements that never end."""
        self._shown = blank_macros(source, is_cpp=self.is_cpp)
        self._hidden = hidden_lines(source, self._shown)
        tree = self.grammar.parse(source, self._shown)
        sound = blank_torn(self._shown) if tree.root_node.has_error else self._shown
        return tree if sound == self._shown else self.grammar.parse(source, sound)

    def first_line(self, node: Node, whole: Node) -> int:
        """Macros on lines of their own stand between a comment and what it documents.

        What does not begin its line has no comment above.
        """
        if node.type == "enumerator" and node.parent is not None and node.parent.start_point[0] == node.start_point[0]:
            return 0
        line = whole.start_point[0] + 1
        while line - 1 in self._hidden:
            line -= 1
        return line

    def role(self, node: Node, role: str, inside: str) -> str:
        """What a declaration declares depends on its declarator and on where it stands."""
        return role_of(node, role, inside)

    def part(self, node: Node, name: str) -> Node | None:
        """The arguments of what makes an object stand in different places."""
        if name == "arguments" and node.type in {"argument_list", "initializer_list"}:
            return node
        if name == "arguments" and node.type == "compound_literal_expression":
            return node.child_by_field_name("value")
        return super().part(node, name)

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """The declared name, without the type that it is attached to."""
        if node.type in TAGGED:
            return name_of_tag(node)
        if node.type == "namespace_definition":
            return name_of_namespace(node)
        if node.type == "preproc_function_def":
            return super().name_of(node)
        made = macro_function(node)
        if made is not None:
            return made.node, made.name
        name = name_in(declarator_of(node))
        if name is None:
            return None, ""
        last = bare_of(parts_of(name)[-1])
        return last, spoken(last)

    def receiver(self, node: Node) -> Receiver | None:
        """The class or namespace that the name of a definition begins with; for a test its fixture."""
        if node.type in TAGGED:
            name = node.child_by_field_name("name")
            return None if name is None else receiver_in(name)
        if node.type.startswith(("preproc", "enumerator", "alias", "concept", "namespace")):
            return None
        made = macro_function(node)
        if made is not None:
            return Receiver(made.fixture) if made.fixture else None
        name = name_in(declarator_of(node))
        return None if name is None or function_in(declarator_of(node)) is None else receiver_in(name)

    def whole(self, node: Node) -> Node:
        """The declaration with the `template<…>` before it."""
        current = node
        while current.parent is not None and current.type in _INNER:
            current = current.parent
        parent = current.parent
        if node.type in TAGGED and parent is not None and parent.type == "type_definition":
            current = parent
        while current.parent is not None and current.parent.type in _AROUND:
            current = current.parent
        return current

    def signature(self, node: Node, kind: str) -> str:
        """The header on one line, with `template<…>` and without what a constructor initialises."""
        if node.type == "preproc_function_def":
            return (
                f"#define {text_of(node.child_by_field_name('name'))}{text_of(node.child_by_field_name('parameters'))}"
            )
        if macro_function(node) is not None:
            return head_of(node)
        end = next((child.start_byte for child in node.children if child.type in _AFTER_HEADER), node.end_byte)
        if node.type == "namespace_definition" and node.children[0].text not in {b"namespace", b"inline"}:
            beginning = BEGINNING.match(text_of(node))
            return beginning.group() if beginning is not None else ""
        first = node
        while first.parent is not None and first.parent.type in _AROUND:
            first = first.parent
        return header_of(self._shown[first.start_byte : end])

    def parameters(self, node: Node) -> list[Parameter]:
        """Parameters with their whole types; for what a macro makes, the names that it is given."""
        made = macro_function(node)
        return parameters_of(node) if made is None else [Parameter(word, made.node) for word in made.rest]

    def type_parameters(self, node: Node) -> list[Named]:
        """The parameters of the templates around a definition."""
        found: list[Named] = []
        whole = node.parent
        while whole is not None and whole.type == "template_declaration":
            listed = whole.child_by_field_name("parameters")
            for child in listed.named_children if listed is not None else ():
                if child.type.endswith("type_parameter_declaration") or "type_parameter" in child.type:
                    names = [item for item in child.named_children if item.type == "type_identifier"]
                    found += [Named(names[0], text_of(names[0]))] if names else []
            whole = whole.parent
        return found

    def returns(self, node: Node) -> str:
        """The type before the name or after `->`."""
        declarator = declarator_of(node)
        function = function_in(declarator)
        if function is None or node.type == "preproc_function_def" or macro_function(node) is not None:
            return ""
        if function.type == "operator_cast":
            return self._written(function.child_by_field_name("type"))
        for child in function.named_children:
            if child.type == "trailing_return_type":
                return self._written(child.named_children[0] if child.named_children else None)
        return self._written(node.child_by_field_name("type"))

    def _written(self, node: Node | None) -> str:
        return "" if node is None else self.type_of(node)

    def type_of(self, node: Node, depth: int = 0) -> str:
        """A type in the toolkit's notation."""
        return type_text(node, depth)

    def bases(self, node: Node) -> list[Base]:
        """The bases of a class."""
        clause = next((child for child in node.children if child.type == "base_class_clause"), None)
        kinds = {"type_identifier", "qualified_identifier", "template_type"}
        return [Base(child) for child in (clause.named_children if clause is not None else ()) if child.type in kinds]

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """The access in a class; what is `static` or in a namespace without a name is seen in its file only."""
        if parent == "class":
            return "public" if node.type == "enumerator" else access_of(node)
        if parent in {"function", "method"}:
            return "private"
        return "private" if is_private_here(self.whole(node)) else "public"

    def variety(self, node: Node, kind: str, variety: str, name: str, parent: str) -> str:
        """Constructors, tests, constants, and declarations of classes and variables."""
        if kind == "class" and not self.has_body(node, kind):
            return "declaration"
        if kind in {"function", "method"} and variety != "macro":
            made = macro_function(node)
            if made is not None:
                return made.variety
            return "" if not self.has_body(node, kind) else variety_of_function(node, name, self.receiver(node))
        if kind == "variable" and not variety:
            words = words_before(node)
            if "extern" in words and not any("init" in child.type for child in node.named_children):
                return "declaration"
            return "const" if "constexpr" in words or "const" in words else ""
        return variety

    def has_body(self, node: Node, kind: str) -> bool:
        """A prototype and `class Foo;` have none."""
        if node.type in {"function_definition", "namespace_definition", "preproc_function_def"}:
            return True
        return has_body(node)

    def named(self, node: Node) -> Iterable[Named]:
        """The variables of a declaration, loop, lambda capture or enumeration, and aliases."""
        return named_in(node)

    def imports(self, node: Node, scope: int) -> Iterable[Import]:
        """Included files; names and namespaces that `using` brings, which have no module."""
        return imports_in(node, scope)

    def key(self, node: Node) -> str:
        """The field that a designated initialiser sets, as `.open` in `struct ops o = { .open = f }`."""
        current = node.parent
        lists = 0
        while current is not None and current.type in {"field_designator", "initializer_pair", "initializer_list"}:
            lists += current.type == "initializer_list"
            current = current.parent
        if current is not None and current.type == "init_declarator":
            current = current.parent
        declared = current.child_by_field_name("type") if current is not None else None
        written = self._written(declared)
        return f"{written}{{}}.{text_of(node)}" if written and 1 <= lists <= 2 else ""

    def constructs(self, node: Node) -> bool:
        """A cast makes nothing; neither does a list of which the type is not known."""
        if node.type == "cast_expression":
            return False
        if node.type != "call_expression":
            return True
        function = node.child_by_field_name("function")
        return function is not None and not text_of(bare_of(parts_of(function)[-1])).endswith("_cast")

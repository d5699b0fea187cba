"""What are C and C++ definitions called? Names in declarators, tags, namespaces, operators and conversions."""

import re

from tree_sitter import Node

from synth.graph.code.cpp.declarators import bare_of, parts_of
from synth.graph.code.toolkit.syntax import Receiver
from synth.graph.code.toolkit.trees import text_of

TAGGED = frozenset({"struct_specifier", "class_specifier", "union_specifier", "enum_specifier"})
STATEMENTS = frozenset(
    {"function_definition", "declaration", "field_declaration", "type_definition", "parameter_declaration"}
)
BEGINNING = re.compile(r"(\w+)(?:[ \t]*\([ \t]*(\w+)[ \t]*\))?")
"""The macro that begins a namespace, and what it is given."""


def declarator_of(node: Node) -> Node | None:
    """The declarator of a declaration, or the node itself where it is one."""
    return node.child_by_field_name("declarator") if node.type in STATEMENTS else node


def aliases(node: Node | None) -> list[str]:
    """The names that a `typedef` gives."""
    declarators = node.children_by_field_name("declarator") if node is not None else []
    return [text_of(item) for item in declarators if item.type in {"type_identifier", "primitive_type"}]


def tag_of(node: Node | None) -> str:
    """The name after `struct`; empty for other types, and `?` for one without a name."""
    if node is None or node.type not in TAGGED:
        return ""
    return text_of(node.child_by_field_name("name")) or (aliases(node.parent) or ["?"])[0]


def name_of_tag(node: Node) -> tuple[Node | None, str]:
    """The name of a class, struct, union or enumeration, which a `typedef` may give."""
    name = node.child_by_field_name("name")
    if name is not None:
        bare = bare_of(parts_of(name)[-1])
        return bare, text_of(bare)
    parent = node.parent
    if parent is None or parent.type != "type_definition":
        return None, ""
    names = [item for item in parent.children_by_field_name("declarator") if item.type == "type_identifier"]
    return (names[0], text_of(names[0])) if names else (None, "")


def name_of_namespace(node: Node) -> tuple[Node | None, str]:
    """Its name; where a macro begins it, what the macro is given, else the macro itself."""
    name = node.child_by_field_name("name")
    if node.children and node.children[0].text != b"namespace" and node.children[0].text != b"inline":
        found = BEGINNING.match(text_of(node))
        return name, (found[2] or found[1]) if found is not None else ""
    return name, "".join(text_of(name).split()).replace("::inline", "::")


def spoken(name: Node) -> str:
    """A name as it is written: `operator==`, `~Foo`, `operator bool`."""
    if name.type == "operator_cast":
        return " ".join(text_of(name).partition("(")[0].split())
    if name.type == "operator_name":
        text = " ".join(text_of(name).split())
        word = text.removeprefix("operator").strip()
        return f"operator {word}" if word[:1].isalpha() else f"operator{''.join(word.split())}"
    return "".join(text_of(name).split())


def receiver_in(name: Node) -> Receiver | None:
    """What a qualified name begins with."""
    names = [text_of(bare_of(part)) for part in parts_of(name)[:-1]]
    return Receiver(".".join(names)) if names else None


def variety_of_function(node: Node, name: str, receiver: Receiver | None) -> str:
    """Constructors and destructors are told by their names."""
    if name.startswith("~"):
        return "destructor"
    if receiver is not None:
        is_constructor = receiver.type.rpartition(".")[2] == name
    else:
        body = node.parent
        while body is not None and body.type != "field_declaration_list":
            body = body.parent if body.type.startswith(("template", "preproc", "friend")) else None
        tag = body.parent if body is not None else None
        is_constructor = tag is not None and name_of_tag(tag)[1] == name
    if is_constructor:
        return "constructor"
    return "operator" if name.startswith("operator") and not name[8:9].isalnum() and name[8:9] != "_" else ""

"""What does a file import, and what does it hand on? ES modules, CommonJS and TypeScript's own forms."""

from collections.abc import Iterator

from tree_sitter import Node

from synth.graph.code.facts import Import
from synth.graph.code.javascript.naming import EXPORTS, VALUES, key_text
from synth.graph.code.javascript.patterns import is_required
from synth.graph.code.javascript.steps import module_root, required
from synth.graph.code.toolkit.trees import line_of, text_of

DEFAULT = "default"
WHOLE = "="
"""The name under which a file exports what it is as a whole: `module.exports = …`, `export = …`."""


def imports_of(node: Node, scope: int) -> Iterator[Import]:
    """The imports and exports that a statement, a call of `require` or an assignment makes."""
    if node.type == "import_statement":
        yield from _imported(node, scope)
    elif node.type == "export_statement":
        yield from _exported(node, scope)
    elif node.type == "import_alias":
        yield from _aliased(node, scope)
    elif node.type == "call_expression":
        yield from _required(node, scope)
    elif node.type == "assignment_expression":
        yield from _assigned(node, scope)
    else:
        yield from _named_in_object(node, scope)


def _named_in_object(node: Node, scope: int) -> Iterator[Import]:
    """What the keys of an object that is written out stand for, as `object.key`."""
    value = node.child_by_field_name("value") if node.type == "variable_declarator" else node
    name = text_of(node.child_by_field_name("name")) or DEFAULT
    for item in _literal(value) if value is not None else ():
        if item.symbol != "*" and not item.symbol.startswith("exports."):
            yield item._replace(scope=scope, alias=f"{name}.{item.alias}", reach="in")


def _imported(node: Node, scope: int) -> Iterator[Import]:
    line = line_of(node)
    clause = next((child for child in node.named_children if child.type.startswith("import_")), None)
    source = node.child_by_field_name("source")
    if source is None and clause is not None:
        source = clause.child_by_field_name("source")
    module = text_of(source)[1:-1]
    if clause is None or clause.type == "import_attribute":
        yield Import(scope, line, module, "", "")
        return
    for part in clause.named_children:
        if part.type == "identifier":
            whole = clause.type == "import_require_clause"
            yield Import(scope, line, module, "" if whole else DEFAULT, text_of(part))
        elif part.type == "namespace_import":
            yield Import(scope, line, module, "", text_of(part.named_children[-1]))
        elif part.type == "named_imports":
            for item in part.named_children:
                if item.type == "import_specifier":
                    name = key_text(item.child_by_field_name("name"))
                    alias = text_of(item.child_by_field_name("alias")) or name
                    yield Import(scope, line_of(item), module, name, alias)


def _exported(node: Node, scope: int) -> Iterator[Import]:
    line, words = line_of(node), {child.type for child in node.children}
    module = text_of(node.child_by_field_name("source"))[1:-1]
    clause = next((child for child in node.named_children if child.type in {"export_clause", "namespace_export"}), None)
    if clause is not None and clause.type == "export_clause":
        for item in clause.named_children:
            if item.type == "export_specifier":
                name = key_text(item.child_by_field_name("name"))
                alias = key_text(item.child_by_field_name("alias")) or name
                yield Import(scope, line_of(item), module, name, alias, "out")
    elif clause is not None:
        yield Import(scope, line, module, "", key_text(clause.named_children[-1]), "out")
    elif module:
        yield Import(scope, line, module, "*", "", "out")
    elif DEFAULT in words:
        yield from _default(node, scope)
    elif "=" in words and node.named_child_count:
        yield Import(scope, line, "", text_of(node.named_children[0]), WHOLE, "out")


def _default(node: Node, scope: int) -> Iterator[Import]:
    """`export default x`, and of a function or class that has a name."""
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    name = text_of(declaration.child_by_field_name("name")) if declaration is not None else ""
    if value is not None and value.type in {"identifier", "member_expression"}:
        name = text_of(value)
    elif value is not None and value.type in VALUES:
        name = text_of(value.child_by_field_name("name"))
    if name:
        yield Import(scope, line_of(node), "", name, DEFAULT, "out")


def _aliased(node: Node, scope: int) -> Iterator[Import]:
    """`import A = B.C`."""
    parts = node.named_children
    if len(parts) == 2:
        is_out = node.parent is not None and node.parent.type == "export_statement"
        yield Import(scope, line_of(node), "", text_of(parts[1]), text_of(parts[0]), "both" if is_out else "in")


def _required(node: Node, scope: int) -> Iterator[Import]:
    """`require("x")`: what it is assigned to as a whole, else a name that stands for it where it is used."""
    module, line = required(node), line_of(node)
    if not module:
        return
    parent = node.parent
    symbol = ""
    if parent is not None and parent.type == "await_expression":
        parent = parent.parent
    if parent is not None and parent.type == "member_expression":
        symbol = text_of(parent.child_by_field_name("property"))
        parent = parent.parent
    if parent is None or parent.type != "variable_declarator" or not is_required(parent):
        yield Import(scope, line, module, "", module_root(module))
        return
    name = parent.child_by_field_name("name")
    if name is not None and name.type == "identifier":
        yield Import(scope, line, module, symbol, text_of(name))
        return
    for item in name.named_children if name is not None else ():
        key, value = item.child_by_field_name("key"), item.child_by_field_name("value")
        yield Import(scope, line_of(item), module, key_text(key) or text_of(item), text_of(value) or text_of(item))


def _assigned(node: Node, scope: int) -> Iterator[Import]:
    """`exports.x = y`, `module.exports = y`, `module.exports = {a, b: c}`."""
    left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    alias = _exported_name(left)
    while value is not None and value.type == "assignment_expression":
        value = value.child_by_field_name("right")
    if not alias or value is None or (alias == WHOLE and text_of(left) == "exports" and value.type == "object"):
        return
    if alias == WHOLE and value.type == "object":
        yield from _literal(value)
        return
    yield from _given(alias, value, f"exports.{'exports' if alias == WHOLE else alias}")


def _exported_name(left: Node | None) -> str:
    if left is None or text_of(left) in EXPORTS:
        return WHOLE if left is not None else ""
    if left.type != "member_expression" or text_of(left.child_by_field_name("object")) not in EXPORTS:
        return ""
    return text_of(left.child_by_field_name("property"))


def _literal(value: Node) -> Iterator[Import]:
    for item in value.named_children:
        if item.type == "shorthand_property_identifier":
            yield Import(0, line_of(item), "", text_of(item), text_of(item), "out")
        elif item.type == "method_definition":
            name = key_text(item.child_by_field_name("name"))
            yield Import(0, line_of(item), "", f"exports.{name}", name, "out")
        elif item.type == "pair":
            name, given = key_text(item.child_by_field_name("key")), item.child_by_field_name("value")
            if given is not None:
                yield from _given(name, given, f"exports.{name}")
        elif item.type == "spread_element" and item.named_child_count:
            inner = item.named_children[0]
            module = required(inner) if inner.type == "call_expression" else ""
            if module:
                yield Import(0, line_of(item), module, "*", "", "out")


def _given(alias: str, value: Node, own: str) -> Iterator[Import]:
    """What an export is given: a function or object that is defined there, a module, or what a name stands for."""
    line = line_of(value)
    if value.type in VALUES:
        name = text_of(value.child_by_field_name("name"))
        yield Import(0, line, "", name if name and alias == WHOLE else own, alias, "out")
    elif value.type in {"identifier", "this"}:
        yield Import(0, line, "", text_of(value), alias, "out")
    elif value.type == "call_expression" and (module := required(value)):
        yield Import(0, line, module, "", alias, "out")
    elif value.type == "member_expression":
        inner = value.child_by_field_name("object")
        module = required(inner) if inner is not None and inner.type == "call_expression" else ""
        name = text_of(value.child_by_field_name("property")) if module else "".join(text_of(value).split())
        yield Import(0, line, module, name, alias, "out")
    else:
        yield Import(0, line, "", own, alias, "out")

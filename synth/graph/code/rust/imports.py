"""What do `use`, `extern crate` and `mod x;` bind?"""

from collections.abc import Iterator

from tree_sitter import Node

from synth.graph.code.facts import Import
from synth.graph.code.toolkit.trees import line_of, text_of

MODULE = "mod::"
"""What stands before the name of a module that is in a file of its own; the path that it is given is the symbol."""

_PATH_ATTRIBUTE = "path"


def imports_in(node: Node, scope: int) -> Iterator[Import]:
    """The names that a declaration binds; those of a module are seen from all modules inside of it."""
    reach = "in" if _is_local(node) else "both"
    if node.type == "mod_item":
        name = text_of(node.child_by_field_name("name"))
        yield Import(scope, line_of(node), f"{MODULE}{name}", _given_path(node), name, reach)
    elif node.type == "extern_crate_declaration":
        name = text_of(node.child_by_field_name("name"))
        alias = text_of(node.child_by_field_name("alias")) or name
        yield Import(scope, line_of(node), f"extern::{name}", "", alias, reach)
    else:
        argument = node.child_by_field_name("argument")
        for path, alias, line in _leaves(argument):
            yield _import(scope, line, path, alias, reach)


def _import(scope: int, line: int, path: list[str], alias: str, reach: str) -> Import:
    if path[-1] == "self" and len(path) > 1:
        path = path[:-1]
    name = alias or (path[-1] if path[-1] != "*" else "")
    if len(path) == 1:
        return Import(scope, line, path[0], "", name, reach)
    return Import(scope, line, "::".join(path[:-1]), path[-1], name, reach)


def _leaves(argument: Node | None) -> Iterator[tuple[list[str], str, int]]:
    """Each imported path with its alias and line; lists inside of lists are taken apart without recursion."""
    stack: list[tuple[Node, list[str]]] = [] if argument is None else [(argument, [])]
    while stack:
        node, before = stack.pop()
        if node.type == "use_list":
            stack.extend((child, before) for child in reversed(node.named_children) if "comment" not in child.type)
        elif node.type == "scoped_use_list":
            listed = node.child_by_field_name("list")
            path = [*before, *_parts(node.child_by_field_name("path"))]
            if listed is not None:
                stack.append((listed, path))
        elif node.type == "use_wildcard":
            inner = node.named_children[0] if node.named_child_count else None
            yield [*before, *_parts(inner), "*"], "", line_of(node)
        elif node.type == "use_as_clause":
            path = [*before, *_parts(node.child_by_field_name("path"))]
            yield path, text_of(node.child_by_field_name("alias")), line_of(node)
        elif parts := [*before, *_parts(node)]:
            yield parts, "", line_of(node)


def _parts(node: Node | None) -> list[str]:
    return [part.strip() for part in text_of(node).split("::") if part.strip()]


def _is_local(node: Node) -> bool:
    """Whether it stands in a function, so that nothing outside of it sees what it binds."""
    return node.parent is not None and node.parent.type == "block"


def _given_path(node: Node) -> str:
    """The file that `#[path = "…"]` names."""
    above = node.prev_named_sibling
    while above is not None and (above.type == "attribute_item" or "comment" in above.type):
        item = next((child for child in above.named_children if child.type == "attribute"), None)
        if item is not None and text_of(item).partition("=")[0].strip() == _PATH_ATTRIBUTE:
            return text_of(item.child_by_field_name("value")).strip('"')
        above = above.prev_named_sibling
    return ""

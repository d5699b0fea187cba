"""Who sees a definition, by where it stands and the words before it?"""

import re
from functools import lru_cache

from tree_sitter import Node

from synth.graph.code.toolkit.trees import text_of

_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_SPECIFIERS = frozenset({"storage_class_specifier", "type_qualifier", "virtual", "explicit_function_specifier"})
_THROUGH = ("template", "preproc", "friend", "declaration", "field_declaration", "init_declarator", "linkage")


def words_before(node: Node) -> frozenset[str]:
    """The specifiers of a declaration, such as `static` or `const`."""
    while node.parent is not None and node.type.endswith(("declarator", "identifier")):
        node = node.parent
    return frozenset(text_of(child) for child in node.children if child.type in _SPECIFIERS)


def is_private_here(node: Node) -> bool:
    """Whether something outside of classes is `static` or in a namespace without a name."""
    current: Node | None = node
    inner = node
    while inner.type in {"template_declaration", "friend_declaration"} and inner.named_children:
        inner = inner.named_children[-1]
    if "static" in words_before(inner):
        return True
    while current is not None:
        if current.type == "namespace_definition" and current.child_by_field_name("name") is None:
            return True
        current = current.parent
    return False


def access_of(node: Node) -> str:
    """The access of a member of a class: that of the last `public:` and the like before it."""
    body = node.parent
    while body is not None and body.type not in {"field_declaration_list", "enumerator_list"}:
        body = body.parent
    tag = body.parent if body is not None else None
    if body is None or tag is None:
        return "public"
    access = "private" if tag.type == "class_specifier" else "public"
    for start, word in _accesses(body):
        if start > node.start_byte:
            break
        access = word
    return access


@lru_cache(maxsize=64)
def _accesses(body: Node) -> tuple[tuple[int, str], ...]:
    found = []
    stack = [body]
    while stack:
        current = stack.pop()
        for child in current.children:
            if child.type == "access_specifier":
                word = text_of(child).split()[0].rstrip(":")
                found.append((child.start_byte, word if word in {"private", "protected"} else "public"))
            elif child.type.startswith("preproc_"):
                stack.append(child)
    return tuple(sorted(found))


def header_of(text: bytes) -> str:
    """A definition's header on one line, without comments."""
    words = " ".join(_COMMENT.sub(b" ", text).decode("utf-8", "replace").split())
    return words.replace("( ", "(").replace(" )", ")").rstrip(" ;{=:")


def hidden_lines(source: bytes, shown: bytes) -> set[int]:
    """The 1-based lines of which the grammar sees nothing though something is written."""
    if source == shown:
        return set()
    pairs = zip(source.split(b"\n"), shown.split(b"\n"), strict=False)
    return {
        number
        for number, (written, left) in enumerate(pairs, 1)
        if written != left and not left.strip() and not written.lstrip().startswith(b"#")
    }
